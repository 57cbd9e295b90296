package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.LoopSetup;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.PollerProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollerChoiceTest {
  private final String before = System.getProperty(LoopSetup.POLLER_PROPERTY);

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(LoopSetup.POLLER_PROPERTY);
    } else {
      System.setProperty(LoopSetup.POLLER_PROPERTY, before);
    }
  }

  @Test
  void without_a_word_it_is_the_best_that_is_available() {
    System.clearProperty(LoopSetup.POLLER_PROPERTY);
    PollerProvider best =
        LoopSetup.pollers().stream().filter(p -> p.unavailable() == null).findFirst().orElseThrow();
    assertThat(Pollers.chosen((String) null).name()).isEqualTo(best.name());
  }

  @Test
  void the_property_names_it_when_the_program_does_not() {
    System.setProperty("dev.ferrule.poller", "nio");
    assertThat(Pollers.chosen((String) null).name()).isEqualTo("nio");
    System.setProperty("dev.ferrule.poller", "nope");
    assertThat(Pollers.chosen("nio").name()).isEqualTo("nio");
  }

  @Test
  void on_a_virtual_thread_the_default_is_one_that_leaves_its_carrier_to_others() throws Exception {
    System.clearProperty(LoopSetup.POLLER_PROPERTY);
    PollerProvider[] chosen = new PollerProvider[1];
    Thread.ofVirtual().start(() -> chosen[0] = Pollers.chosen((String) null)).join();
    assertThat(chosen[0].parks()).isTrue();
  }

  @Test
  void a_name_that_nobody_has_is_an_error_from_either_source() {
    System.setProperty("dev.ferrule.poller", "nope");
    assertThatThrownBy(() -> Pollers.chosen((String) null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'nope'")
        .hasMessageContaining("nio");
    System.setProperty("dev.ferrule.poller", "");
    assertThat(Pollers.chosen((String) null)).isNotNull();
    assertThatThrownBy(() -> Pollers.chosen("")).isInstanceOf(IllegalStateException.class);
  }
}
