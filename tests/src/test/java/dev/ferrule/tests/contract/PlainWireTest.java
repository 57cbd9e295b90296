package dev.ferrule.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Memory;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.testkit.contract.WireContract;
import dev.ferrule.testkit.contract.WireEnd;
import org.junit.jupiter.api.Tag;

@Tag("once")
class PlainWireTest extends WireContract {
  @Override
  protected WireEnd.Maker client() {
    return (link, buffers, outlets) -> new PlainWire(link, outlets.open(Memory.NATIVE));
  }

  @Override
  protected WireEnd.Maker server() {
    return client();
  }

  @Override
  protected void assertCutByFin(WireEnd end) {
    assertThat(end.failure()).isNull();
    assertThat(end.isEnded()).isTrue();
  }
}
