package dev.ferrule.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.cli.check.ServerAnswer.Chosen;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeptChainsTest {
  private final KeptChains chains = new KeptChains();

  private static Chosen showing(byte[] certificate, byte[]... staples) {
    return new Chosen(
        0x0303,
        1,
        0,
        false,
        false,
        Set.of(),
        -1,
        0,
        -1,
        List.of(certificate),
        List.of(staples),
        false);
  }

  @Test
  void equal_chains_are_kept_once() {
    Chosen first = chains.keep(showing(new byte[] {1}));
    Chosen second = chains.keep(showing(new byte[] {1}));
    assertThat(second.chain().getFirst()).isSameAs(first.chain().getFirst());
    assertThat(chains.keep(showing(new byte[] {1}, new byte[] {2})).staples()).hasSize(1);
    assertThat(chains.leftOut()).isFalse();
  }

  @Test
  void no_more_than_fifty_are_kept() {
    for (int i = 0; i < KeptChains.MOST; i++) {
      assertThat(chains.keep(showing(new byte[] {(byte) i})).chain()).hasSize(1);
    }
    assertThat(chains.keep(showing(new byte[] {99})).chain()).isEmpty();
    assertThat(chains.leftOut()).isTrue();
    assertThat(chains.keep(showing(new byte[] {7})).chain()).hasSize(1);
  }

  @Test
  void long_ones_are_left_out_sooner() {
    for (byte i = 0; i < 8; i++) {
      byte[] certificate = new byte[250_000];
      certificate[0] = i;
      assertThat(chains.keep(showing(certificate)).chain()).hasSize(1);
    }
    assertThat(chains.keep(showing(new byte[250_000], new byte[1])).chain()).isEmpty();
    assertThat(chains.leftOut()).isTrue();
  }
}
