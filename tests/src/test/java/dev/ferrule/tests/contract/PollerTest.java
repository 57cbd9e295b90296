package dev.ferrule.tests.contract;

import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.contract.PollerContract;

/** The poller that loops take here does what every poller must. */
class PollerTest extends PollerContract {
  @Override
  protected PollerProvider provider() {
    return Pollers.chosen((String) null);
  }
}
