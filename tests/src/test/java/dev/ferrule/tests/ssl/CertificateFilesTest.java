package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificate and key files that cannot work: opening throws, names the file, opens nothing. */
class CertificateFilesTest {
  @TempDir Path folder;
  private Path certificate;
  private Path key;

  @BeforeEach
  void write() throws IOException {
    var files = Pki.CA.issue("localhost").write(folder);
    certificate = files.certificate();
    key = files.key();
  }

  @Test
  void a_missing_certificate_is_named() {
    Path missing = folder.resolve("missing.pem");
    refused(missing, key, "missing.pem", "does not exist");
  }

  @Test
  void a_missing_key_is_named() {
    refused(certificate, folder.resolve("gone.key"), "gone.key", "does not exist");
  }

  @Test
  void an_unreadable_certificate_is_named() throws IOException {
    certificate.toFile().setReadable(false);
    assumeFalse(Files.isReadable(certificate), "root may read every file");
    refused(certificate, key, "chain.pem", "permission");
  }

  @Test
  void an_unreadable_key_is_named() throws IOException {
    key.toFile().setReadable(false);
    assumeFalse(Files.isReadable(key), "root may read every file");
    refused(certificate, key, "key.pem", "permission");
  }

  @Test
  void a_folder_is_no_certificate() {
    refused(folder, key, folder.toString(), "folder");
  }

  @Test
  void a_folder_is_no_key() {
    refused(certificate, folder, folder.toString(), "folder");
  }

  @Test
  void an_empty_certificate_is_named() throws IOException {
    Files.writeString(certificate, "");
    refused(certificate, key, "chain.pem", "empty");
  }

  @Test
  void an_empty_key_is_named() throws IOException {
    Files.writeString(key, "");
    refused(certificate, key, "key.pem", "empty");
  }

  @Test
  void a_text_that_is_not_pem_is_named() throws IOException {
    Files.writeString(certificate, "Dear colleague,\nattached you find the certificate.\n");
    refused(certificate, key, "chain.pem", "neither PEM nor DER", "check the path");
  }

  @Test
  void a_key_that_is_not_pem_is_named() throws IOException {
    Files.writeString(key, "Dear colleague,\nattached you find the key.\n");
    refused(certificate, key, "key.pem", "neither PEM nor DER", "check the path");
  }

  @Test
  void a_truncated_certificate_is_named() throws IOException {
    truncate(certificate);
    refused(certificate, key, "chain.pem", "BEGIN CERTIFICATE without its END");
  }

  @Test
  void a_truncated_key_is_named() throws IOException {
    truncate(key);
    refused(certificate, key, "key.pem", "BEGIN PRIVATE KEY without its END");
  }

  @Test
  void the_key_of_another_certificate_is_refused() throws IOException {
    Issued other = Pki.CA.issue("other.example");
    Files.writeString(key, other.keyPem());
    refused(certificate, key, "key.pem", "chain.pem");
  }

  @Test
  void a_server_without_a_certificate_is_refused() {
    assertThat(refusal(setup -> setup)).contains("certificate", "key");
  }

  @Test
  void a_key_without_a_certificate_is_refused() {
    assertThat(refusal(setup -> setup.key(key))).contains("key", "certificate");
  }

  @Test
  void a_certificate_file_without_its_key_is_refused() {
    assertThat(refusal(setup -> setup.certificate(certificate))).contains("chain.pem", "key");
  }

  private void truncate(Path file) throws IOException {
    String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() / 2));
  }

  private static void refused(Path certificate, Path key, String... words) {
    assertThat(refusal(setup -> setup.certificate(certificate).key(key))).contains(words);
  }

  /** What opening such a server throws, while nothing is opened. */
  static String refusal(UnaryOperator<SslServerSetup> settings) {
    String[] message = new String[1];
    Loops.runInline((EventLoop loop) -> {
      SslConfigException thrown =
          catchThrowableOfType(
              SslConfigException.class,
              () -> settings.apply(Ssl.server(loop, "127.0.0.1", 0)).open());
      assertThat(thrown).isNotNull();
      assertThat(loop.stats().isEmpty()).isTrue();
      message[0] = thrown.getMessage();
    });
    assertThat(message[0]).doesNotContain("\n").doesNotContain("Exception");
    return message[0];
  }
}
