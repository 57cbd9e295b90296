package dev.ferrule.epoll;

import static dev.ferrule.epoll.Room.SHORT;
import static dev.ferrule.epoll.Room.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.epoll.Room.Pair;
import dev.ferrule.epoll.Room.Told;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import dev.ferrule.spi.Listener;
import dev.ferrule.testkit.Descriptors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only epoll can get wrong; the rest is in the contract of pollers. */
@EnabledOnOs(OS.LINUX)
class EpollPollerTest {
  private Set<String> before;
  private Room room;

  @BeforeEach
  void open() throws IOException {
    before = Descriptors.open();
    room = new Room();
  }

  @AfterEach
  void no_descriptor_is_left() {
    room.close();
    assertThat(Descriptors.openSince(before)).isEmpty();
  }

  // ---- descriptors that are used again

  @Test
  void an_event_of_a_closed_link_is_not_told_to_the_one_that_has_its_number() throws IOException {
    Listener listener = room.listen(loopback(0));
    List<EpollLink> links = List.of(talking(listener), talking(listener));
    List<Integer> numbers = new ArrayList<>();
    Told told = new Told();
    for (EpollLink link : links) {
      EpollLink other = link == links.getFirst() ? links.getLast() : links.getFirst();
      link.attach(ops -> {
        link.interest(0);
        other.close(); // which was ready in the same round
        EpollLink fresh = reconnect(listener, told);
        numbers.addAll(List.of(other.fd, fresh.fd));
      });
      link.interest(Link.READ);
    }
    room.until(() -> !numbers.isEmpty());
    assertThat(numbers).hasSize(2);
    assertThat(numbers.getFirst()).as("the same number").isEqualTo(numbers.getLast());
    room.poller.poll(SHORT);
    assertThat(told.times).as("nothing has come for the new link").isZero();
  }

  /** The server's end of a connection whose client has said something. */
  private EpollLink talking(Listener listener) throws IOException {
    room.connect(listener.localAddress()).write(Room.text("x"));
    return room.accept(listener);
  }

