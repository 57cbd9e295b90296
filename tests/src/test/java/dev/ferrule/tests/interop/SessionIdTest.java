package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.TcpServer;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.testkit.Loops;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Clients of TLS 1.2 that take no tickets resume by the session's id (RFC 5246 7.4.1.2). */
class SessionIdTest {
  @Test
  void a_client_without_tickets_resumes() {
    assumeTrue(Program.exists("openssl"), "there is no openssl on this machine");
    List<Boolean> resumed = new ArrayList<>();
    AtomicReference<Program> client = new AtomicReference<>();
    Loops.runInline(loop -> {
      AtomicReference<TcpServer> listening = new AtomicReference<>();
      listening.set(
          Ends.server(loop, Protocol.TLS_1_2)
              .onSecure((socket, session) -> {
                resumed.add(session.resumed());
                if (resumed.size() == 6) {
                  listening.get().close();
                  socket.close();
                }
              })
              .onEvent(event -> {})
              .open());
      client.set(reconnecting(listening.get().port()));
    });
    client.get().close();
    assertThat(resumed).containsExactly(false, true, true, true, true, true);
  }

  /** It connects once, and five times again with that session. */
  private static Program reconnecting(int port) {
    return Program.start(
        List.of(
            "openssl",
            "s_client",
            "-tls1_2",
            "-no_ticket",
            "-reconnect",
            "-connect",
            "127.0.0.1:" + port));
  }
}
