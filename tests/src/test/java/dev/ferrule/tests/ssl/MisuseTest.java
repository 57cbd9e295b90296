package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.AsyncStream;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Calls that come too late, twice, from the wrong thread, or on the wrong object. */
class MisuseTest {
  private static final Map<String, Consumer<TcpSocket>> CHANGES = new LinkedHashMap<>();
  private static final Map<String, Consumer<TcpSocket>> OTHERS = new LinkedHashMap<>();

  static {
    CHANGES.put("write bytes", s -> s.write(new byte[1]));
    CHANGES.put("write range", s -> s.write(new byte[2], 0, 1));
    CHANGES.put("write buffer", s -> s.write(ByteBuffer.allocate(1)));
    CHANGES.put("write buffer, told", s -> s.write(ByteBuffer.allocate(1), done -> {}));
    CHANGES.put("write text", s -> s.write("x"));
    CHANGES.put("write text, told", s -> s.write("x", done -> {}));
    CHANGES.put("read timeout", s -> s.readTimeout(Duration.ofSeconds(1)));
    CHANGES.put("write timeout", s -> s.writeTimeout(Duration.ofSeconds(1)));
    CHANGES.put("disable reading", TcpSocket::disableReading);
    CHANGES.put("enable reading", TcpSocket::enableReading);
    CHANGES.put("disable writing", TcpSocket::disableWriting);
    CHANGES.put("enable writing", TcpSocket::enableWriting);
    CHANGES.put("shut down", TcpSocket::shutdownOutput);
    OTHERS.put("read callback", s -> s.onRead((socket, data) -> {}));
    OTHERS.put("write callback", s -> s.onWrite(socket -> {}));
    OTHERS.put("drain callback", s -> s.onDrain(socket -> {}));
    OTHERS.put("event callback", s -> s.onEvent(event -> {}));
    OTHERS.put("close callback", s -> s.onClose(() -> {}));
    OTHERS.put("close", TcpSocket::close);
    OTHERS.put("abort", TcpSocket::abort);
  }

  /** What the program closed takes no bytes; to pause it, or to set a limit, does no harm. */
  private static void assertEnded(SslSocket socket) {
    CHANGES.forEach((name, call) -> {
      if (name.startsWith("write") && !name.equals("write timeout")) {
        assertThatThrownBy(() -> call.accept(socket))
            .as(name)
            .isInstanceOf(SocketClosed.class)
            .hasMessageContaining("closed");
      } else {
        assertThatCode(() -> call.accept(socket)).as(name).doesNotThrowAnyException();
      }
    });
  }

  @Test
  void a_write_after_close_says_that_it_is_closed() {
    Pair pair =
        new Pair()
            .onSecure(socket -> {
              socket.close();
              assertEnded(socket);
            });
    pair.run();
    pair.server.only(TcpEof.class);
  }

  @Test
  void a_write_after_abort_says_that_it_is_closed() {
    new Pair()
        .onSecure(socket -> {
          socket.abort();
          assertEnded(socket);
        })
        .run();
  }

  @Test
  void closing_and_aborting_again_is_harmless() {
    Pair pair =
        new Pair()
            .onSecure(socket -> {
              socket.close();
              socket.close();
              socket.abort();
              socket.abort();
              socket.close();
              assertThat(socket.isClosed()).isTrue();
            });
    pair.run();
    assertThat(pair.client.closed).isEqualTo(1);
    assertThat(pair.client.events).isEmpty();
  }

  @Test
  void a_socket_that_was_released_can_be_closed_again() {
    List<SslSocket> kept = new ArrayList<>();
    new Pair()
        .onSecure(socket -> {
          kept.add(socket);
          socket.close();
          socket
              .loop()
              .delay(
                  Duration.ofMillis(30),
                  () -> {
                    socket.close();
                    socket.abort();
                    assertThatThrownBy(() -> socket.write("late")).isInstanceOf(SocketClosed.class);
                  });
        })
        .run();
    assertThat(kept).hasSize(1);
    kept.get(0).close(); // the loop has ended, too
  }

  @Test
  void a_call_from_another_thread_is_refused_and_names_the_way() {
    Pair pair =
        new Pair()
            .onSecure(socket -> {
              List<Throwable> thrown = new ArrayList<>();
              Map<String, Consumer<TcpSocket>> all = new LinkedHashMap<>(CHANGES);
              all.putAll(OTHERS);
              elsewhere(() ->
                  all.values().forEach(call -> thrown.add(catching(() -> call.accept(socket)))));
              assertThat(thrown).hasSize(all.size());
              assertThat(thrown)
                  .allSatisfy(t ->
                      assertThat(t)
                          .isInstanceOf(WrongThreadException.class)
                          .hasMessageContaining("loop.execute"));
              socket.close();
            });
    pair.run();
    pair.server.only(TcpEof.class);
  }

  @Test
  void setups_of_another_thread_are_refused() {
    Loops.runInline(loop -> {
      List<Throwable> thrown = new ArrayList<>();
      elsewhere(() -> {
        thrown.add(catching(() -> Ssl.connect(loop, "localhost", 1)));
        thrown.add(catching(() -> Ssl.server(loop, null, 0)));
      });
      assertThat(thrown)
          .hasSize(2)
          .allSatisfy(t -> assertThat(t).isInstanceOf(WrongThreadException.class));
    });
  }

  @Test
  void every_call_on_a_wrapped_socket_says_that_it_was_wrapped() {
    Loops.runInline(loop -> {
      var server = Pair.serve(loop, new Heard());
      Tcp.connect(loop, "127.0.0.1", server.port())
          .onConnect(plain -> {
            SslSocket secure =
                Ssl.wrap(plain)
                    .asClient("localhost")
                    .trust(Pki.TRUST)
                    .onSecure((s, facts) -> s.close())
                    .open();
            Map<String, Consumer<TcpSocket>> all = new LinkedHashMap<>(CHANGES);
            all.putAll(OTHERS);
            all.put("stream", TcpSocket::stream);
            all.put("loop", TcpSocket::loop);
            all.put("queued", TcpSocket::queued);
            all.put("closed", TcpSocket::isClosed);
            all.put("as a stream", AsyncStream::of);
            all.put("wrap again", s -> Ssl.wrap(s).asClient("localhost"));
            all.forEach((name, call) -> wrapped(name, plain, call));
            assertThat(plain.toString()).contains("WRAPPED");
            assertThat(secure.isClosed()).isFalse();
          })
          .open();
    });
  }

  private static void wrapped(String name, TcpSocket plain, Consumer<TcpSocket> call) {
    assertThatThrownBy(() -> call.accept(plain))
        .as(name)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was wrapped");
  }

  private static Throwable catching(Runnable call) {
    try {
      call.run();
      return new AssertionError("nothing was thrown");
    } catch (RuntimeException e) {
      return e;
    }
  }

  private static void elsewhere(Runnable work) {
    Thread thread = Thread.ofPlatform().start(work);
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
