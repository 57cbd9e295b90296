package dev.ferrule.tests.contract;

import dev.ferrule.LoopSetup;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.PollerContract;

class EpollPollerTest extends PollerContract {
  @Override
  protected PollerProvider provider() {
    return LoopSetup.pollers().stream()
        .filter(p -> p.name().equals("epoll"))
        .findFirst()
        .orElseThrow();
  }
}
