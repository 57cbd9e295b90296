package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.LoopSetup;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.records.AesInstructions;
import dev.ferrule.ssl.spi.SslProvider;
import dev.ferrule.tests.Provided;
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

  @Test
  void both_ends_have_the_records_of_this_run() {
    String asked = System.getProperty("dev.ferrule.records", Provided.NATIVE ? "java" : "library");
    Pair pair = new Pair().onSecure(s -> s.close()).run();
    assumeTrue(AesInstructions.present() && pair.seen.cipher().contains("_AES_"));
    assertThat(pair.seen.records()).hasToString(asked);
    assertThat(pair.served.records()).hasToString(asked);
  }
}
