package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client may offer a session with another name than that under which it was made: the name is
 * that of the hello by which the certificate was chosen.
 */
class ResumedNameTest {
  @TempDir private Path folder;
  private final List<SslSession> sessions = new CopyOnWriteArrayList<>();

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void the_name_of_a_session_is_the_one_that_was_asked_for_now(Protocol version) {
    assumeTrue(Program.exists("openssl"), "there is no openssl on this machine");
    try (Background loop = new Background()) {
      SslServer server =
          loop.call(eventLoop ->
              Ends.server(eventLoop, version)
                  .onSecure((socket, session) -> {
                    sessions.add(session);
                    socket.write("!");
                    socket.close();
                  })
                  .onEvent(event -> {})
                  .open());
      Path session = folder.resolve("session");
      visit(server, "-servername", "one.example", "-sess_out", session.toString());
      assertThat(session).isNotEmptyFile();
      visit(server, "-servername", "one.example", "-sess_in", session.toString());
      visit(server, "-servername", "two.example", "-sess_in", session.toString());
      visit(server, "-noservername", "-sess_in", session.toString());
    }
    assertThat(sessions)
        .extracting(SslSession::serverName)
        .containsExactly(
            Optional.of("one.example"),
            Optional.of("one.example"),
            Optional.of("two.example"),
            Optional.empty());
    assertThat(sessions.get(1).resumed()).isTrue();
  }

  private static void visit(SslServer server, String... options) {
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port()));
    command.addAll(List.of(options));
    try (Program client = Program.start(command)) {
      client.output();
    }
  }
}
