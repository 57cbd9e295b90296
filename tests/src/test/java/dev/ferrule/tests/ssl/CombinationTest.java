package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.LoopSetup;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.spi.SslProvider;
import org.junit.jupiter.api.Test;

/** The suite runs over several pollers and providers: it must run over those it says it does. */
class CombinationTest {
  @Test
  void loops_take_the_poller_of_this_run() {
    String best =
        LoopSetup.pollers().stream()
            .filter(poller -> poller.unavailable() == null)
            .map(PollerProvider::name)
            .findFirst()
            .orElseThrow();
    assertThat(Pollers.chosen((String) null).name())
        .isEqualTo(System.getProperty("dev.ferrule.poller", best));
  }

  @Test
  void both_ends_take_the_provider_of_this_run() {
    String best =
        SslContext.providers().stream()
            .filter(provider -> provider.unavailable() == null)
            .map(SslProvider::name)
            .findFirst()
            .orElseThrow();
    String asked = System.getProperty("dev.ferrule.provider", best);
    Pair pair = new Pair().onSecure(s -> s.close()).run();
    assertThat(pair.seen.provider()).isEqualTo(asked);
    assertThat(pair.served.provider()).isEqualTo(asked);
  }
}
