package dev.ferrule.testkit.contract;

import static dev.ferrule.testkit.contract.PollerRig.bytes;
import static dev.ferrule.testkit.contract.PollerRig.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.spi.FileRange;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.testkit.Ports;
import dev.ferrule.testkit.contract.PollerRig.Pair;
import dev.ferrule.testkit.contract.PollerRig.Seen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The contract of pollers, links and listeners: a test extends it and names the provider. */
public abstract class PollerContract extends OptionsContract {
  /** For the suites of pollers. */
  protected PollerContract() {}

  // ---- waiting

  @Test
  void poll_of_zero_does_not_wait_and_a_time_is_waited_for_not_much_less() throws IOException {
    rig.poller.poll(0);
    long start = System.nanoTime();
    rig.poller.poll(SHORT);
    assertThat(System.nanoTime() - start).isGreaterThan(SHORT - Duration.ofMillis(2).toNanos());
  }

  @Test
  void wake_from_another_thread_ends_a_wait_without_limit() throws IOException {
    Thread.ofPlatform().start(rig.poller::wake);
    rig.poller.poll(-1);
  }

  @Test
  void wake_before_poll_ends_it_once() throws IOException {
    rig.poller.wake();
    rig.poller.wake();
    rig.poller.poll(-1);
    long start = System.nanoTime();
    rig.poller.poll(SHORT);
    assertThat(System.nanoTime() - start).isGreaterThan(SHORT / 2);
  }

