package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSocket;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A loop that is left while SSL connections live, in every state they can be in. */
class ExitTest {
  private enum State {
    CONNECTED(s -> s.loop().exit()),
    OPEN(s -> s.loop().exit()),
    QUEUED(s -> {
      s.write(new byte[8 << 20]);
      s.loop().exit();
    }),
    DRAINING(s -> {
      s.write(new byte[8 << 20]);
      s.close();
      s.loop().exit();
    }),
    LINGERING(s -> {
      s.close();
      s.loop().exit();
    }),
    ABORTED(s -> {
      s.abort();
      s.loop().exit();
    });

    final Consumer<SslSocket> code;

    State(Consumer<SslSocket> code) {
      this.code = code;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_loop_that_exits_closes_its_connections_without_a_word(State state) {
    Pair pair = new Pair();
    if (state == State.CONNECTED) {
      pair.client(c -> c.onConnect(state.code));
    } else {
      pair.onSecure(state.code);
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
          state.code.accept(s);
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
        Loops.inline().resolver(host -> java.util.List.of(Loops.loopback().getAddress())),
        (EventLoop loop) -> {
          Ssl.connect(loop, "somewhere.example", 443).open();
          loop.exit();
        });
  }
}