  private EpollLink reconnect(Listener listener, Told told) {
    try {
      EpollLink fresh = room.connect(listener.localAddress());
      fresh.attach(told);
      fresh.interest(Link.READ);
      return fresh;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_ticket_tells_two_registrations_of_one_number_apart() throws IOException {
    Pair pair = room.pair();
    room.watch(pair.near(), Link.READ);
    room.poller.poll(0);
    int first = pair.near().ticket;
    pair.near().interest(0);
    room.poller.poll(0);
    pair.near().interest(Link.READ);
    room.poller.poll(0);
    assertThat(pair.near().ticket).isNotEqualTo(first);
  }

  @Test
  void waking_a_closed_poller_does_not_wake_the_one_that_has_its_descriptors() throws IOException {
    EpollPoller old = new EpollPoller();
    old.close();
    EpollPoller young = new EpollPoller();
    old.wake();
    long start = System.nanoTime();
    young.poll(SHORT);
    assertThat(System.nanoTime() - start).isGreaterThan(SHORT / 2);
    young.close();
  }

  @Test
  void wakers_and_a_loop_that_waits_never_miss_each_other() throws Exception {
    Thread waker =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 10_000; i++) {
                room.poller.wake();
              }
            });
    room.poller.poll(-1);
    waker.join();
    room.poller.poll(0);
    room.poller.wake(); // would hang if the flag of an earlier wake had stuck
    room.poller.poll(-1);
  }

  // ---- what is watched

  @Test
  void interest_that_is_taken_back_before_the_wait_is_never_told_to_the_kernel()
      throws IOException {
    Pair pair = room.pair();
    Told told = room.watch(pair.near(), Link.READ);
    room.poller.poll(0);
    int ticket = pair.near().ticket;
    pair.near().interest(Link.READ | Link.WRITE);
    pair.near().interest(0);
    pair.near().interest(Link.READ);
    room.poller.poll(0);
    assertThat(told.times).isZero();
    assertThat(pair.near().ticket).as("not removed and added again").isEqualTo(ticket);
  }

  @Test
  void a_descriptor_that_the_kernel_will_not_watch_fails_alone() throws IOException {
    Pair pair = room.pair();
    pair.near().write(Room.text("x"));
    Told healthy = room.watch(pair.far(), Link.READ);
    EpollLink bad = EpollLink.accepted(room.poller, -1, loopback(1), false);
    Told told = room.watch(bad, Link.READ);
    room.poller.poll(-1);
    assertThat(told.ops).isEqualTo(Link.READ);
    assertThat(healthy.times).isEqualTo(1);
    assertThatThrownBy(() -> bad.read(ByteBuffer.allocate(1)))
        .isInstanceOf(LinkException.class)
        .hasMessage("Bad file descriptor (EBADF)");
  }

  @Test
  void an_end_behind_the_data_of_one_read_is_told_although_the_kernel_tells_changes_only()
      throws IOException {
    Pair pair = room.pair();
    pair.near().write(Room.text("x"));
    pair.near().shutdownOutput();
    Told told = room.watch(pair.far(), Link.READ);
    room.poller.poll(-1);
    assertThat(pair.far().read(ByteBuffer.allocateDirect(100))).isEqualTo(1);
    told.times = 0;
    room.poller.poll(-1);
    assertThat(told.times).isEqualTo(1);
    assertThat(pair.far().read(ByteBuffer.allocateDirect(100))).isEqualTo(-1);
  }

  @Test
  void what_a_small_buffer_left_is_told_again_without_news_from_the_kernel() throws IOException {
    Pair pair = room.pair();
    pair.near().write(Room.text("xyz"));
    Told told = room.watch(pair.far(), Link.READ);
    for (int i = 1; i <= 3; i++) {
      room.poller.poll(-1);
      assertThat(told.times).isEqualTo(i);
      assertThat(pair.far().read(ByteBuffer.allocateDirect(1))).isEqualTo(1);
    }
    room.poller.poll(-1);
    assertThat(pair.far().read(ByteBuffer.allocateDirect(1))).isZero();
    told.times = 0;
    room.poller.poll(0);
    assertThat(told.times).isZero();
  }

  @Test
  void an_accepted_link_begins_without_delay_as_its_listener_does() throws IOException {
    Pair pair = room.pair();
    assertThat(nodelay(pair.far())).isEqualTo(1);
    pair.far().noDelay(false);
    assertThat(nodelay(pair.far())).isZero();
    pair.far().noDelay(true);
    assertThat(nodelay(pair.far())).isEqualTo(1);
  }

  private int nodelay(EpollLink link) {
    Scratch scratch = room.poller.scratch;
    MemorySegment value = scratch.value.asSlice(0, 4);
    Libc.getsockopt(
        scratch.errno, link.fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, value, scratch.room(value));
    return value.get(ValueLayout.JAVA_INT, 0);
  }

  // ---- systems before Linux 5.11

  @Test
  void a_wait_in_milliseconds_is_rounded_up_and_never_overflows() {
    assertThat(EpollPoller.millis(-1)).isEqualTo(-1);
    assertThat(EpollPoller.millis(0)).isZero();
    assertThat(EpollPoller.millis(1)).isEqualTo(1);
    assertThat(EpollPoller.millis(2_000_000)).isEqualTo(2);
    assertThat(EpollPoller.millis(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void the_older_wait_waits_and_wakes_as_well() throws IOException {
    room.poller.waitInMillis();
    long start = System.nanoTime();
    room.poller.poll(SHORT);
    assertThat(System.nanoTime() - start).isGreaterThan(SHORT / 2);
    room.poller.wake();
    room.poller.poll(-1);
  }

  // ---- connecting

  @Test
  void connecting_is_not_done_while_the_server_does_not_answer() throws IOException {
    Listener crowded = room.poller.listen(loopback(0), 1);
    EpollLink last = room.connect(crowded.localAddress());
    assertThat(last.finishConnect()).isTrue();
    for (int i = 0; i < 8; i++) {
      last = room.connect(crowded.localAddress());
    }
    assertThat(last.finishConnect()).isFalse();
    crowded.close();
  }

  @Test
  void a_unix_server_with_too_many_clients_waiting_says_so(@TempDir Path folder)
      throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    Listener crowded = room.poller.listen(address, 1);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 8; i++) {
                room.connect(address);
              }
            })
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("too many clients wait");
    crowded.close();
  }

  @Test
  void a_path_that_is_too_long_says_how_long_it_may_be(@TempDir Path folder) {
    var address = UnixDomainSocketAddress.of(folder.resolve("s".repeat(120)));
    assertThatThrownBy(() -> room.listen(address)).hasMessageContaining("at most 107");
    assertThatThrownBy(() -> room.connect(address)).hasMessageContaining("at most 107");
  }

  @Test
  void a_file_in_the_way_of_a_unix_socket_is_left_alone(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("s"));
    assertThatThrownBy(() -> room.listen(UnixDomainSocketAddress.of(file)))
        .isInstanceOfSatisfying(
            LinkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.ADDRESS_IN_USE));
    assertThat(file).exists();
  }
}
