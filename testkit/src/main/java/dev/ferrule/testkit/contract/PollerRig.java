package dev.ferrule.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A poller and the links and listeners that a test opened, for {@link PollerContract}. */
final class PollerRig implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  final Poller poller;
  private final List<Runnable> closes = new ArrayList<>();

  PollerRig(Poller poller) {
    this.poller = poller;
  }

  /** The readiness of one link, as last reported. */
  static final class Seen implements Link.Ready {
    int ops;
    int times;

    @Override
    public void ready(int told) {
      ops = told;
      times++;
    }
  }

  /** Two connected links. */
  record Pair(Link near, Link far) {}

  static SocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  Listener listen(SocketAddress address) throws IOException {
    return listen(address, SocketOptions.NONE);
  }

  Listener listen(SocketAddress address, SocketOptions options) throws IOException {
    Listener listener = poller.listen(address, -1, options);
    closes.add(listener::close);
    return listener;
  }

  Link connect(SocketAddress address) throws IOException {
    return connect(address, SocketOptions.NONE);
  }

  Link connect(SocketAddress address, SocketOptions options) throws IOException {
    Link link = poller.connect(address, options);
    closes.add(link::close);
    return link;
  }

  Pair pair(SocketAddress address) throws IOException {
    Listener listener = listen(address);
    Pair pair = pair(listener);
    listener.close();
    return pair;
  }

  Pair pair(Listener listener) throws IOException {
    return pair(listener, SocketOptions.NONE);
  }

  Pair pair(Listener listener, SocketOptions options) throws IOException {
    Link near = connect(listener.localAddress(), options);
    Seen writable = new Seen();
    near.attach(writable);
    near.interest(Link.WRITE);
    Link far = accept(listener);
    until(() -> (writable.ops & Link.WRITE) != 0);
    assertThat(near.finishConnect()).isTrue();
    near.interest(0);
    return new Pair(near, far);
  }

  Link accept(Listener listener) throws IOException {
    Seen waiting = new Seen();
    listener.attach(waiting);
    listener.interest(Link.READ);
    until(() -> waiting.times > 0);
    Link link = owned(listener.accept());
    listener.interest(0);
    return link;
  }

  /** A link that was accepted just now, or that another poller accepted for this one. */
  Link owned(@Nullable Link link) {
    if (link == null) {
      throw new AssertionError("told of a connection that is not there");
    }
    closes.add(link::close);
    return link;
  }

  /** A listener that was opened just now. */
  Listener owned(Listener listener) {
    closes.add(listener::close);
    return listener;
  }

  /** A condition to wait for. */
  @FunctionalInterface
  interface Condition {
    boolean isSo() throws IOException;
  }

  /** Polls until a condition holds. */
  void until(Condition condition) throws IOException {
    long start = System.nanoTime();
    while (!condition.isSo()) {
      assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(LONGEST.toNanos());
      poller.poll(Duration.ofMillis(100).toNanos());
    }
  }

  /** The readiness of {@code link} that one poll reports. */
  Seen watch(Link link, int ops) {
    Seen seen = new Seen();
    link.attach(seen);
    link.interest(ops);
    return seen;
  }

  static ByteBuffer bytes(int count) {
    return ByteBuffer.allocateDirect(count);
  }

  /** Writes until the system takes no more. */
  static long fill(Link link) throws IOException {
    long all = 0;
    ByteBuffer buffer = bytes(1 << 16);
    for (int n = 1; n > 0; all += n) {
      n = link.write(buffer.clear());
    }
    return all;
  }

  /** Reads what has arrived; returns the number of bytes, or -1 at the end. */
  static long drain(Link link) throws IOException {
    long all = 0;
    ByteBuffer buffer = bytes(1 << 16);
    while (true) {
      int n = link.read(buffer.clear());
      if (n <= 0) {
        return n < 0 && all == 0 ? -1 : all;
      }
      all += n;
    }
  }

  @Override
  public void close() {
    closes.forEach(Runnable::run);
    poller.close();
  }
}
