package dev.ferrule.cli;

import static dev.ferrule.cli.CertSamples.pem;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ferrule.testkit.CertificateRequest;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ferrule cert show}: what it tells of files, and of those that are broken. */
@Timeout(120)
class CertShowTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Issued LEAF = CA.issue("www.example.test", "127.0.0.1");

  @TempDir Path folder;

  private Path file(String name, String text) throws Exception {
    Path file = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static Tool.Result show(Object... arguments) {
    List<String> all = new ArrayList<>(List.of("cert", "show"));
    Arrays.stream(arguments).map(String::valueOf).forEach(all::add);
    return Tool.run(all.toArray(String[]::new));
  }

  @Test
  void a_leaf_of_a_private_ca_is_told_of_and_nothing_is_wrong() throws Exception {
    Tool.Result told = show(file("leaf.pem", LEAF.chainPem()));
    assertThat(told.err()).isEmpty();
    assertThat(told.out())
        .contains("certificate of a server, www.example.test, 127.0.0.1")
        .contains("key         EC P-256", "for         serverAuth", "days left")
        .contains("note        its issuer is in none of the files: peers have to trust CN=")
        .endsWith("nothing is wrong\n");
    assertThat(told.status()).isZero();
  }

  @Test
  void key_and_certificate_that_belong_together_say_so() throws Exception {
    Tool.Result told = show(file("leaf.pem", LEAF.chainPem()), file("key.pem", LEAF.keyPem()));
    assertThat(told.status()).isZero();
    assertThat(told.out())
        .contains("its key     " + folder.resolve("key.pem"))
        .contains("belongs to  the certificate of a server, www.example.test, 127.0.0.1 (");
  }

  @Test
  void nothing_of_a_private_key_is_printed() throws Exception {
    Path key = file("key.pem", LEAF.keyPem());
    String der = LEAF.keyPem().lines().filter(line -> !line.startsWith("-")).findFirst().orElse("");
    for (String option : List.of("--json", "--quiet", "--debug")) {
      Tool.Result told = show(key, file("broken.pem", LEAF.keyPem().replace("MI", "!!")), option);
      assertThat(told.out() + told.err()).doesNotContain(der.substring(4, 30));
    }
  }

  @Test
  void a_key_of_another_certificate_is_an_error() throws Exception {
    Tool.Result told =
        show(file("leaf.pem", LEAF.chainPem()), file("key.pem", CA.issue("b.test").keyPem()));
    assertThat(told.out()).contains("ERROR       it belongs to none of the certificates");
    assertThat(told.out()).endsWith("1 error, 0 warnings\n");
    assertThat(told.status()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          expired       | CERTIFICATE_EXPIRED       | it expired
          future        | CERTIFICATE_NOT_YET_VALID | it is not valid before
          self          | SELF_SIGNED               | it is signed by itself
          nameless      | NO_HOST_NAME              | it has no name of a host
          staple        | MUST_STAPLE               | it demands an OCSP response
          """)
  void what_is_wrong_with_a_certificate_is_told(String which, String code, String sentence)
      throws Exception {
    CertificateRequest request = CA.request(which.equals("nameless") ? "uri:a:b" : "a.test");
    Issued issued =
        switch (which) {
          case "expired" -> request.expired().issue();
          case "future" -> request.notYetValid().issue();
          case "self" -> request.selfSigned().issue();
          case "staple" -> request.mustStaple().issue();
          default -> request.issue();
        };
    Path leaf = file("leaf.pem", issued.chainPem());
    assertThat(show(leaf).out()).contains(sentence);
    assertThat(show(leaf, "--json").out()).contains("\"code\" : \"" + code + "\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          short        | 1 | SHORT_KEY        | it has an RSA key of 1024 bits, and 2048 are the least
          sha1         | 1 | WEAK_SIGNATURE   | it is signed with SHA-1, which can be forged
          names        | 1 | NO_HOST_NAME     | its only host is the common name www.example.test
          usage        | 1 | KEY_USAGE        | its key may not sign
          intermediate | 1 | CHAIN_INCOMPLETE | the certificate of its issuer, CN=Some CA, is missing
          long         | 0 | LONG_VALIDITY    | it is valid for 900 days
          purpose      | 0 | NO_PURPOSE       | it does not say that it is for servers
          ca           | 0 | CA_AS_SERVER     | it is one of a CA and has the name of a server
          code         | 0 | OTHER_PURPOSE    | it is for codeSigning, and not for TLS
          """)
  void each_fault_of_a_certificate_is_told_with_its_code(
      String fault, int status, String code, String sentence) throws Exception {
    Path leaf = file("leaf.pem", CertSamples.certificate(fault));
    Tool.Result told = show(leaf);
    assertThat(told.out()).contains(sentence);
    assertThat(told.status()).isEqualTo(status);
    assertThat(show(leaf, "--json").out()).containsOnlyOnce("\"code\" : \"" + code + "\"");
  }

  @Test
  void a_request_is_told_of_and_one_of_another_key_is_an_error() throws Exception {
    Tool.Result good = show(file("good.csr", CertSamples.request("b.test")));
    assertThat(good.out()).contains("request for a certificate, b.test", "nothing is wrong");
    assertThat(good.status()).isZero();
    Tool.Result stolen = show(file("stolen.csr", CertSamples.request("")));
    assertThat(stolen.out()).contains("ERROR       it is not signed by the key that it is for");
    assertThat(stolen.status()).isEqualTo(1);
  }

  @Test
  void an_encrypted_key_is_told_of_and_opened_where_its_password_is_given() throws Exception {
    Path leaf = file("leaf.pem", LEAF.chainPem());
    byte[] pkcs8 = LEAF.credentials().key().getEncoded();
    Path key = file("key.pem", CertSamples.encryptedKey(pkcs8, "s3cret"));
    assertThat(show(leaf, key).out()).contains("private key, encrypted");
    assertThat(show(leaf, key).status()).isZero();
    Tool.Result opened = show(leaf, key, "--password-file", file("password", "s3cret\n"));
    assertThat(opened.out()).contains("belongs to  the certificate of a server");
    Tool.Result wrong = show(leaf, key, "--password-file", file("wrong", "wr0ng\n"));
    assertThat(wrong.err()).contains("the password is wrong").doesNotContain("wr0ng");
    assertThat(wrong.status()).isEqualTo(1);
  }

  @Test
  void days_that_are_asked_for_make_an_error_of_a_certificate_that_has_less() throws Exception {
    Path leaf = file("leaf.pem", LEAF.chainPem());
    assertThat(show(leaf, "--min-days", "28").status()).isZero();
    Tool.Result told = show(leaf, "--min-days", "40", "--quiet");
    assertThat(told.status()).isEqualTo(1);
    assertThat(told.out()).isEmpty();
    assertThat(told.err().lines())
        .singleElement()
        .asString()
        .startsWith("ferrule: " + leaf + ": certificate of a server, www.example.test")
        .contains(" days left, and 40 are asked for");
  }

  @Test
  void warnings_are_errors_where_that_is_asked_for() throws Exception {
    Path leaf = file("leaf.pem", CA.request("a.test").selfSigned().issue().chainPem());
    assertThat(show(leaf).status()).isZero();
    assertThat(show(leaf, "--strict").status()).isEqualTo(1);
  }

  @Test
  void a_chain_in_the_wrong_order_is_an_error_and_one_in_order_is_none() throws Exception {
    Issued issued = CA.request("a.test").throughIntermediate().issue();
    String leaf = pem("CERTIFICATE", issued.chain().get(0).getEncoded());
    String intermediate = pem("CERTIFICATE", issued.chain().get(1).getEncoded());
    assertThat(show(file("good.pem", leaf + intermediate)).status()).isZero();
    Tool.Result swapped = show(file("swapped.pem", intermediate + leaf));
    assertThat(swapped.out()).contains("it is number 2 of 2 in its file");
    assertThat(swapped.status()).isEqualTo(1);
    Tool.Result late = show(file("late.pem", leaf + CA.pem() + intermediate));
    assertThat(late.out()).contains("stands before one that it issued");
    assertThat(late.status()).isEqualTo(1);
    Tool.Result strange = show(file("strange.pem", leaf + intermediate + LEAF.chainPem()));
    assertThat(strange.out()).contains("WARNING     it has no part in the chain of a.test");
  }

  @Test
  void authorities_alone_have_no_order() throws Exception {
    String all = CA.pem() + ThrowawayCa.create().pem() + ThrowawayCa.create().pem();
    Tool.Result told = show(file("roots.pem", all));
    assertThat(told.out()).contains("3. certificate of a root CA").endsWith("nothing is wrong\n");
  }

  @Test
  void an_impostor_of_the_issuer_is_an_error() throws Exception {
    Path leaf = file("leaf.pem", LEAF.chainPem());
    assertThat(show(leaf, file("ca.pem", CA.pem())).status()).isZero();
    Tool.Result told = show(leaf, file("other.pem", ThrowawayCa.create().pem()));
    assertThat(told.out()).contains("has the key that signed it");
    assertThat(told.status()).isEqualTo(1);
  }

  @Test
  void a_list_that_has_a_certificate_makes_it_a_revoked_one() throws Exception {
    String list = pem("X509 CRL", CA.crl().revoke(LEAF.chain().getFirst()).sign().getEncoded());
    Tool.Result told =
        show(file("leaf.pem", LEAF.chainPem()), file("ca.crl", list), file("ca.pem", CA.pem()));
    assertThat(told.out())
        .contains("revoked     1 certificate")
        .contains("ERROR       its issuer revoked it at ");
    assertThat(told.status()).isEqualTo(1);
  }

  @Test
  void a_key_that_others_may_read_is_an_error_and_a_group_a_warning() throws Exception {
    Path key = file("key.pem", LEAF.keyPem());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(show(key).out()).contains("WARNING     a group of users may read");
    assertThat(show(key).status()).isZero();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(show(key).out()).contains("ERROR       everybody", "chmod 600 " + key);
    assertThat(show(key).status()).isEqualTo(1);
  }

  private Path store(String password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    Certificate[] chain = {LEAF.chain().getFirst(), CA.certificate()};
    store.setKeyEntry("own", LEAF.credentials().key(), password.toCharArray(), chain);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, password.toCharArray());
    Path file = file("store" + password.length() + ".p12", "");
    return Files.write(file, bytes.toByteArray());
  }

  @Test
  void a_store_is_opened_with_its_password_or_the_usual_one() throws Exception {
    Path password = file("password", "s3cret\n");
    Tool.Result told = show(store("s3cret"), "--password-file", password);
    assertThat(told.out())
        .contains("1. private key, EC P-256", "alias       own")
        .contains("2. certificate of a server, www.example.test", "3. certificate of a root CA");
    assertThat(told.status()).isZero();
    Tool.Result usual = show(store("changeit"));
    assertThat(usual.out()).contains("encrypted   yes, with the password changeit");
    assertThat(usual.status()).isZero();
    assertThat(show(store("")).out()).contains("encrypted   no: the store has no password");
  }

  @Test
  void a_store_with_another_password_is_one_line() throws Exception {
    Path wrong = file("password", "wrong\n");
    Tool.Result none = show(store("s3cret"));
    assertThat(none.err().lines()).singleElement().asString().contains("no password was given");
    assertThat(none.status()).isEqualTo(1);
    Tool.Result other = show(store("s3cret"), "--password-file", wrong);
    assertThat(other.err().lines()).singleElement().asString().contains("the password is wrong");
    assertThat(other.status()).isEqualTo(1);
    assertThat(none.out() + other.out() + other.err()).doesNotContain("s3cret", "wrong\n");
  }

  @Test
  void hostile_names_are_shown_escaped() throws Exception {
    String hostile = CertSamples.named("evil\u001b[2J\u202e\r\n<b>.test");
    Path leaf = file("hostile\u001b.pem", hostile);
    for (String option : List.of("--debug", "--json")) {
      Tool.Result told = show(leaf, option);
      assertThat(told.out()).contains("\\x1B", "[2J").doesNotContain("\u001b", "\u202e", "\r");
    }
  }

  @Test
  void standard_input_is_read() throws Exception {
    Tool.Result told = Tool.runWith(LEAF.chainPem(), "cert", "show", "-");
    assertThat(told.out()).startsWith("standard input\n  certificate of a server, www.example");
    assertThat(told.status()).isZero();
    Tool.Result none = Tool.runWith(new ByteArrayInputStream(new byte[0]), "cert", "show", "-");
    assertThat(none.err())
        .isEqualTo(
            "ferrule: standard input is empty; it should hold"
                + " certificates, a key or revocation lists.\n");
  }

  @Test
  void der_of_each_kind_is_told_as_pem_is() throws Exception {
    byte[] der = LEAF.chain().getFirst().getEncoded();
    Path certificate = Files.write(file("leaf.der", ""), der);
    Path key = Files.write(file("key.der", ""), LEAF.credentials().key().getEncoded());
    Path list = Files.write(file("list.crl", ""), CA.crl().sign().getEncoded());
    Path open =
        Files.write(file("pub.der", ""), LEAF.chain().getFirst().getPublicKey().getEncoded());
    Tool.Result told = show(certificate, key, list, open);
    assertThat(told.err()).isEmpty();
    assertThat(told.out())
        .contains("certificate of a server", "private key, EC P-256", "revocation list of CN=")
        .contains("public key, EC P-256", "nothing is wrong");
  }

  private Path broken(String kind) throws Exception {
    String pem = LEAF.chainPem();
    return switch (kind) {
      case "empty" -> file(kind, "");
      case "text" -> file(kind, "a letter to somebody\n");
      case "cut.pem" -> file(kind, pem.substring(0, pem.length() / 2));
      case "no-base64.pem" -> file(kind, pem.replaceFirst("MI", "!!"));
      case "wrong-base64.pem" -> file(kind, pem.replaceFirst("(?s)MII.{400}", "MIIx"));
      case "no-der.pem" -> file(kind, pem("CERTIFICATE", "no structure at all".getBytes(UTF_8)));
      case "cut.der" ->
          Files.write(file(kind, ""), Arrays.copyOf(LEAF.chain().getFirst().getEncoded(), 200));
      case "junk" -> {
        byte[] junk = new byte[5_000];
        new Random(7).nextBytes(junk);
        yield Files.write(file(kind, ""), junk);
      }
      case "huge" -> Files.write(file(kind, ""), new byte[(16 << 20) + 1]);
      case "folder" -> Files.createDirectory(folder.resolve(kind));
      case "missing" -> folder.resolve(kind);
      case "unknown.der" -> Files.write(file(kind, ""), new byte[] {0x30, 3, 2, 1, 1});
      case "cut.p12" -> {
        byte[] whole = Files.readAllBytes(store("changeit"));
        yield Files.write(file(kind, ""), Arrays.copyOf(whole, whole.length - 10));
      }
      case "openssh" -> file(kind, pem("OPENSSH PRIVATE KEY", new byte[40]));
      case "utf16" -> Files.write(file(kind, ""), pem.getBytes(UTF_16));
      case "request.pem" -> file(kind, pem("CERTIFICATE REQUEST", new byte[] {0x30, 3, 2, 1, 1}));
      case "key.pem" -> file(kind, pem("PRIVATE KEY", new byte[] {0x30, 3, 2, 1, 1}));
      case "list.crl" -> file(kind, pem("X509 CRL", new byte[] {0x30, 3, 2, 1, 1}));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty",
        "text",
        "cut.pem",
        "no-base64.pem",
        "wrong-base64.pem",
        "no-der.pem",
        "cut.der",
        "junk",
        "huge",
        "folder",
        "missing",
        "unknown.der",
        "cut.p12",
        "openssh",
        "utf16",
        "request.pem",
        "key.pem",
        "list.crl"
      })
  void a_broken_file_is_one_line_and_the_others_are_shown(String kind) throws Exception {
    Path broken = broken(kind);
    Tool.Result told = show(broken, file("good.pem", LEAF.chainPem()));
    assertThat(told.err().lines())
        .singleElement()
        .asString()
        .startsWith("ferrule: " + broken)
        .doesNotContain("Exception", "unexpected");
    assertThat(told.out()).contains("www.example.test").endsWith("1 error, 0 warnings\n");
    assertThat(told.status()).isEqualTo(1);
  }

  @Test
  void a_damaged_block_among_good_ones_is_told_in_its_place() throws Exception {
    String broken = LEAF.chainPem().replaceFirst("MI", "!!");
    Tool.Result told = show(file("mixed.pem", LEAF.chainPem() + broken + LEAF.keyPem()));
    assertThat(told.err()).isEmpty();
    assertThat(told.out())
        .contains("1. certificate of a server", "2. damaged block", "3. private key, EC P-256");
    assertThat(told.status()).isEqualTo(1);
  }

  @Test
  void json_has_the_shape_of_the_docs() throws Exception {
    String others =
        pem("X509 CRL", CA.crl().revoke(CA.issue("b.test").chain().getFirst()).sign().getEncoded())
            + pem("PUBLIC KEY", LEAF.chain().getFirst().getPublicKey().getEncoded())
            + CertSamples.request("www.example.test")
            + CertSamples.encryptedKey(LEAF.credentials().key().getEncoded(), "s3cret")
            + "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
    Tool.Result told =
        show(store("changeit"), file("others.pem", others), folder.resolve("nowhere"), "--json");
    assertThat(told.err()).isEmpty();
    JsonNode root = new JsonMapper().readTree(told.out());
    assertThat(JsonShape.of(root)).isEqualTo(JsonShape.documented("shown"));
    assertThat(root.at("/errors").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          cert show                   | say which files
          cert show x --min-days -1   | --min-days is 0 to
          cert show x --min-days soon | --min-days
          cert show x --password-file nowhere | there is no password file nowhere
          cert show x --nonsense      | there is no option '--nonsense'
          cert localhost show x       | write show first
          """)
  void wrong_usage_is_one_line(String line, String why) {
    Tool.Result told = Tool.run(line.split(" ", -1));
    assertThat(told.err()).contains(why).hasLineCount(1);
    assertThat(told.status()).isEqualTo(64);
  }
}
