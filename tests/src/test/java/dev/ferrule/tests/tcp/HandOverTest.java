package dev.ferrule.tests.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loop 0 accepts for loop 1 too, in turn, and loop 1 is not there for what it is given. */
class HandOverTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral(Loopback.ADDRESS);

  private final CountDownLatch firstIsOpen = new CountDownLatch(1);
  private final CountDownLatch handedOver = new CountDownLatch(1);
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final CompletableFuture<LoopGroup> group = new CompletableFuture<>();
  private final AtomicInteger first = new AtomicInteger();
  private final AtomicInteger second = new AtomicInteger();

  private static LoopSetup two() {
    return EventLoop.setup().poller("nio").loops(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, SECONDS)).as("in time").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** {@code enough} connections on loop 0 mean that as many went to loop 1, or could not. */
  private TcpServer open(EventLoop loop, int enough) {
    if (loop.number() == 1) {
      await(firstIsOpen);
    }
    AtomicInteger connected = loop.number() == 0 ? first : second;
    TcpServer server =
        Tcp.server(loop, Loopback.ADDRESS, 0)
            .onConnect(socket -> {
              if (connected.incrementAndGet() == enough && loop.number() == 0) {
                handedOver.countDown();
              }
            })
            .onEvent(Loopback.ignored())
            .open();
    firstIsOpen.countDown();
    group.complete(loop.group());
    return server;
  }

  /** Clients on a thread of their own; {@code then} gets the open sockets. Then the loops exit. */
  private CompletableFuture<Void> clients(int count, Consumer<List<Socket>> then) {
    return CompletableFuture.runAsync(
        () -> {
          List<Socket> sockets = new ArrayList<>();
          try {
            for (int i = 0; i < count; i++) {
              sockets.add(new Socket(LOOPBACK, port.join()));
            }
            then.accept(sockets);
          } catch (IOException e) {
            throw new AssertionError(e);
          } finally {
            sockets.forEach(HandOverTest::close);
            group.join().execute(EventLoop::exit);
          }
        },
        task -> Thread.ofPlatform().daemon().start(task));
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean ends(Socket socket) {
    try {
      socket.setSoTimeout(10_000);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // reset
    }
  }

  enum Gone {
    /** The connection waits in its inbox when it closes its server. */
    CLOSED,
    /** The connection waits in its inbox when it exits. */
    EXITED,
    /** It refuses the connection, for it is just ending. */
    ENDING
  }

  @ParameterizedTest
  @EnumSource
  void a_connection_for_a_loop_that_is_not_there_any_more_is_closed(Gone gone) {
    AtomicInteger ended = new AtomicInteger();
    CompletableFuture<Void> clients =
        clients(
            3,
            sockets -> {
              ended.set(ends(sockets.get(1)) ? 1 : 0); // the second was for loop 1
            });
    Loops.runUntilExit(
        two(),
        loop -> {
          TcpServer server = open(loop, 2);
          if (loop.number() == 1) {
            Runnable held =
                () -> {
                  port.complete(server.port());
                  await(handedOver);
                };
            if (gone == Gone.ENDING) {
              loop.onExit(held);
              loop.exit();
            } else {
              loop.execute(() -> {
                held.run();
                if (gone == Gone.CLOSED) {
                  server.close();
                  loop.notifier(() -> {}); // the loop itself goes on
                } else {
                  loop.exit();
                }
              });
            }
          } else {
            loop.notifier(() -> {});
          }
        });
    clients.join();
    assertThat(ended).hasValue(1);
    assertThat(first).hasValue(2);
    assertThat(second).hasValue(0);
  }

  @Test
  void a_loop_that_is_held_up_gets_no_more_than_a_few_and_the_others_serve_the_rest() {
    CompletableFuture<Void> clients = clients(200, sockets -> await(handedOver));
    Loops.runUntilExit(
        two(),
        loop -> {
          TcpServer server = open(loop, 200 - 64);
          if (loop.number() == 1) {
            loop.execute(() -> {
              port.complete(server.port());
              await(handedOver);
            });
          }
        });
    clients.join();
    assertThat(first).hasValue(200 - 64);
    assertThat(second).hasValue(64);
  }

  /** Listens no more once it is deaf. */
  private static final class Refusing extends ForwardingPoller {
    private final AtomicBoolean deaf;

    Refusing(Poller real, AtomicBoolean deaf) {
      super(real);
      this.deaf = deaf;
    }

    @Override
    public Listener listen(SocketAddress local, int backlog) throws IOException {
      if (deaf.get()) {
        throw new IOException("not any more");
      }
      return super.listen(local, backlog);
    }
  }

  @Test
  void those_left_hear_of_it_when_none_can_take_over() {
    AtomicBoolean deaf = new AtomicBoolean();
    AtomicReference<Event> heard = new AtomicReference<>();
    AtomicReference<TcpServer> left = new AtomicReference<>();
    PollerProvider nio = Pollers.chosen("nio");
    PollerProvider refusing = ForwardingPoller.provider(nio, real -> new Refusing(real, deaf));
    Loops.runUntilExit(
        two().poller(refusing),
        loop -> {
          if (loop.number() == 1) {
            await(firstIsOpen);
          }
          TcpServer server = Tcp.server(loop, Loopback.ADDRESS, 0).onEvent(heard::set).open();
          firstIsOpen.countDown();
          if (loop.number() == 1) {
            left.set(server);
            deaf.set(true);
            loop.group()
                .execute(each -> {
                  if (each.number() == 0) {
                    each.exit();
                  }
                });
          }
        });
    assertThat(heard.get()).isInstanceOf(TcpBindError.class);
    assertThat(heard.get().message()).contains("cannot listen on 127.0.0.1:", "not any more");
    assertThat(heard.get().socket()).isSameAs(left.get());
    assertThat(left.get().isClosed()).isTrue();
  }
}
