package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.ChannelBinding;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keying material is what OpenSSL exports from the same connection. */
@Timeout(60)
class ExportAgainstOpensslTest {
  private static final Pattern PORT = Pattern.compile("^ACCEPT .*:(\\d+)$");
  private static final Pattern EXPORTED = Pattern.compile("Keying material: ([0-9A-F]+)");

  @TempDir Path folder;

  private static List<String> openssl(String command, String version, int bytes, String... more) {
    assumeTrue(Program.exists("openssl"), "there is no openssl on this machine");
    List<String> all = new ArrayList<>(List.of("openssl", command, version));
    all.addAll(List.of("-keymatexport", "EXPORTER_test", "-keymatexportlen", "" + bytes));
    all.addAll(List.of(more));
    return all;
  }

  private static String export(SslSocket socket, int bytes) {
    byte[] material = socket.exportKeyingMaterial("EXPORTER_test", null, bytes);
    return HexFormat.of().withUpperCase().formatHex(material);
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2, 20", "-tls1_2, 200", "-tls1_3, 32", "-tls1_3, 1000"})
  void a_client_exports_what_openssls_server_does(String version, int bytes) throws Exception {
    List<String> command =
        openssl(
            "s_server",
            version,
            bytes,
            "-accept",
            "127.0.0.1:0",
            "-cert",
            Pki.server().chain().toString(),
            "-key",
            Pki.server().key().toString());
    CompletableFuture<String> own = new CompletableFuture<>();
    try (Program server = Program.start(command)) {
      int port = Integer.parseInt(server.await(PORT).group(1));
      Loops.runInline(loop -> connect(loop, port, bytes, own));
      assertThat(own.get()).isEqualTo(server.await(EXPORTED).group(1));
    }
  }

  private static void connect(
      EventLoop loop, int port, int bytes, CompletableFuture<String> exported) {
    Ssl.connect(loop, "127.0.0.1", port)
        .trust(Pki.TRUST)
        .onSecure((socket, session) -> {
          exported.complete(export(socket, bytes));
          socket.close();
        })
        .open();
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2, 20", "-tls1_2, 200", "-tls1_3, 32", "-tls1_3, 1000"})
  void a_server_exports_what_openssls_client_does(String version, int bytes) throws Exception {
    CompletableFuture<String> own = new CompletableFuture<>();
    List<Program> clients = new ArrayList<>();
    Loops.runInline(loop -> {
      var server = Ssl.server(loop, "127.0.0.1", 0).credentials(Pki.LOCAL);
      int port =
          server
              .onSecure((socket, session) -> {
                own.complete(export(socket, bytes));
                loop.closeAll();
              })
              .open()
              .port();
      clients.add(
          Program.start(openssl("s_client", version, bytes, "-connect", "127.0.0.1:" + port)));
    });
    try (Program client = clients.getFirst()) {
      assertThat(own.get()).isEqualTo(client.await(EXPORTED).group(1));
    }
  }

  /** Python's OpenSSL can be told to leave the extended master secret out. */
  private static final String WITHOUT =
      """
      import socket, ssl, sys
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain(sys.argv[1], sys.argv[2])
      context.maximum_version = ssl.TLSVersion.TLSv1_2
      context.options |= 1 # SSL_OP_NO_EXTENDED_MASTER_SECRET
      listening = socket.create_server(("127.0.0.1", 0))
      print(listening.getsockname()[1], flush=True)
      peer = context.wrap_socket(listening.accept()[0], server_side=True)
      peer.recv(1)
      """;

  @Test
  void without_an_extended_master_secret_nothing_is_exported_but_the_end_point() throws Exception {
    assumeTrue(Program.exists("python3"), "there is no python3 on this machine");
    Path script = Files.writeString(folder.resolve("without.py"), WITHOUT, UTF_8);
    try (Program server = Program.start(python(script))) {
      int port = Integer.parseInt(server.await(Pattern.compile("^(\\d+)$")).group(1));
      CompletableFuture<Protocol> spoken = new CompletableFuture<>();
      Loops.runInline(loop ->
          Ssl.connect(loop, "127.0.0.1", port)
              .trust(Pki.TRUST)
              .onSecure((socket, session) -> {
                refused(socket);
                spoken.complete(session.protocol());
                socket.close();
              })
              .open());
      assertThat(spoken.get()).isEqualTo(Protocol.TLS_1_2);
    }
  }

  private static List<String> python(Path script) throws IOException {
    Pki.Identity identity = Pki.server();
    return List.of(
        "python3", script.toString(), identity.chain().toString(), identity.key().toString());
  }

  private static void refused(SslSocket socket) {
    assertThatThrownBy(() -> socket.channelBinding(ChannelBinding.TLS_EXPORTER))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("extended master secret");
    assertThat(socket.channelBinding(ChannelBinding.TLS_SERVER_END_POINT)).hasSize(32);
  }
}
