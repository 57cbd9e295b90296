package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpReset;
import dev.ferrule.testkit.Loops;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An allocation that fails costs the connection that it was for, and no other. */
class OutOfMemoryTest {
  /** What runs when it fails. */
  enum Where {
    READ,
    CONNECT,
    WRITTEN
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void one_connection_is_reset_and_the_others_go_on(Where where) {
    List<Event> events = new ArrayList<>();
    List<Event> ofClient = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    Loops.run(loop -> {
      boolean[] fails = {true};
      TcpServer server =
          Tcp.server(loop, Loopback.ADDRESS, 0)
              .onConnect(socket -> fail(fails, where == Where.CONNECT))
              .onRead((socket, data) -> {
                fail(fails, where == Where.READ);
                socket.write(data, done -> fail(fails, where == Where.WRITTEN));
              })
              .onEvent(events::add)
              .open();
      Tcp.connect(loop, Loopback.ADDRESS, server.port())
          .data("a")
          .onRead((socket, data) -> {})
          .onEvent(ofClient::add)
          .onClose(() ->
              Tcp.connect(loop, Loopback.ADDRESS, server.port())
                  .data("b")
                  .onRead((socket, data) -> {
                    answers.add(String.valueOf((char) data.get()));
                    socket.close();
                    server.close();
                  })
                  .onEvent(Loopback.ignored())
                  .open())
          .open();
    });
    assertThat(
            events.stream().filter(EventError.class::isInstance).map(e -> ((EventError) e).code()))
        .containsExactly("ENOMEM");
    assertThat(ofClient).hasAtLeastOneElementOfType(TcpReset.class);
    assertThat(answers).containsExactly("b");
  }

  @Test
  void a_client_whose_connect_callback_finds_none_fails_alone() {
    List<String> codes = new ArrayList<>();
    Loops.run(loop -> {
      TcpServer server =
          Tcp.server(loop, Loopback.ADDRESS, 0)
              .onRead((socket, data) -> {})
              .onEvent(Loopback.ignored())
              .open();
      Tcp.connect(loop, Loopback.ADDRESS, server.port())
          .onConnect(socket -> fail(new boolean[] {true}, true))
          .onRead((socket, data) -> {})
          .onEvent(event -> codes.add(((EventError) event).code()))
          .onClose(server::close)
          .open();
    });
    assertThat(codes).containsExactly("ENOMEM");
  }

  private static void fail(boolean[] fails, boolean here) {
    if (fails[0] && here) {
      fails[0] = false;
      throw new OutOfMemoryError("of this test");
    }
  }
}
