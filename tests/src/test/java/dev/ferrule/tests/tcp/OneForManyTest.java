package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.CallbackError;
import dev.ferrule.testkit.Loops;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callbacks that serve many sockets know which one it is, and a loop can end all of its own. */
class OneForManyTest {
  private final List<Object> accepted = new ArrayList<>();
  private final List<Object> named = new ArrayList<>();

  private TcpServer server(EventLoop loop) {
    return Tcp.server(loop, Loopback.ADDRESS, 0)
        .onConnect(accepted::add)
        .onRead((socket, data) -> {
          throw new IllegalStateException("a bug");
        })
        .onEvent(event -> {
          if (event instanceof CallbackError) {
            named.add(event.socket());
            loop.closeAll();
          }
        })
        .onClose((TcpSocket socket) -> named.add(socket))
        .open();
  }

  @Test
  void a_callback_error_and_a_close_name_their_socket_and_close_all_ends_the_loop() {
    Loops.run(
        EventLoop.setup().catchCallbackErrors(),
        loop ->
            Tcp.connect(loop, Loopback.ADDRESS, server(loop).port())
                .data("x")
                .onRead((socket, data) -> {})
                .onEvent(event -> {})
                .open());
    assertThat(accepted).hasSize(1);
    assertThat(named).containsExactly(accepted.get(0), accepted.get(0));
  }
}