  /** What a loop does between a wake and the next wait must not take the wake for its own. */
  @TestFactory
  Stream<DynamicTest> a_wake_before_a_call_still_ends_the_next_wait() {
    return PollerCalls.all().entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> keepsWake(entry.getValue())));
  }

  private void keepsWake(PollerCalls.Prepared prepared) throws IOException {
    long longest = Duration.ofSeconds(5).toNanos();
    try (PollerRig fresh = new PollerRig(provider().open())) {
      PollerCalls.Call call = prepared.by(fresh);
      fresh.poller.poll(0); // a wake of what was prepared
      fresh.poller.wake();
      call.make();
      long start = System.nanoTime();
      fresh.poller.poll(2 * longest);
      assertThat(System.nanoTime() - start).isLessThan(longest);
    }
  }

  @Test
  void wake_and_close_after_close_do_nothing() {
    rig.poller.close();
    rig.poller.wake();
    rig.poller.close();
  }

  // ---- files

  @Test
  void a_link_sends_the_part_of_a_file_that_it_is_asked_for_or_says_that_it_sends_none(
      @TempDir Path folder) throws IOException {
    Path path = Files.writeString(folder.resolve("file"), "0123456789");
    Pair pair = rig.pair(loopback());
    FileRange file = FileRange.open(path, 2, 6);
    int n = pair.near().sendFile(file, 5);
    file.close();
    assertThat(n).isIn(5, Link.NO_FILE);
    if (n == 5) {
      ByteBuffer got = bytes(10);
      rig.watch(pair.far(), Link.READ);
      rig.until(() -> pair.far().read(got) >= 0 && got.position() == 5);
      assertThat(StandardCharsets.US_ASCII.decode(got.flip()).toString()).isEqualTo("23456");
    }
  }

  @Test
  void a_full_link_takes_nothing_of_a_file_and_is_told_ready_when_it_has_room(@TempDir Path folder)
      throws IOException {
    Path path = Files.write(folder.resolve("file"), new byte[100_000]);
    Pair pair = rig.pair(loopback());
    PollerRig.fill(pair.near());
    FileRange file = FileRange.open(path, 0, 100_000);
    int n = pair.near().sendFile(file, 100_000);
    assertThat(n).isIn(0, Link.NO_FILE);
    Seen seen = rig.watch(pair.near(), Link.WRITE);
    rig.until(() -> PollerRig.drain(pair.far()) >= 0 && seen.ops == Link.WRITE);
    assertThat(pair.near().sendFile(file, 100_000)).isIn(100_000, Link.NO_FILE);
    file.close();
  }

  /** Who asks looks at the file then: it has become shorter. */
  @Test
  void of_a_file_that_has_become_shorter_nothing_is_sent(@TempDir Path folder) throws IOException {
    Path path = Files.write(folder.resolve("file"), new byte[1000]);
    Pair pair = rig.pair(loopback());
    FileRange file = FileRange.open(path, 500, 500);
    Files.write(path, new byte[10]);
    assertThat(pair.near().sendFile(file, 500)).isIn(0, Link.NO_FILE);
    assertThatThrownBy(file::requireWhole).hasMessageContaining("became shorter");
    file.close();
  }

  // ---- readiness

  @Test
  void both_sides_of_a_connection_move_bytes_and_know_their_addresses() throws IOException {
    Pair pair = rig.pair(loopback());
    assertThat(pair.near().remoteAddress()).isEqualTo(pair.far().localAddress());
    assertThat(pair.far().remoteAddress()).isEqualTo(pair.near().localAddress());
    assertThat(pair.near().write(bytes(10))).isEqualTo(10);
    Seen seen = rig.watch(pair.far(), Link.READ);
    rig.until(() -> seen.ops == Link.READ);
    assertThat(PollerRig.drain(pair.far())).isEqualTo(10);
    assertThat(pair.far().read(bytes(10))).as("nothing is there").isZero();
  }

  @Test
  void readiness_is_told_again_until_it_is_used() throws IOException {
    Pair pair = rig.pair(loopback());
    pair.near().write(bytes(1));
    Seen seen = rig.watch(pair.far(), Link.READ);
    rig.until(() -> seen.times >= 3);
    PollerRig.drain(pair.far());
    seen.times = 0;
    rig.poller.poll(SHORT);
    assertThat(seen.times).isZero();
  }

  @Test
  void only_what_is_watched_is_told_and_interest_can_change_at_any_time() throws IOException {
    Pair pair = rig.pair(loopback());
    pair.near().write(bytes(1));
    Seen seen = rig.watch(pair.far(), Link.WRITE);
    rig.until(() -> seen.ops == Link.WRITE);
    pair.far().interest(Link.READ | Link.WRITE);
    rig.until(() -> seen.ops == (Link.READ | Link.WRITE));
    pair.far().interest(0);
    seen.times = 0;
    rig.poller.poll(SHORT);
    assertThat(seen.times).isZero();
    pair.far().interest(Link.READ);
    rig.until(() -> seen.ops == Link.READ && seen.times > 0);
  }

  @Test
  void a_full_link_takes_nothing_and_is_writable_again_when_the_peer_has_read() throws IOException {
    Pair pair = rig.pair(loopback());
    long written = PollerRig.fill(pair.near());
    assertThat(pair.near().write(bytes(1))).isZero();
    Seen writable = rig.watch(pair.near(), Link.WRITE);
    Seen readable = rig.watch(pair.far(), Link.READ);
    long[] read = new long[1];
    while (read[0] < written) {
      rig.until(() -> readable.times > 0);
      read[0] += PollerRig.drain(pair.far());
      readable.times = 0;
    }
    rig.until(() -> writable.times > 0);
    assertThat(read[0]).isEqualTo(written);
  }

  @Test
  void an_array_is_written_and_read_as_a_direct_buffer_is() throws IOException {
    Pair pair = rig.pair(loopback());
    ByteBuffer source = ByteBuffer.wrap(new byte[3_000], 1_000, 1_500);
    assertThat(pair.near().write(source)).isEqualTo(1_500);
    assertThat(source.remaining()).isZero();
    Seen seen = rig.watch(pair.far(), Link.READ);
    rig.until(() -> seen.times > 0);
    ByteBuffer destination = ByteBuffer.allocate(2_000).position(100);
    assertThat(pair.far().read(destination)).isEqualTo(1_500);
    assertThat(destination.position()).isEqualTo(1_600);
  }

  @Test
  void many_links_are_told_apart() throws IOException {
    Listener listener = rig.listen(loopback());
    List<Pair> pairs = new ArrayList<>();
    List<Seen> seen = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      pairs.add(rig.pair(listener));
      seen.add(rig.watch(pairs.get(i).far(), Link.READ));
    }
    for (int i = 0; i < 100; i += 7) {
      pairs.get(i).near().write(bytes(1));
    }
    for (int i = 0; i < 100; i += 7) {
      Seen one = seen.get(i);
      rig.until(() -> one.times > 0);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(seen.get(i).times > 0).as("link %d", i).isEqualTo(i % 7 == 0);
    }
  }

  @Test
  void links_may_be_closed_inside_what_they_are_told() throws IOException {
    Listener listener = rig.listen(loopback());
    Pair one = rig.pair(listener);
    Pair two = rig.pair(listener);
    int[] told = new int[1];
    for (Pair pair : List.of(one, two)) {
      pair.near().write(bytes(1));
      pair.far()
          .attach(ops -> {
            told[0]++;
            one.far().close(); // the other link may have been ready in the same poll
            two.far().close();
            listener.close();
          });
      pair.far().interest(Link.READ);
    }
    rig.until(() -> told[0] > 0);
    rig.poller.poll(SHORT);
    assertThat(told[0]).isEqualTo(1);
  }

  @Test
  void what_is_thrown_inside_comes_out_and_the_poller_goes_on() throws IOException {
    Pair pair = rig.pair(loopback());
    pair.near().write(bytes(1));
    pair.far()
        .attach(ops -> {
          throw new IllegalStateException("mine");
        });
    pair.far().interest(Link.READ);
    assertThatThrownBy(() -> rig.until(() -> false)).hasMessage("mine");
    Seen seen = rig.watch(pair.far(), Link.READ);
    rig.until(() -> seen.times > 0);
  }

  // ---- ends

  @Test
  void a_half_close_is_an_end_for_the_peer_who_can_still_write() throws IOException {
    Pair pair = rig.pair(loopback());
    pair.near().write(bytes(5));
    pair.near().shutdownOutput();
    Seen seen = rig.watch(pair.far(), Link.READ);
    rig.until(() -> seen.times > 0);
    assertThat(PollerRig.drain(pair.far())).isEqualTo(5);
    rig.until(() -> ended(pair.far()));
    pair.far().write(bytes(7));
    Seen back = rig.watch(pair.near(), Link.READ);
    rig.until(() -> back.times > 0);
    assertThat(PollerRig.drain(pair.near())).isEqualTo(7);
  }

  private static boolean ended(Link link) {
    try {
      return PollerRig.drain(link) < 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_close_sends_what_was_written_and_a_second_one_does_nothing() throws IOException {
    Pair pair = rig.pair(loopback());
    pair.near().write(bytes(5));
    pair.near().close();
    pair.near().close();
    pair.near().abort();
    Seen seen = rig.watch(pair.far(), Link.READ);
    rig.until(() -> seen.times > 0);
    assertThat(PollerRig.drain(pair.far())).isEqualTo(5);
    rig.until(() -> ended(pair.far()));
  }

  @Test
  void an_abort_is_a_reset_for_the_peer_both_reading_and_writing() throws IOException {
    Pair pair = rig.pair(loopback());
    Seen seen = rig.watch(pair.far(), Link.READ);
    pair.near().abort();
    pair.near().close();
    rig.until(() -> seen.times > 0);
    assertThatThrownBy(() -> pair.far().read(bytes(1)))
        .isInstanceOfSatisfying(
            LinkException.class, e -> assertThat(e.kind()).isEqualTo(LinkException.Kind.RESET));
    assertThatThrownBy(() -> pair.far().write(bytes(1))).isInstanceOf(LinkException.class);
  }

  @Test
  void a_link_that_nobody_watches_does_not_end_a_wait_when_its_peer_resets() throws IOException {
    Pair pair = rig.pair(loopback());
    Seen seen = rig.watch(pair.far(), 0);
    pair.near().abort();
    rig.poller.poll(0);
    long start = System.nanoTime();
    rig.poller.poll(SHORT);
    assertThat(System.nanoTime() - start).isGreaterThan(SHORT / 2);
    assertThat(seen.times).isZero();
  }

  @Test
  void a_refused_connection_says_so() {
    assertThatThrownBy(
            () -> {
              Link link =
                  rig.connect(
                      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), Ports.refusing()));
              Seen seen = rig.watch(link, Link.WRITE);
              rig.until(() -> seen.times > 0);
              link.finishConnect();
            })
        .isInstanceOfSatisfying(
            LinkException.class, e -> assertThat(e.kind()).isEqualTo(LinkException.Kind.REFUSED));
  }

  // ---- listening

  @Test
  void an_address_in_use_says_so_and_is_free_as_soon_as_it_is_closed() throws IOException {
    Listener listener = rig.listen(loopback());
    assertThatThrownBy(() -> rig.listen(listener.localAddress()))
        .isInstanceOfSatisfying(
            LinkException.class,
            e -> assertThat(e.kind()).isEqualTo(LinkException.Kind.ADDRESS_IN_USE));
    listener.close();
    listener.close();
    assertThat(rig.listen(listener.localAddress()).localAddress())
        .isEqualTo(listener.localAddress());
  }

  @Test
  void port_0_is_any_free_port_and_accept_without_a_client_is_null() throws IOException {
    Listener listener = rig.listen(loopback());
    assertThat(((InetSocketAddress) listener.localAddress()).getPort()).isPositive();
    assertThat(listener.accept()).isNull();
  }

  @Test
  void a_backlog_can_be_given_and_clients_wait_in_it() throws IOException {
    Listener listener = rig.poller.listen(loopback(), 10);
    List<Link> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(rig.connect(listener.localAddress()));
    }
    for (int i = 0; i < 5; i++) {
      assertThat(rig.accept(listener).remoteAddress()).isNotNull();
    }
    listener.close();
    assertThat(clients).hasSize(5);
  }

  @Test
  void without_a_given_backlog_more_than_a_hundred_clients_can_wait() throws IOException {
    Listener listener = rig.listen(loopback());
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 120; i++) { // 128 is the limit of old systems
        Socket client = new Socket();
        clients.add(client);
        client.connect(listener.localAddress(), 900); // a full queue takes a second
      }
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
    assertThat(clients).hasSize(120);
  }

  @Test
  void a_listener_that_nobody_watches_is_not_told() throws IOException {
    Listener listener = rig.listen(loopback());
    Seen seen = new Seen();
    listener.attach(seen);
    rig.connect(listener.localAddress());
    rig.poller.poll(SHORT);
    assertThat(seen.times).isZero();
    listener.interest(Link.READ);
    rig.until(() -> seen.ops == Link.READ);
  }

  // ---- other families

  @Test
  void ipv6_works_where_the_machine_has_it() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
    Listener listener;
    try {
      listener = rig.listen(address);
    } catch (IOException e) {
      assumeTrue(false, "no IPv6 loopback here: " + e.getMessage());
      return;
    }
    Pair pair = rig.pair(listener);
    pair.near().noDelay(true);
    assertThat(pair.near().write(bytes(3))).isEqualTo(3);
  }

  @Test
  void unix_domain_sockets_work_and_their_file_goes_with_the_listener(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("s");
    Listener listener = rig.listen(UnixDomainSocketAddress.of(file));
    Pair pair = rig.pair(listener);
    pair.near().noDelay(true);
    pair.near().write(bytes(3));
    Seen seen = rig.watch(pair.far(), Link.READ);
    rig.until(() -> seen.times > 0);
    assertThat(PollerRig.drain(pair.far())).isEqualTo(3);
    pair.near().abort();
    listener.close();
    assertThat(Files.exists(file)).isFalse();
  }

  @Test
  void a_unix_domain_socket_that_is_not_there_refuses(@TempDir Path folder) {
    assertThatThrownBy(
            () -> {
              Link link = rig.connect(UnixDomainSocketAddress.of(folder.resolve("nobody")));
              Seen seen = rig.watch(link, Link.WRITE);
              rig.until(() -> seen.times > 0);
              link.finishConnect();
            })
        .isInstanceOfSatisfying(
            LinkException.class, e -> assertThat(e.kind()).isEqualTo(LinkException.Kind.REFUSED));
  }
}
