package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.trust.Draft;
import dev.ferrule.tests.trust.Keys;
import dev.ferrule.tests.trust.OpensslVerify;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What OpenSSL's own programs do when told to: weak signatures of the handshake, short EC keys. */
class OpensslWeaknessTest {
  private static final List<String> SHA_1 =
      List.of("-tls1_2", "-cipher", "ECDHE:@SECLEVEL=0", "-sigalgs", "RSA+SHA1");

  @TempDir Path folder;

  private final Draft root = draft("root", true, Keys.Kind.P256);
  private final Draft leaf = draft("leaf", false, Keys.Kind.P192);
  private final Heard client = new Heard();
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

  @Test
  void a_server_that_signs_the_handshake_with_sha_1_is_refused() throws Exception {
    connect(serve(Pki.server(KeyType.RSA_2048), SHA_1), c -> {});
    SslError error = client.only(SslError.class);
    assertThat(client.order).doesNotContain("secure");
    if (Provided.SHA_1_IS_OFFERED) {
      assertThat(error.code()).isEqualTo("WEAK_SIGNATURE");
      assertThat(error.alert()).hasValue("illegal_parameter");
      assertThat(error.message()).contains("the server signed", "SHA-1", "allow-sha1-handshake");
    } else {
      assertThat(error.alert()).hasValue("handshake_failure");
      assertThat(error.message()).contains("signature");
    }
  }

  @Test
  void it_is_accepted_where_that_is_asked_for_by_name() throws Exception {
    assumeTrue(
        !Provided.REFUSED.contains(SslOption.ALLOW_SHA1_HANDSHAKE),
        "the provider cannot honour the option");
    int port = serve(Pki.server(KeyType.RSA_2048), SHA_1);
    connect(port, c -> c.option(SslOption.ALLOW_SHA1_HANDSHAKE).maxProtocol(Protocol.TLS_1_2));
    assertThat(client.events).isEmpty();
    assertThat(client.order).containsExactly("secure", "close");
  }

  /** OpenSSL's server has no use for a key on a curve that the client does not offer. */
  @Test
  void a_server_with_an_ec_key_under_224_bits_finds_no_group() throws Exception {
    connect(
        serve(
            pem("chain", "CERTIFICATE", leaf.signedBy(root, 2).getEncoded()),
            pem("key", "PRIVATE KEY", leaf.keys.getPrivate().getEncoded()),
            List.of("-tls1_2", "-cipher", "ECDHE:@SECLEVEL=0", "-curves", "P-256:P-192")),
        c -> c.trust(List.of(root.signedBy(root, 1))));
    client.ssl(Side.PEER, Stage.HELLO, "no cipher suite, group or signature");
  }

  @Test
  void a_client_with_an_ec_key_under_224_bits_is_refused() throws Exception {
    Heard server = new Heard();
    Path chain = pem("chain", "CERTIFICATE", leaf.signedBy(root, 2).getEncoded());
    Path key = pem("key", "PRIVATE KEY", leaf.keys.getPrivate().getEncoded());
    Loops.runInline(loop -> {
      int port =
          Pair.serve(
                  loop,
                  server,
                  s -> s.clientAuth(ClientAuth.REQUIRED).trust(List.of(root.signedBy(root, 1))))
              .port();
      List<String> command = new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + port));
      command.addAll(List.of("-tls1_2", "-cipher", "ECDHE:@SECLEVEL=0"));
      command.addAll(List.of("-cert", chain.toString(), "-key", key.toString()));
      start(command, folder.resolve("said"));
    });
    SslError error = server.only(SslError.class);
    assertThat(server.order).doesNotContain("secure");
    assertThat(error.side()).isEqualTo(Side.OURS);
    assertThat(error.stage()).isEqualTo(Stage.CERTIFICATE);
    assertThat(error.message()).contains(Provided.SHORT_EC_KEY);
  }

  private void connect(int port, Consumer<SslClientSetup> settings) {
    Loops.runInline(loop -> {
      SslClientSetup setup =
          Ssl.connect(loop, "127.0.0.1", port)
              .trust(Pki.TRUST)
              .handshakeTimeout(Duration.ofSeconds(10))
              .onEvent(client::event)
              .onClose(client::close)
              .onSecure((socket, session) -> {
                client.order.add("secure");
                socket.abort();
              });
      settings.accept(setup);
      setup.open();
    });
  }

  private void start(List<String> command, Path output) {
    List<String> all = new ArrayList<>(List.of(OpensslVerify.PROGRAM.toString()));
    all.addAll(command);
    try {
      peer =
          new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int serve(Pki.Identity identity, List<String> options) throws IOException {
    return serve(identity.chain(), identity.key(), options);
  }

  /** The port of a server that listens. */
  private int serve(Path chain, Path key, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of(OpensslVerify.PROGRAM.toString(), "s_server"));
    command.addAll(List.of("-accept", "127.0.0.1:0", "-naccept", "1"));
    command.addAll(List.of("-cert", chain.toString(), "-key", key.toString()));
    command.addAll(options);
    peer = new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    BufferedReader said = new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8));
    StringBuilder all = new StringBuilder();
    for (String line; (line = said.readLine()) != null; ) {
      all.append(line).append('\n');
      if (line.startsWith("ACCEPT ")) {
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      }
    }
    throw new IllegalStateException(all + Files.readString(folder.resolve("errors")));
  }

  private Path pem(String name, String label, byte[] der) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".pem"),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label));
  }

  private static Draft draft(String name, boolean authority, Keys.Kind kind) {
    Draft draft = new Draft(name, authority, new Keys().get(kind, 1), Keys.Kind.P256.signature);
    draft.notBefore = Instant.now().minus(Duration.ofDays(9));
    draft.notAfter = Instant.now().plus(Duration.ofDays(9));
    return draft;
  }
}
