package dev.ferrule.testkit.contract;

import static dev.ferrule.testkit.contract.PollerRig.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.testkit.contract.PollerRig.Seen;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part of {@link PollerContract} that is about sockets that listen already. */
public abstract class AdoptionContract extends SharingContract {
  /** For {@link OptionsContract}. */
  protected AdoptionContract() {}

  @TempDir Path folder;

  @Test
  void what_waits_when_a_listener_is_handed_over_is_accepted_by_the_next() throws IOException {
    Listener before = rig.listen(loopback());
    if (!rig.poller.adopts()) {
      assertThat(before.descriptor()).isEqualTo(-1);
      assertThatThrownBy(() -> rig.poller.adopt(0, SocketOptions.NONE))
          .isInstanceOf(UnsupportedOperationException.class);
      return;
    }
    Link waiting = rig.connect(before.localAddress());
    Listener next = rig.owned(rig.poller.adopt(before.descriptor(), SocketOptions.NONE));
    assertThat(next.localAddress()).isEqualTo(before.localAddress());
    before.closeHandedOver();
    assertThat(before.descriptor()).isEqualTo(-1);
    Link far = rig.accept(next);
    Seen writable = rig.watch(waiting, Link.WRITE);
    rig.until(() -> writable.times > 0);
    assertThat(waiting.finishConnect()).isTrue();
    assertThat(far.remoteAddress()).isEqualTo(waiting.localAddress());
    assertThat(rig.pair(next).far()).isNotNull();
  }

  @Test
  void a_listener_that_is_closed_is_not_reported_while_its_socket_lives_on() throws IOException {
    if (!rig.poller.adopts()) {
      return;
    }
    Listener before = rig.listen(loopback());
    before.attach(ops -> {});
    before.interest(Link.READ);
    rig.poller.poll(0);
    try (PollerRig home = new PollerRig(provider().open())) {
      Listener next = home.owned(home.poller.adopt(before.descriptor(), SocketOptions.NONE));
      before.close();
      Link near = home.connect(next.localAddress());
      Seen seen = home.watch(near, Link.WRITE);
      home.until(() -> seen.times > 0);
      long start = System.nanoTime();
      rig.poller.poll(SHORT);
      assertThat(System.nanoTime() - start).as("a wait that nothing ends").isGreaterThan(SHORT - 1);
    }
  }

  @Test
  void the_file_of_an_address_stays_where_another_goes_on() throws IOException {
    if (!rig.poller.adopts()) {
      return;
    }
    Path file = folder.resolve("socket");
    Listener first = rig.listen(UnixDomainSocketAddress.of(file));
    Listener second = rig.owned(rig.poller.adopt(first.descriptor(), SocketOptions.NONE));
    first.closeHandedOver();
    assertThat(rig.pair(second).near()).isNotNull();
    second.close();
    assertThat(file).as("the file, of whoever made it").exists();
    Files.delete(file);
  }

  @Test
  void a_descriptor_that_does_not_listen_is_refused_with_the_reason() throws IOException {
    if (!rig.poller.adopts()) {
      return;
    }
    assertThatThrownBy(() -> rig.poller.adopt(1_000_000_000, SocketOptions.NONE))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("descriptor 1000000000: ");
    assertThatThrownBy(() -> rig.poller.adopt(0, SocketOptions.NONE))
        .isInstanceOf(LinkException.class)
        .hasMessage("descriptor 0 is no socket that listens");
  }
}
