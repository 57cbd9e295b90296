package dev.ferrule.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  @Test
  void the_port_that_refuses_refuses_and_nobody_else_gets_it() {
    int port = Ports.refusing();
    assertThatThrownBy(() -> new Socket(LOOPBACK, port)).isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> new ServerSocket(port, 1, LOOPBACK)).isInstanceOf(IOException.class);
    assertThat(Ports.refusing()).isEqualTo(port);
  }

  @Test
  void a_free_port_can_be_listened_at_and_is_given_once() throws IOException {
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      int port = Ports.free();
      assertThat(given.add(port)).as("port %d", port).isTrue();
      try (ServerSocket listening = new ServerSocket(port, 1, LOOPBACK)) {
        assertThat(listening.getLocalPort()).isEqualTo(port);
      }
    }
  }

  @Test
  void no_socket_that_asks_for_any_port_gets_a_free_one() throws IOException {
    int port = Ports.free();
    Set<ServerSocket> others = new HashSet<>();
    try {
      for (int i = 0; i < 200; i++) {
        ServerSocket other = new ServerSocket(0, 1, LOOPBACK);
        others.add(other);
        assertThat(other.getLocalPort()).isGreaterThan(port);
      }
    } finally {
      for (ServerSocket other : others) {
        other.close();
      }
    }
  }
}
