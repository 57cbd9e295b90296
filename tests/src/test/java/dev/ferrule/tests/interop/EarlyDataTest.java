package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.TcpServer;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Early data (RFC 8446 4.2.10), by a client whose ticket is another server's. */
class EarlyDataTest {
  @TempDir Path folder;

  private final List<Event> events = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  @Test
  void early_data_is_skipped_and_the_handshake_goes_on() throws IOException {
    connect(1_000);
    assertThat(events).isEmpty();
    assertThat(text).hasToString("late data\n");
  }

  @Test
  void early_data_of_many_records_is_skipped() throws IOException {
    connect(15_000);
    assertThat(events).isEmpty();
    assertThat(text).hasToString("late data\n");
  }

  @Test
  void
      early_data_with_a_key_share_for_each_group_is_an_error_of_its_own_where_it_cannot_be_skipped()
          throws IOException {
    connect(1_000, "-groups", "P-256");
    if (dev.ferrule.tests.Provided.NAME.equals("jdk")) {
      assertThat(events.getFirst().message()).contains("early data", "RFC 8446 4.2.10");
    } else {
      assertThat(text).hasToString("late data\n");
    }
  }

  private void connect(int bytes, String... options) throws IOException {
    assumeTrue(Program.exists("openssl"), "there is no openssl on this machine");
    Path session = session();
    Path early = Files.writeString(folder.resolve("early"), "early data".repeat(bytes / 10));
    AtomicReference<Program> client = new AtomicReference<>();
    Loops.runInline(loop -> {
      AtomicReference<TcpServer> listening = new AtomicReference<>();
      listening.set(
          Ends.server(loop, Protocol.TLS_1_3)
              .onConnect(socket -> listening.get().close())
              .onSecure((socket, agreed) -> client.get().feed("late data"))
              .onRead((socket, data) -> {
                text.append(StandardCharsets.UTF_8.decode(data));
                socket.close();
              })
              .onEvent(events::add)
              .open());
      client.set(openssl(listening.get().port(), session, early, options));
    });
    client.get().close();
  }

  private static Program openssl(int port, Path session, Path early, String... options) {
    List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-tls1_3"));
    command.addAll(List.of("-connect", "127.0.0.1:" + port));
    command.addAll(List.of("-sess_in", session.toString(), "-early_data", early.toString()));
    command.addAll(List.of(options));
    return Program.start(command);
  }

  /** A session of a server that takes early data. */
  private Path session() {
    Path file = folder.resolve("session");
    String chain = Pki.server().chain().toString();
    String key = Pki.server().key().toString();
    try (Program server =
            Program.start(
                List.of(
                    "openssl",
                    "s_server",
                    "-tls1_3",
                    "-early_data",
                    "-accept",
                    "127.0.0.1:0",
                    "-cert",
                    chain,
                    "-key",
                    key));
        Program client = getting(file, port(server))) {
      client.feed("hello"); // the server waits for something before it gives tickets
      Loops.eventually(() -> isWhole(file));
    }
    return file;
  }

  /** The client writes the file piece by piece, and may be ended in the middle of it. */
  private static boolean isWhole(Path file) {
    try {
      return file.toFile().exists() && Files.readString(file).contains("-----END SSL SESSION");
    } catch (IOException e) {
      return false;
    }
  }

  private static int port(Program server) {
    return Integer.parseInt(server.await(Pattern.compile("^ACCEPT .*:(\\d+)$")).group(1));
  }

  private static Program getting(Path file, int port) {
    return Program.start(
        List.of(
            "openssl",
            "s_client",
            "-tls1_3",
            "-sess_out",
            file.toString(),
            "-connect",
            "127.0.0.1:" + port));
  }
}
