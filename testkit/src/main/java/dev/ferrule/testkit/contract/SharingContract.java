package dev.ferrule.testkit.contract;

import static dev.ferrule.testkit.contract.PollerRig.bytes;
import static dev.ferrule.testkit.contract.PollerRig.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.Descriptors;
import dev.ferrule.testkit.contract.PollerRig.Seen;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The part of {@link PollerContract} that is about several pollers, and the fixture of all tests.
 */
public abstract class SharingContract {
  static final long SHORT = Duration.ofMillis(20).toNanos();

  private Set<String> before = Set.of();
  PollerRig rig;

  /** For {@link AdoptionContract}. */
  @SuppressWarnings("NullAway.Init") // JUnit calls open before each test
  protected SharingContract() {}

  /** The provider of the pollers under test. */
  protected abstract PollerProvider provider();

  @BeforeEach
  void open() throws IOException {
    assumeTrue(provider().unavailable() == null, String.valueOf(provider().unavailable()));
    before = Descriptors.open();
    rig = new PollerRig(provider().open());
  }

  @AfterEach
  void closed_leaves_no_descriptor() {
    if (provider().unavailable() == null) {
      rig.close();
      assertThat(Descriptors.openSince(before)).as("descriptors left open").isEmpty();
    }
  }

  // ---- several pollers

  @Test
  void a_connection_can_be_accepted_for_another_poller() throws IOException {
    Listener listener = rig.listen(loopback());
    try (PollerRig home = new PollerRig(provider().open())) {
      assertThat(listener.acceptFor(home.poller)).isNull();
      Link near = rig.connect(listener.localAddress());
      Seen waiting = new Seen();
      listener.attach(waiting);
      listener.interest(Link.READ);
      rig.until(() -> waiting.times > 0);
      Link far = home.owned(listener.acceptFor(home.poller));
      rig.until(near::finishConnect);
      near.write(bytes(1));
      Seen seen = home.watch(far, Link.READ);
      home.until(() -> seen.ops == Link.READ);
      assertThat(PollerRig.drain(far)).isEqualTo(1);
      assertThat(far.remoteAddress()).isEqualTo(near.localAddress());
    }
  }

  @Test
  void one_that_the_other_does_not_want_is_closed_at_once() throws IOException {
    Listener listener = rig.listen(loopback());
    try (PollerRig home = new PollerRig(provider().open())) {
      Link near = rig.connect(listener.localAddress());
      Seen waiting = new Seen();
      listener.attach(waiting);
      listener.interest(Link.READ);
      rig.until(() -> waiting.times > 0);
      home.owned(listener.acceptFor(home.poller)).close();
      Seen seen = rig.watch(near, Link.WRITE);
      rig.until(() -> seen.times > 0);
      assertThat(near.finishConnect()).isTrue();
      Seen end = rig.watch(near, Link.READ);
      rig.until(() -> end.ops == Link.READ);
      assertThat(PollerRig.drain(near)).isEqualTo(-1);
    }
  }

  @Test
  void pollers_that_share_addresses_listen_together_and_each_on_its_own() throws IOException {
    if (!rig.poller.sharesAddresses()) {
      assertThatThrownBy(() -> rig.poller.listenShared(loopback(), -1))
          .isInstanceOf(UnsupportedOperationException.class);
      return;
    }
    try (PollerRig other = new PollerRig(provider().open())) {
      Listener one = rig.poller.listenShared(loopback(), -1);
      Listener two = other.poller.listenShared(one.localAddress(), -1);
      Seen here = new Seen();
      Seen there = new Seen();
      one.attach(here);
      one.interest(Link.READ);
      two.attach(there);
      two.interest(Link.READ);
      assertThat(two.localAddress()).isEqualTo(one.localAddress());
      assertThatThrownBy(() -> rig.listen(one.localAddress())).isInstanceOf(LinkException.class);
      for (int i = 0; i < 64 && (here.times == 0 || there.times == 0); i++) {
        rig.connect(one.localAddress());
        rig.poller.poll(SHORT);
        other.poller.poll(SHORT);
      }
      assertThat(here.times).isPositive();
      assertThat(there.times).isPositive();
      one.close();
      two.close();
      assertThat(rig.listen(one.localAddress()).localAddress()).isEqualTo(one.localAddress());
    }
  }
}
