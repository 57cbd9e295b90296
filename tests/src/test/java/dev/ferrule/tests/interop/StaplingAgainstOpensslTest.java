package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.WrittenFiles;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OCSP responses to and from OpenSSL's own programs. */
class StaplingAgainstOpensslTest {
  private static final Pattern ACCEPT = Pattern.compile("ACCEPT .*:(\\d+)");

  @TempDir private Path folder;
  private final Issued identity = Pki.CA.request("localhost").mustStaple().issue();
  private final List<Object> heard = new ArrayList<>();
  private Path staple;

  @BeforeEach
  void prepare() throws IOException {
    assumeTrue(Program.exists("openssl"), "there is no openssl on this machine");
    staple = Files.write(folder.resolve("staple"), Pki.CA.ocsp(identity.certificate()).der());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void a_client_of_openssl_gets_the_response(String version) {
    assumeTrue(
        SslContext.providers().stream()
            .anyMatch(each -> each.can(Capability.OCSP_STAPLING) && each.unavailable() == null),
        "only boringssl can staple");
    Program[] client = new Program[1];
    Loops.runInline(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ssl.server(loop, "127.0.0.1", 0)
              .provider("boringssl")
              .credentials(Pki.credentials(identity))
              .ocspStaples(staple)
              .onSecure((socket, session) -> socket.close())
              .onConnect(socket -> server[0].close())
              .onEvent(heard::add)
              .open();
      client[0] =
          Program.start(
              List.of(
                  "openssl",
                  "s_client",
                  "-status",
                  version,
                  "-connect",
                  "127.0.0.1:" + server[0].port(),
                  "-CAfile",
                  Pki.trustFile().toString(),
                  "-verify_return_error"));
    });
    try (Program ended = client[0]) {
      assertThat(ended.output())
          .contains("OCSP Response Status: successful", "Cert Status: good", "Verification: OK");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void a_server_of_openssl_satisfies_a_certificate_that_demands_one(String version)
      throws IOException {
    connect(version, "-status_file", staple.toString());
    assertThat(heard).hasSize(1).first().isInstanceOf(SslSession.class);
  }

  @Test
  void one_that_sends_none_is_refused() throws IOException {
    connect("-tls1_3");
    assertThat(heard).hasSize(1).first().isInstanceOf(SslError.class);
    assertThat(((SslError) heard.getFirst()).message()).contains("must-staple");
  }

  @Test
  void one_that_sends_that_it_was_revoked_is_refused() throws IOException {
    byte[] revoked = Pki.CA.ocsp(identity.certificate()).revoked(Instant.now()).der();
    Path file = Files.write(folder.resolve("revoked"), revoked);
    connect("-tls1_2", "-status_file", file.toString());
    assertThat(heard).hasSize(1).first().isInstanceOf(SslError.class);
    assertThat(((SslError) heard.getFirst()).message()).contains("was revoked on", "keyCompromise");
  }

  private void connect(String... options) throws IOException {
    WrittenFiles files = identity.write(folder);
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", "1"));
    command.addAll(
        List.of("-cert", files.certificate().toString(), "-key", files.key().toString()));
    command.addAll(List.of(options));
    try (Program server = Program.start(command)) {
      int port = Integer.parseInt(server.await(ACCEPT).group(1));
      Loops.runInline(loop ->
          Ssl.connect(loop, "localhost", port)
              .trust(Pki.TRUST)
              .onSecure((socket, session) -> {
                heard.add(session);
                socket.close();
              })
              .onEvent(heard::add)
              .open());
    }
  }
}
