package dev.ferrule.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.CertificateRequest;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.SslPair;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that OpenSSL finds by a URI. */
@Tag("once")
class KeysByUriTest {
  private static final String SECRET = "a password of few";
  private static final Issued LEAF = issued(KeyType.EC_P256);

  @TempDir private Path folder;

  private static Issued issued(KeyType type) {
    CertificateRequest request = Pki.CA.request("localhost");
    return request.keyType(type).issue();
  }

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  private static SslContext server(Credentials credentials) {
    return SslContext.server().provider("openssl").credentials(credentials).build();
  }

  private static SslContext serverOf(String uri, char @Nullable [] password) {
    return server(Credentials.ofUri(uri, password, LEAF.chain()));
  }

  private static void shakesHands(SslContext server, Protocol version) {
    int[] secured = new int[1];
    SslPair.create()
        .contexts(
            SslContext.client()
                .provider("openssl")
                .trust(Pki.TRUST)
                .maxProtocol(version)
                .minProtocol(version)
                .build(),
            server)
        .onOpen((client, accepted) -> {
          secured[0]++;
          client.close();
        })
        .run();
    assertThat(secured[0]).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void a_server_signs_by_the_key_of_a_file_in_both_versions(KeyType type) throws IOException {
    Issued leaf = issued(type);
    String uri = leaf.write(folder).key().toUri().toString();
    for (Protocol version : List.of(Protocol.TLS_1_3, Protocol.TLS_1_2)) {
      shakesHands(server(Credentials.ofUri(uri, null, leaf.chain())), version);
    }
  }

  @Test
  void a_key_in_der_is_found_too() throws IOException {
    Path file = Files.write(folder.resolve("key.der"), LEAF.key().getEncoded());
    shakesHands(serverOf("file:" + file, null), Protocol.TLS_1_3);
  }

  @Test
  void an_encrypted_key_needs_its_password() throws Exception {
    Path plain = LEAF.write(folder).key();
    Path file = folder.resolve("encrypted.pem");
    openssl("pkcs8", "-topk8", "-in", plain.toString(), "-out", file.toString());
    shakesHands(serverOf("file:" + file, SECRET.toCharArray()), Protocol.TLS_1_3);
    assertThatThrownBy(() -> serverOf("file:" + file, null))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("it is encrypted: give its password");
    assertThatThrownBy(() -> serverOf("file:" + file, "another secret".toCharArray()))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("is the password right?")
        .hasMessageNotContaining("another secret");
    assertThatThrownBy(() -> serverOf("file:" + file, "long".repeat(10_000).toCharArray()))
        .isInstanceOf(SslConfigException.class);
  }

  @Test
  void the_key_of_a_pkcs12_store_is_found() throws Exception {
    var files = LEAF.write(folder);
    Path store = folder.resolve("store.p12");
    openssl(
        "pkcs12",
        "-export",
        "-in",
        files.certificate().toString(),
        "-inkey",
        files.key().toString(),
        "-out",
        store.toString());
    shakesHands(serverOf("file:" + store, SECRET.toCharArray()), Protocol.TLS_1_3);
  }

  private static void openssl(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(Arrays.asList(arguments));
    command.addAll(List.of("-passout", "pass:" + SECRET));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream said = process.getInputStream()) {
      String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(text).isZero();
    }
  }

  @Test
  void what_is_not_there_and_what_is_no_key_is_told_with_its_place() throws IOException {
    Path chain = LEAF.write(folder).certificate();
    Path empty = Files.createFile(folder.resolve("empty"));
    for (Path file : List.of(folder.resolve("nothing.pem"), chain, empty)) {
      assertThatThrownBy(() -> serverOf("file:" + file, null))
          .isInstanceOf(SslConfigException.class)
          .hasMessageContaining("the key file:" + file);
    }
  }

  @Test
  void two_keys_in_one_file_are_a_mistake() throws IOException {
    Path both =
        Files.writeString(
            folder.resolve("both.pem"), LEAF.keyPem() + issued(KeyType.ED25519).keyPem());
    assertThatThrownBy(() -> serverOf("file:" + both, null))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("more than one key");
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void a_key_of_another_certificate_is_refused(KeyType type) throws IOException {
    Path other = issued(type).write(folder).key();
    assertThatThrownBy(() -> serverOf("file:" + other, null))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("OpenSSL cannot use the certificate with its key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "key.pem", "/etc/key.pem", "C:\\key.pem", "file:/a b?pin-value=1234"})
  void what_is_no_uri_is_told_and_not_shown(String uri) {
    assertThatThrownBy(() -> Credentials.ofUri(uri, null, LEAF.chain()))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("the URI of the key is none")
        .hasMessageNotContaining("1234");
  }

  @Test
  void a_pin_in_a_uri_is_never_shown() {
    String uri = "pkcs11:token=none;object=none;pin-value=4711?module-path=/none&pin-value=4711";
    assertThatThrownBy(() -> serverOf(uri, null))
        .isInstanceOf(SslConfigException.class)
        .hasMessageNotContaining("4711");
    assertThatThrownBy(() -> serverOf("none.such:x?pin-value=4711", null))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("none.such:x")
        .hasMessageNotContaining("4711");
    assertThat(Credentials.ofUri(uri, null, LEAF.chain()).toString()).doesNotContain("4711");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "boringssl"})
  void other_providers_refuse_it(String provider) {
    Credentials stored = Credentials.ofUri("file:/none.pem", null, LEAF.chain());
    assertThatThrownBy(() -> SslContext.server().provider(provider).credentials(stored).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("cannot find a key by its URI");
  }

  @Test
  void nothing_is_left_in_the_error_queue() {
    assertThatThrownBy(() -> serverOf("file:/none.pem", null));
    assertThat(ErrorQueue.take()).isEqualTo(ErrorQueue.Entry.NONE);
  }
}
