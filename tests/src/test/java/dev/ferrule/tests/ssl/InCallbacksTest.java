package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.LoopSetup;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.CallbackError;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Loops;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing, aborting and throwing inside every callback, on both sides. */
class InCallbacksTest {
  private final Heard other = new Heard();

  @ParameterizedTest
  @EnumSource
  void closing_in_a_callback_of_the_client_is_a_clean_end(Moment moment) {
    assertThat(client(Loops.inline(), moment, TcpSocket::close)).isTrue();
    cleanOrCancelled(moment);
  }

  @ParameterizedTest
  @EnumSource
  void closing_in_a_callback_of_the_server_is_a_clean_end(Moment moment) {
    assertThat(server(Loops.inline(), moment, TcpSocket::close)).isTrue();
    cleanOrCancelled(moment);
  }

  @ParameterizedTest
  @EnumSource
  void aborting_in_a_callback_of_the_client_resets(Moment moment) {
    assertThat(client(Loops.inline(), moment, TcpSocket::abort)).isTrue();
    cut(moment);
  }

  @ParameterizedTest
  @EnumSource
  void aborting_in_a_callback_of_the_server_resets(Moment moment) {
    assertThat(server(Loops.inline(), moment, TcpSocket::abort)).isTrue();
    cut(moment);
  }

  @ParameterizedTest
  @EnumSource
  void what_a_callback_of_the_client_throws_leaves_the_loop_and_leaks_nothing(Moment moment) {
    assertThatThrownBy(() -> client(Loops.inline(), moment, InCallbacksTest::fail))
        .isInstanceOf(Oops.class);
  }

  @ParameterizedTest
  @EnumSource
  void what_a_callback_of_the_server_throws_leaves_the_loop_and_leaks_nothing(Moment moment) {
    assertThatThrownBy(() -> server(Loops.inline(), moment, InCallbacksTest::fail))
        .isInstanceOf(Oops.class);
  }

  @ParameterizedTest
  @EnumSource
  void what_a_callback_of_the_client_throws_is_an_event_when_asked_for(Moment moment) {
    Heard self = new Heard();
    client(catching(self), moment, InCallbacksTest::fail, self);
    toldOnce(self, moment);
  }

  @ParameterizedTest
  @EnumSource
  void what_a_callback_of_the_server_throws_is_an_event_when_asked_for(Moment moment) {
    Heard self = new Heard();
    server(catching(self), moment, InCallbacksTest::fail, self);
    toldOnce(self, moment);
  }

  private static final class Oops extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static void fail(TcpSocket socket) {
    throw new Oops();
  }

  private static LoopSetup catching(Heard self) {
    return Loops.inline().catchCallbackErrors().defaultEventHandler(self::event);
  }

  /** The connection lived on: its peer ended it, later, and cleanly. */
  private void toldOnce(Heard self, Moment moment) {
    assertThat(self.events.stream().filter(CallbackError.class::isInstance))
        .as("%s", self.events)
        .singleElement()
        .satisfies(e -> assertThat(((CallbackError) e).getCause()).isInstanceOf(Oops.class));
    assertThat(other.events).isEmpty();
    assertThat(other.text).hasToString(moment == Moment.PER_WRITE ? "told" : "hello");
  }

  private void cleanOrCancelled(Moment moment) {
    if (moment == Moment.CONNECT) {
      assertThat(other.only(SslTruncated.class).message()).contains("before it said anything");
    } else if (moment != Moment.EVENT && moment != Moment.CLOSE) {
      other.only(TcpEof.class);
    }
  }

  private void cut(Moment moment) {
    assertThat(other.closed).isEqualTo(1);
    if (moment != Moment.EVENT && moment != Moment.CLOSE) {
      assertThat(other.events).singleElement().isInstanceOfAny(TcpReset.class, SslTruncated.class);
    }
  }

  private boolean client(LoopSetup loop, Moment moment, Consumer<TcpSocket> code) {
    return client(loop, moment, code, new Heard());
  }

  private boolean server(LoopSetup loop, Moment moment, Consumer<TcpSocket> code) {
    return server(loop, moment, code, new Heard());
  }

  /** The other side answers what it reads, and ends the connection where nobody else would. */
  private boolean client(LoopSetup loop, Moment moment, Consumer<TcpSocket> code, Heard self) {
    AtomicReference<Moment.Act> act = new AtomicReference<>();
    Pair pair = new Pair().loop(loop);
    pair.client(c -> {
      c.onEvent(self::event).onRead((socket, data) -> self.read(data)).onClose(self::close);
      act.set(moment.on(c, code));
      c.onConnect(act.get()::connected).onSecure((s, session) -> act.get().secured(s));
    });
    pair.server(s ->
        s.onRead(
                (socket, data) -> {
                  other.read(data);
                  endLater(socket);
                })
            .onEvent(other::event)
            .onClose(other::close));
    pair.onServed(s -> s.write("welcome"));
    pair.run();
    return act.get().ran;
  }

  private boolean server(LoopSetup loop, Moment moment, Consumer<TcpSocket> code, Heard self) {
    AtomicReference<Moment.Act> act = new AtomicReference<>();
    Pair pair = new Pair().loop(loop);
    pair.server(s -> {
      s.onEvent(self::event).onRead((socket, data) -> self.read(data)).onClose(self::close);
      act.set(moment.on(s, code));
      s.onSecure((socket, session) -> act.get().secured(socket));
    });
    pair.onAccept(socket -> act.get().connected(socket));
    pair.client(c ->
        c.data("welcome")
            .onRead((socket, data) -> {
              other.read(data);
              endLater(socket);
            })
            .onEvent(other::event)
            .onClose(other::close));
    pair.run();
    return act.get().ran;
  }

  /** Not at once: what the other side is about to do comes first. */
  private static void endLater(TcpSocket socket) {
    socket.loop().delay(java.time.Duration.ofMillis(20), socket::close);
  }
}
