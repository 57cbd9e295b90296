package dev.ferrule.tests.contract;

import dev.ferrule.nio.SharingPoller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.contract.PollerContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The tests of loop groups stand on it, so it must be a poller. */
@EnabledOnOs(OS.LINUX)
class SharingPollerTest extends PollerContract {
  @Override
  protected PollerProvider provider() {
    return SharingPoller.provider();
  }
}
