package dev.ferrule.epoll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A poller and what a test opened on it; all goes with it. */
final class Room implements AutoCloseable {
  static final long SHORT = Duration.ofMillis(20).toNanos();

  final EpollPoller poller;
  private final List<Runnable> closes = new ArrayList<>();

  Room() throws IOException {
    poller = new EpollPoller();
  }

  /** How often a link was told, and what. */
  static final class Told implements Link.Ready {
    int times;
    int ops;

    @Override
    public void ready(int told) {
      times++;
      ops = told;
    }
  }

  record Pair(EpollLink near, EpollLink far) {}

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  Listener listen(SocketAddress address) throws IOException {
    return keep(poller.listen(address, -1));
  }

  Listener share(SocketAddress address) throws IOException {
    return keep(poller.listenShared(address, -1));
  }

  private Listener keep(Listener listener) {
    closes.add(listener::close);
    return listener;
  }

  EpollLink connect(SocketAddress address) throws IOException {
    EpollLink link = (EpollLink) poller.connect(address);
    closes.add(link::close);
    return link;
  }

  Pair pair() throws IOException {
    Listener listener = listen(loopback(0));
    EpollLink near = connect(listener.localAddress());
    EpollLink far = accept(listener);
    until(near::finishConnect);
    listener.close();
    return new Pair(near, far);
  }

  EpollLink accept(Listener listener) throws IOException {
    Link[] taken = new Link[1];
    until(() -> (taken[0] = listener.accept()) != null);
    closes.add(taken[0]::close);
    return (EpollLink) taken[0];
  }

  Told watch(Link link, int ops) {
    Told told = new Told();
    link.attach(told);
    link.interest(ops);
    return told;
  }

  /** What may throw while it is waited for. */
  interface Condition {
    boolean holds() throws IOException;
  }

  void until(Condition condition) throws IOException {
    long start = System.nanoTime();
    while (!condition.holds()) {
      assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(10).toNanos());
      poller.poll(SHORT / 20);
    }
  }

  static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  @Override
  public void close() {
    closes.forEach(Runnable::run);
    poller.close();
  }
}
