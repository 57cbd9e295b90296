package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslPolicy;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.trust.OpensslVerify;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups and policies against OpenSSL's own programs, which have options for groups too. */
class OpensslGroupsTest {
  @TempDir Path folder;

  private final Heard here = new Heard();
  private final List<SslSession> sessions = new ArrayList<>();
  private Process peer;

  @BeforeEach
  void needsOpenssl() {
    assumeTrue(OpensslVerify.PROGRAM != null, "there is no openssl on this machine");
  }

  @AfterEach
  void end() throws InterruptedException {
    if (peer != null) {
      peer.destroy();
      assertThat(peer.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"-tls1_3, P-384", "-tls1_2, P-384", "-tls1_3, X25519", "-tls1_2, prime256v1"})
  void a_client_of_openssl_takes_the_servers_group(String version, String name) {
    client(s -> s.groups(name), version, "-groups", "X25519:P-256:P-384");
    assertThat(here.events).isEmpty();
    assertThat(sessions.getFirst().group())
        .hasValue(
            switch (name) {
              case "P-384" -> "secp384r1";
              case "X25519" -> "x25519";
              default -> "secp256r1";
            });
  }

  @Test
  void a_client_of_openssl_with_other_groups_is_refused_and_they_are_named() {
    client(s -> s.groups("P-384"), "-tls1_3", "-groups", "X25519:P-521");
    here.ssl(Side.OURS, Stage.HELLO, "client offers x25519, secp521r1; this side has secp384r1");
  }

  /** The server asks for another hello, because the client's key share is of another group. */
  @ParameterizedTest
  @CsvSource({"P-521, secp521r1", "P-384, secp384r1"})
  void a_server_of_openssl_takes_one_of_the_clients_groups(String theirs, String group)
      throws IOException {
    connect(serve("-groups", theirs), c -> c.groups("x25519", "P-384", "P-521"));
    assertThat(here.events).isEmpty();
    assertThat(sessions.getFirst().group()).hasValue(group);
  }

  @Test
  void a_server_of_openssl_without_the_clients_groups_refuses_it() throws IOException {
    connect(serve("-groups", "P-521"), c -> c.groups("x25519"));
    assertThat(here.only(SslError.class).side()).isEqualTo(Side.PEER);
  }

  @ParameterizedTest
  @CsvSource({
    "-tls1_2, ECDHE-RSA-AES256-GCM-SHA384, true",
    "-tls1_2, AES128-SHA, false",
    "-tls1_2, ECDHE-RSA-AES128-SHA, false",
  })
  void an_intermediate_server_takes_the_suites_of_the_guideline_only(
      String version, String suite, boolean taken) {
    client(s -> s.policy(SslPolicy.INTERMEDIATE), version, "-cipher", suite);
    assertThat(sessions).hasSize(taken ? 1 : 0);
    if (!taken) {
      here.ssl(Side.OURS, Stage.HELLO, "no cipher suite is shared");
    }
  }

  private void client(Consumer<SslServerSetup> settings, String... options) {
    Loops.runInline(loop -> {
      Consumer<SslServerSetup> rsa = s -> s.credentials(Pki.server(KeyType.RSA_2048).credentials());
      int port =
          Pair.serve(
                  loop,
                  here,
                  rsa.andThen(settings),
                  s -> {},
                  (socket, session) -> {
                    sessions.add(session);
                    socket.abort();
                  })
              .port();
      List<String> command = new ArrayList<>(List.of(OpensslVerify.PROGRAM.toString()));
      command.addAll(List.of("s_client", "-connect", "127.0.0.1:" + port));
      command.addAll(List.of(options));
      try {
        peer =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private void connect(int port, Consumer<SslClientSetup> settings) {
    Loops.runInline((EventLoop loop) -> {
      SslClientSetup setup =
          Ssl.connect(loop, "127.0.0.1", port)
              .trust(Pki.TRUST)
              .handshakeTimeout(Duration.ofSeconds(10))
              .onEvent(here::event)
              .onClose(here::close)
              .onSecure((socket, session) -> {
                sessions.add(session);
                socket.abort();
              });
      settings.accept(setup);
      setup.open();
    });
  }

  /** The port of a server that listens. */
  private int serve(String... options) throws IOException {
    Pki.Identity identity = Pki.server(KeyType.RSA_2048);
    List<String> command = new ArrayList<>(List.of(OpensslVerify.PROGRAM.toString(), "s_server"));
    command.addAll(List.of("-accept", "127.0.0.1:0", "-naccept", "1"));
    command.addAll(List.of("-cert", identity.chain().toString()));
    command.addAll(List.of("-key", identity.key().toString()));
    command.addAll(List.of(options));
    peer = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader said = new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8));
    for (String line; (line = said.readLine()) != null; ) {
      if (line.startsWith("ACCEPT ")) {
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      }
    }
    throw new IllegalStateException("openssl s_server does not listen");
  }
}
