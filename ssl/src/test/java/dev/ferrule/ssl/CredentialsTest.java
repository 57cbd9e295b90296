package dev.ferrule.ssl;

import static dev.ferrule.ssl.Fixtures.pem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.Fixtures.Pair;
import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.keys.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  private static Pair ec;
  private static Pair rsa;
  private static Pair ed;

  @TempDir private Path folder;

  @BeforeAll
  static void makeKeys() throws Exception {
    ec = Fixtures.ec("ec.example");
    rsa = Fixtures.rsa("rsa.example");
    ed = Fixtures.ed25519("ed.example");
  }

  private Path file(String name, String content) throws Exception {
    return Files.writeString(folder.resolve(name), content);
  }

  private static void refused(Runnable load, String... parts) {
    assertThatThrownBy(load::run)
        .isInstanceOf(SslConfigException.class)
        .hasMessageContainingAll(parts)
        .message()
        .matches("[^\\n]+\\.");
  }

  @Test
  void a_chain_and_key_load_from_one_text_with_words_around() throws Exception {
    String text =
        "subject=CN = ec.example\r\n" + ec.certificatePem() + "the key:\n" + ec.keyPem() + "end";
    Credentials loaded = Credentials.ofPem(text);
    assertThat(loaded.chain()).containsExactly(ec.certificate());
    assertThat(loaded.key()).isEqualTo(ec.keys().getPrivate());
  }

  @Test
  void ca_certificates_may_follow_the_leaf_in_any_order() throws Exception {
    Credentials loaded =
        Credentials.ofPem(
            ec.certificatePem(), rsa.certificatePem(), ed.certificatePem(), ec.keyPem());
    assertThat(loaded.chain())
        .containsExactly(ec.certificate(), rsa.certificate(), ed.certificate());
  }

  @Test
  void white_space_and_joined_markers_do_not_matter() throws Exception {
    String joined = (ec.certificatePem().strip() + rsa.certificatePem().strip() + ec.keyPem());
    assertThat(Credentials.ofPem(joined.replace("\n", "\r\n\t ")).chain()).hasSize(2);
    assertThat(Credentials.ofPem("\uFEFF" + joined.replace("\n", " ")).chain()).hasSize(2);
  }

  @Test
  void der_from_memory_loads() throws Exception {
    byte[] key = ec.keys().getPrivate().getEncoded();
    byte[] copy = key.clone();
    assertThat(Credentials.ofBytes(ec.certificate().getEncoded(), key, null).chain()).hasSize(1);
    assertThat(key).isEqualTo(copy);
  }

  @Test
  void objects_made_elsewhere_are_checked_too() {
    assertThat(Credentials.of(ec.keys().getPrivate(), List.of(ec.certificate()))).isNotNull();
    refused(() -> Credentials.of(ec.keys().getPrivate(), List.of()), "the chain is empty");
    refused(
        () -> Credentials.of(ec.keys().getPrivate(), List.of(rsa.certificate())),
        "The key does not belong");
  }

  @Test
  void a_key_of_another_certificate_is_refused_whatever_its_type() throws Exception {
    Pair[] mine = {ec, rsa, ed};
    Pair[] others = {Fixtures.ec("x"), Fixtures.rsa("x"), Fixtures.ed25519("x")};
    for (Pair pair : mine) {
      for (Pair other : others) {
        refused(
            () -> Credentials.of(other.keys().getPrivate(), List.of(pair.certificate())),
            "does not belong to the certificate of CN=",
            ".example");
      }
    }
  }

  @Test
  void a_leaf_that_is_not_first_is_named_with_its_place() throws Exception {
    Path chain = file("chain.pem", rsa.certificatePem() + ec.certificatePem());
    Path key = file("key.pem", ec.keyPem());
    refused(() -> Credentials.load(chain, key), chain.toString(), "CN=ec.example", "number 2 of 2");
  }

  @Test
  void swapped_files_are_noticed() throws Exception {
    Path certificate = file("cert.pem", ec.certificatePem());
    Path key = file("key.pem", ec.keyPem());
    refused(() -> Credentials.load(key, certificate), "key.pem holds a private key", "swapped");
    refused(() -> Credentials.load(certificate, certificate), "cert.pem holds a certificate");
  }

  @Test
  void pem_in_place_of_a_store_is_named() throws Exception {
    Path certificate = file("cert.pem", ec.certificatePem());
    refused(() -> Credentials.ofPkcs12(certificate, null), "not a PKCS#12 store", "load it as");
  }

  @Test
  void a_path_that_cannot_work_is_named_with_the_reason() throws Exception {
    Path key = file("key.pem", ec.keyPem());
    Path missing = folder.resolve("no.pem");
    refused(() -> Credentials.load(missing, key), missing + " does not exist");
    refused(() -> Credentials.load(Path.of("no.pem"), key), "looked for /", "no.pem");
    refused(() -> Credentials.load(folder, key), folder + " is a folder");
    Path empty = file("empty.pem", "");
    refused(() -> Credentials.load(empty, key), "empty.pem is empty");
    refused(() -> Credentials.load(key.resolve("below"), key), "cannot be read");
    Path huge = Files.write(folder.resolve("huge"), new byte[Source.MAX_BYTES + 1]);
    refused(() -> Credentials.load(huge, key), "larger than 16 MiB");
  }

  @Test
  void a_file_that_may_not_be_read_says_so() throws Exception {
    Path key = file("key.pem", ec.keyPem());
    assumeTrue(key.toFile().setReadable(false), "this file system has no permissions");
    assumeFalse(Files.isReadable(key), "this user may read everything");
    refused(() -> Credentials.load(key, key), "key.pem may not be read by this user");
  }

  @Test
  void what_is_neither_pem_nor_der_is_described() {
    describes("hello".getBytes(StandardCharsets.UTF_8), "text without a BEGIN line");
    describes("MIIBszCCAVmgAw==".getBytes(StandardCharsets.UTF_8), "base64 without the BEGIN");
    describes("ssh-rsa AAAA".getBytes(StandardCharsets.UTF_8), "OpenSSH public key");
    describes("PuTTY-User-Key-File-2: x".getBytes(StandardCharsets.UTF_8), "PuTTY");
    describes("-----BEGIN".getBytes(StandardCharsets.UTF_16), "UTF-16");
    byte[] jks = {(byte) 0xFE, (byte) 0xED, (byte) 0xFE, (byte) 0xED};
    refused(
        () -> Credentials.ofBytes(jks, jks, null), "a Java key store that is damaged", "keytool");
    describes(new byte[] {1, 2, 3}, "binary data");
  }

  @Test
  void an_openssh_key_is_named_with_the_way_out() throws Exception {
    String ssh = pem("OPENSSH PRIVATE KEY", new byte[] {1});
    String certificate = ec.certificatePem();
    refused(() -> Credentials.ofPem(certificate, ssh), "an OpenSSH key", "ssh-keygen -p -m PKCS8");
  }

  private static void describes(byte[] bytes, String what) {
    refused(() -> Credentials.ofBytes(bytes, bytes, null), "the certificate given as bytes", what);
  }

  @Test
  void cut_and_damaged_pem_is_refused_with_the_line() throws Exception {
    String good = ec.certificatePem() + ec.keyPem();
    refused(() -> Credentials.ofPem(good.substring(0, good.length() - 20)), "without its END");
    refused(() -> Credentials.ofPem(good.substring(5)), "END line without its BEGIN");
    refused(() -> Credentials.ofPem(good.replaceFirst("\nM", "\n!")), "not base64 (line 2)");
    refused(() -> Credentials.ofPem(good.replace("\n", "\\n")), "backslashes");
    refused(() -> Credentials.ofPem(good.replaceFirst("\n[^-\n]{64}\n", "\n")), "damaged");
  }

  @Test
  void dates_are_no_error_but_can_be_asked_for() throws Exception {
    Instant start = Instant.parse("2020-01-01T00:00:00Z");
    Pair pair = Fixtures.ecValid("old.example", start, Duration.ofDays(1));
    Credentials loaded = Credentials.ofPem(pair.certificatePem(), pair.keyPem());
    assertThat(loaded.validityProblem(start.plusSeconds(5))).isNull();
    assertThat(loaded.validityProblem(start.plus(Duration.ofDays(9))))
        .contains("CN=old.example expired at 2020-01-02T00:00:00Z");
    assertThat(loaded.validityProblem(start.minusSeconds(1)))
        .contains("not valid before 2020-01-01T00:00:00Z");
  }

  @Test
  void text_of_credentials_names_subjects_only() throws Exception {
    assertThat(Credentials.ofPem(ec.certificatePem(), ec.keyPem()))
        .hasToString("Credentials[EC: CN=ec.example]");
  }

  @Test
  void anchors_load_from_a_bundle_or_a_folder() throws Exception {
    Path bundle = file("bundle.pem", ec.certificatePem() + rsa.certificatePem());
    X509Certificate[] both = {ec.certificate(), rsa.certificate()};
    assertThat(Certificates.load(bundle)).containsExactly(both);
    Files.write(folder.resolve("ed.cer"), ed.certificate().getEncoded());
    assertThat(Certificates.load(folder)).contains(both).contains(ed.certificate()).hasSize(3);
    Path none = Files.createDirectory(folder.resolve("none"));
    refused(() -> Certificates.load(none), "The folder " + none + " holds no certificate");
  }

  @Test
  void an_anchor_that_cannot_be_used_does_not_take_the_others_with_it() throws Exception {
    file("bad.pem", ec.certificatePem().substring(0, 200));
    file("empty.pem", "");
    file("notes.crt", "ask Eva about -----BEGIN lines\n");
    file("odd.pem", rsa.certificatePem() + oddPem() + ec.certificatePem());
    var anchors = Certificates.anchors(folder);
    assertThat(anchors.certificates()).containsExactly(rsa.certificate(), ec.certificate());
    assertThat(anchors.leftOut()).hasSize(4);
    assertThat(anchors.leftOut().get(0)).contains("bad.pem", "without its END");
    assertThat(anchors.leftOut().get(1)).contains("empty.pem is empty");
    assertThat(anchors.leftOut().get(2)).contains("notes.crt is neither PEM nor DER");
    assertThat(anchors.leftOut().get(3)).contains("odd.pem", "number 2 in it", "subject");
  }

  @Test
  void anchors_of_which_none_can_be_used_are_an_error_with_the_first_reason() throws Exception {
    Path odd = file("odd.pem", oddPem());
    refused(() -> Certificates.load(odd), "that Java does not take", "subject");
    refused(() -> Certificates.load(folder), "holds no certificate that can be used", "odd.pem");
  }

  @Test
  void an_own_certificate_that_java_does_not_take_is_not_called_damaged() throws Exception {
    assertThatThrownBy(() -> Credentials.ofPem(oddPem(), ec.keyPem()))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContainingAll("that Java does not take (number 1 in it)", "subject")
        .hasMessageNotContainingAny("damaged", "Exception");
  }

  private static String oddPem() throws Exception {
    return pem("CERTIFICATE", Fixtures.withoutSubject());
  }

  @Test
  void a_begin_that_a_text_quotes_is_text() throws Exception {
    String quoted = "# the key follows -----BEGIN PRIVATE KEY----- below\n";
    String ended = "and -----END PRIVATE KEY----- ends it\n";
    String text = ec.certificatePem() + quoted + ended + ec.keyPem() + quoted;
    assertThat(Credentials.ofPem(text).chain()).containsExactly(ec.certificate());
    describes(quoted.getBytes(StandardCharsets.UTF_8), "text without a BEGIN line");
  }
}
