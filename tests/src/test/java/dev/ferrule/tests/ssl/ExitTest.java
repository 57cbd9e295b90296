package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A loop that is left while SSL connections live, in every state they can be in. */
class ExitTest {
  enum State {
    CONNECTED,
    OPEN,
    QUEUED,
    DRAINING,
    LINGERING,
    ABORTED;

    /** Brings the socket there, and leaves the loop. */
    void leave(SslSocket socket) {
      switch (this) {
        case CONNECTED, OPEN -> {}
        case QUEUED -> socket.write(new byte[8 << 20]);
        case DRAINING -> {
          socket.write(new byte[8 << 20]);
          socket.close();
        }
        case LINGERING -> socket.close();
        case ABORTED -> socket.abort();
      }
      socket.loop().exit();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_loop_that_exits_closes_its_connections_without_a_word(State state) {
    Pair pair = new Pair();
    if (state == State.CONNECTED) {
      pair.client(c -> c.onConnect(state::leave));
    } else {
      pair.onSecure(state::leave);
    }
    pair.runUntilExit();
    assertThat(pair.client.events).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"CONNECTED", "OPEN", "QUEUED", "DRAINING"})
  void an_exception_that_leaves_the_loop_closes_them_too(State state) {
    Pair pair = new Pair();
    Consumer<SslSocket> code =
        s -> {
          state.leave(s);
          throw new UnsupportedOperationException();
        };
    if (state == State.CONNECTED) {
      pair.client(c -> c.onConnect(code));
    } else {
      pair.onSecure(code);
    }
    org.assertj.core.api.Assertions.assertThatThrownBy(pair::runUntilExit)
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_loop_that_exits_while_a_name_is_resolved_leaves_nothing() {
    Loops.runUntilExit(
        Loops.inline()
            .resolver(host -> java.util.List.of(java.net.InetAddress.getLoopbackAddress())),
        (EventLoop loop) -> {
          Ssl.connect(loop, "somewhere.example", 443).open();
          loop.exit();
        });
  }
}
