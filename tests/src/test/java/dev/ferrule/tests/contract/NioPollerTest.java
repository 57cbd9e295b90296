package dev.ferrule.tests.contract;

import dev.ferrule.EventLoop;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.PollerContract;

class NioPollerTest extends PollerContract {
  @Override
  protected PollerProvider provider() {
    return EventLoop.setup().poller("nio").chosen();
  }
}
