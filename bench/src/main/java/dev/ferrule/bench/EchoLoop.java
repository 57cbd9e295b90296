package dev.ferrule.bench;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSetup;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A server and its client on one loop, over loopback. The loop has a thread of its own; {@link
 * #echo} is called from another, and what it costs to hand over is shared by many echoes.
 */
final class EchoLoop {
  private static final String HOST = "127.0.0.1";

  /** As a parameter of a benchmark: the one of the highest rank. */
  private static final String BEST = "best";

  private final int size;
  private final String provider;
  private final ByteBuffer message;
  private final Semaphore done = new Semaphore(0);
  private final Runnable send = this::send;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable EventLoop loop;
  private @Nullable TcpSocket client;
  private int left; // handed to the loop with the send that follows
  private int missing;
  private int port; // of the plain server

  private EchoLoop(int size, String poller, String provider, @Nullable Identity identity) {
    this.size = size;
    this.provider = provider;
    this.message = ByteBuffer.allocate(size);
    Thread.ofPlatform()
        .name("echo-loop")
        .daemon()
        .start(() -> {
          try {
            setup(poller).run(loop -> open(loop, identity));
          } catch (Throwable t) {
            failure = t;
          }
          done.release();
        });
  }

  /** Both ends over plain TCP, connected. */
  static EchoLoop tcp(int size, String poller) throws InterruptedException {
    return new EchoLoop(size, poller, BEST, null).ready();
  }

  /** Both ends over SSL, after the handshake. */
  static EchoLoop ssl(int size, String poller, String provider, Identity identity)
      throws InterruptedException {
    return new EchoLoop(size, poller, provider, identity).ready();
  }

  private static LoopSetup setup(String poller) {
    LoopSetup setup = EventLoop.setup();
    return poller.equals(BEST) ? setup : setup.poller(poller);
  }

  private <B extends SslSetup<B>> void choose(SslSetup<B> ssl) {
    if (!provider.equals(BEST)) {
      ssl.provider(provider);
    }
  }

  /** Sends the message and awaits its echo, so many times. */
  void echo(int times) throws InterruptedException {
    EventLoop eventLoop = loop;
    if (eventLoop != null) {
      left = times;
      eventLoop.execute(send);
    }
    await();
  }

  /** Opens and closes so many connections over plain TCP, one after the other. */
  void connect(int times) throws InterruptedException {
    EventLoop eventLoop = loop;
    if (eventLoop != null) {
      eventLoop.execute(() -> next(eventLoop, times));
    }
    await();
  }

  private void next(EventLoop eventLoop, int times) {
    if (times == 0) {
      done.release();
      return;
    }
    Tcp.connect(eventLoop, HOST, port)
        .onConnect(TcpSocket::close)
        .onClose(() -> next(eventLoop, times - 1))
        .open();
  }

  /** Ends the loop with all that is open on it. */
  void close() throws InterruptedException {
    EventLoop eventLoop = loop;
    if (eventLoop != null) {
      eventLoop.execute(eventLoop::exit);
      await();
    }
  }

  private EchoLoop ready() throws InterruptedException {
    await();
    return this;
  }

  private void await() throws InterruptedException {
    done.acquire();
    if (failure != null) {
      throw new IllegalStateException("the loop failed", failure);
    }
  }

  private void open(EventLoop eventLoop, @Nullable Identity identity) {
    loop = eventLoop;
    if (identity == null) {
      port = Tcp.server(eventLoop, HOST, 0).onRead(TcpSocket::write).open().port();
      client =
          Tcp.connect(eventLoop, HOST, port)
              .onConnect(socket -> done.release())
              .onRead((socket, data) -> received(data))
              .open();
      return;
    }
    Credentials credentials = Credentials.of(identity.server().key(), identity.server().chain());
    SslServerSetup server = Ssl.server(eventLoop, HOST, 0);
    choose(server);
    int port = server.credentials(credentials).onRead(TcpSocket::write).open().port();
    SslClientSetup connect = Ssl.connect(eventLoop, HOST, port);
    choose(connect);
    client =
        connect
            .trust(identity.trust())
            .onSecure((socket, session) -> secured(session))
            .onRead((socket, data) -> received(data))
            .open();
  }

  /** The engine alone is measured with this suite too. */
  private void secured(SslSession session) {
    if (provider.equals("jdk") && !session.cipher().equals(EnginePair.SUITE)) {
      throw new IllegalStateException("other cryptography than the bare engine's: " + session);
    }
    done.release();
  }

  private void send() {
    missing = size;
    if (client != null) {
      client.write(message.clear());
    }
  }

  private void received(ByteBuffer data) {
    missing -= data.remaining();
    if (missing > 0) {
      return;
    }
    left--;
    if (left > 0) {
      send();
    } else {
      done.release();
    }
  }
}
