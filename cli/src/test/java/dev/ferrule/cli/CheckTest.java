package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ferrule check} against servers on OpenSSL. */
@Timeout(120)
class CheckTest {
  private static final ThrowawayCa CA = ThrowawayCa.create(KeyType.RSA_2048);

  @TempDir private static Path folder;
  private static String ca;
  private static String[] identity;

  @BeforeAll
  static void writeFiles() throws IOException {
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    identity = files(CA.request("localhost").keyType(KeyType.RSA_2048).issue());
  }

  private static String[] files(Issued issued) throws IOException {
    Path place = Files.createTempDirectory(folder, "identity");
    WrittenFiles files = issued.write(place);
    List<String> all = new ArrayList<>(List.of("-cert", files.certificate().toString()));
    all.addAll(List.of("-key", files.key().toString()));
    if (issued.chain().size() > 1) {
      List<X509Certificate> others = issued.chain().subList(1, issued.chain().size());
      Path chain = place.resolve("others.pem");
      Files.writeString(chain, new Issued(others, issued.key()).chainPem());
      all.addAll(List.of("-cert_chain", chain.toString()));
    }
    return all.toArray(String[]::new);
  }

  private static OpensslServer server(String[] identity, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of(identity));
    all.addAll(List.of(more));
    return OpensslServer.start(folder, all.toArray(String[]::new));
  }

  private static Tool.Result check(OpensslServer server, String... more) {
    List<String> all = new ArrayList<>(List.of("check", server.address(), "--ca", ca));
    all.addAll(List.of(more));
    return Tool.run(all.toArray(String[]::new));
  }

  private static JsonNode json(OpensslServer server) throws IOException {
    Tool.Result result = check(server, "--json");
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    return new ObjectMapper().readTree(result.out());
  }

  /** The suites that OpenSSL has for RSA certificates, by its names. */
  private static List<String> opensslSuites() throws IOException {
    Process openssl =
        new ProcessBuilder("openssl", "ciphers", "-v", "ALL:COMPLEMENTOFALL:@SECLEVEL=0").start();
    return openssl
        .inputReader(StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(" +", -1))
        .filter(words -> !words[1].equals("TLSv1.3"))
        .filter(words -> words[3].equals("Au=RSA") || words[3].equals("Au=None"))
        .filter(words -> !words[2].contains("PSK") && !words[2].contains("SRP"))
        .map(words -> words[0])
        .toList();
  }

  private static List<String> suites(JsonNode report, String version) {
    List<String> names = new ArrayList<>();
    for (JsonNode each : report.get("versions")) {
      if (each.get("name").asText().equals(version)) {
        each.get("suites").forEach(suite -> names.add(suite.get("openssl").asText()));
      }
    }
    return names;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void the_suites_of_a_server_are_found_in_its_order(long seed) throws IOException {
    OpensslServer.requireInstalled();
    Random random = new Random(seed);
    List<String> some = new ArrayList<>(opensslSuites());
    Collections.shuffle(some, random);
    List<String> chosen = some.subList(0, 3 + random.nextInt(20));
    String list = String.join(":", chosen) + ":@SECLEVEL=0";
    try (OpensslServer server = server(identity, "-cipher", list, "-serverpref", "-tls1_2")) {
      assertThat(suites(json(server), "TLSv1.2")).as("seed %d", seed).isEqualTo(chosen);
    }
  }

  @Test
  void versions_and_groups_are_those_of_the_server() throws IOException {
    try (OpensslServer server =
        server(identity, "-cipher", "ALL:@SECLEVEL=0", "-groups", "P-384:X25519", "-no_tls1_1")) {
      JsonNode report = json(server);
      assertThat(report.get("versions").findValuesAsText("name"))
          .contains("TLSv1", "TLSv1.2", "TLSv1.3")
          .doesNotContain("TLSv1.1", "SSLv3", "SSLv2");
      assertThat(new TreeSet<>(texts(report.at("/key_exchange/groups_tls13"))))
          .containsExactly("secp384r1", "x25519");
      assertThat(new TreeSet<>(texts(report.at("/key_exchange/groups_tls12"))))
          .containsExactly("secp384r1", "x25519");
      assertThat(report.at("/grade/letter").asText()).isEqualTo("F"); // anonymous suites
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  @Test
  void a_server_as_it_should_be_has_an_A() throws IOException {
    try (OpensslServer server = server(identity)) {
      Tool.Result result = check(server, "--min-grade", "A", "--min-days", "1");
      assertThat(result.out()).contains("Grade\n  A ").contains("trusted").contains("x25519");
      assertThat(result.status()).isZero();
    }
  }

  @Test
  void signatures_are_those_of_the_certificates_kind() throws IOException {
    String[] ec = files(CA.request("localhost").keyType(KeyType.EC_P256).issue());
    try (OpensslServer server = server(ec)) {
      JsonNode report = json(server);
      assertThat(texts(report.at("/key_exchange/signatures_tls13")))
          .containsExactly("ecdsa_secp256r1_sha256");
      assertThat(texts(report.at("/key_exchange/signatures_tls12")))
          .contains("ecdsa_secp256r1_sha256")
          .noneMatch(name -> name.startsWith("rsa"));
    }
  }

  /** Of a key for RSASSA-PSS alone (RFC 8446 4.2.3), signed by another key with PKCS #1. */
  private static String[] pssIdentity() throws Exception {
    OpensslServer.requireInstalled();
    Path place = Files.createTempDirectory(folder, "pss");
    String commands =
        """
        openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=ca -keyout ca.key -out ca.pem &&
        openssl req -newkey rsa-pss -pkeyopt rsa_keygen_bits:2048 -nodes -subj /CN=localhost \
          -keyout key.pem -out request.pem &&
        openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -days 30 -out cert.pem
        """;
    Process openssl =
        new ProcessBuilder("sh", "-c", commands)
            .directory(place.toFile())
            .redirectErrorStream(true)
            .redirectOutput(place.resolve("said").toFile())
            .start();
    assertThat(openssl.waitFor()).isZero();
    return new String[] {
      "-cert", place.resolve("cert.pem").toString(), "-key", place.resolve("key.pem").toString()
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"256", "384", "512"})
  void each_signature_of_a_PSS_key_is_found(String hash) throws Exception {
    String scheme = "rsa_pss_pss_sha" + hash;
    try (OpensslServer server = server(pssIdentity(), "-sigalgs", scheme)) {
      JsonNode report = json(server);
      assertThat(texts(report.at("/key_exchange/signatures_tls13"))).containsExactly(scheme);
      assertThat(texts(report.at("/key_exchange/signatures_tls12"))).containsExactly(scheme);
    }
  }

  @Test
  void a_server_that_asks_for_a_certificate_by_TLS_13_is_told_as_such() throws IOException {
    try (OpensslServer server =
        server(identity, "-Verify", "1", "-verify_return_error", "-tls1_3")) {
      Tool.Result result = check(server);
      assertThat(result.out())
          .containsPattern("second connection by TLS 1.3 +unknown: .*certificate")
          .contains("a connection failed behind its handshake: ");
      assertThat(json(server).at("/sessions/tls13/failure").asText()).contains("certificate");
    }
  }

  @Test
  void a_server_with_pre_shared_keys_alone_is_told_as_such() throws IOException {
    try (OpensslServer server =
        OpensslServer.start(folder, "-nocert", "-psk", "1a2b3c4d", "-tls1_2")) {
      Tool.Result result = check(server);
      assertThat(result.err()).isEmpty();
      assertThat(result.out())
          .contains("TLS_PSK_WITH_AES_256_GCM_SHA384")
          .contains("the server takes only suites with a pre-shared key");
    }
  }

  @Test
  void a_self_signed_certificate_is_not_trusted() throws IOException {
    String[] own = files(CA.request("localhost").keyType(KeyType.RSA_2048).selfSigned().issue());
    try (OpensslServer server = server(own)) {
      Tool.Result result = check(server, "--min-grade", "F");
      assertThat(result.out()).contains("Grade\n  T ").contains("self-signed");
      assertThat(result.err()).contains("the grade is T, and --min-grade asks for F");
      assertThat(result.status()).isEqualTo(1);
    }
  }

  @Test
  void an_expired_certificate_says_since_when() throws IOException {
    String[] old = files(CA.request("localhost").keyType(KeyType.RSA_2048).expired().issue());
    try (OpensslServer server = server(old)) {
      Tool.Result result = check(server, "--min-days", "0");
      assertThat(result.out()).contains("expired");
      assertThat(result.err()).contains("a certificate ends in -");
      assertThat(result.status()).isEqualTo(1);
    }
  }

  @Test
  void an_incomplete_chain_says_what_is_missing() throws IOException {
    Issued whole = CA.request("localhost").keyType(KeyType.RSA_2048).throughIntermediate().issue();
    Issued leaf = new Issued(whole.chain().subList(0, 1), whole.key());
    try (OpensslServer complete = server(files(whole));
        OpensslServer incomplete = server(files(leaf))) {
      assertThat(json(complete).at("/grade/letter").asText()).isEqualTo("A");
      Tool.Result result = check(incomplete);
      assertThat(result.out())
          .contains("Grade\n  T ")
          .contains("send the certificates of the issuers behind it");
    }
  }

  @Test
  void a_certificate_of_another_name_is_an_M() throws IOException {
    String[] other = files(CA.request("other.example").keyType(KeyType.RSA_2048).issue());
    try (OpensslServer server = server(other)) {
      assertThat(json(server).at("/grade/letter").asText()).isEqualTo("M");
      assertThat(check(server, "--server-name", "other.example").out()).contains("Grade\n  A ");
    }
  }

  @ParameterizedTest
  @CsvSource({"-no_ticket,false", "-num_tickets 2,true"})
  void tickets_and_identifiers_are_told_apart(String option, boolean tickets) throws IOException {
    try (OpensslServer server = server(identity, option.split(" ", -1))) {
      JsonNode sessions = json(server).get("sessions");
      assertThat(sessions.at("/tls12/tickets").asBoolean()).isEqualTo(tickets);
      assertThat(sessions.at("/tls12/identifiers").asBoolean()).isTrue();
      assertThat(sessions.at("/tls12/resumed").asBoolean()).isTrue();
    }
  }

  @Test
  void application_protocols_are_in_the_servers_order() throws IOException {
    try (OpensslServer server = server(identity, "-alpn", "imap,h2")) {
      assertThat(texts(json(server).at("/sessions/alpn"))).containsExactly("imap", "h2");
    }
  }

  @Test
  void a_page_stands_alone_and_shows_names_as_text() throws IOException {
    Path page = folder.resolve("report.html");
    try (OpensslServer server = server(identity)) {
      assertThat(check(server, "--page", page.toString()).status()).isZero();
    }
    String html = Files.readString(page);
    assertThat(html).contains("<title>TLS of localhost:").contains("TLS_AES_256_GCM_SHA384");
    assertThat(html).doesNotContain("http://").doesNotContain("https://");
    assertThat(html).doesNotContain("<script").doesNotContain("src=").doesNotContain("url(");
    assertThat(Arrays.stream(html.split("\n", -1)).filter(line -> line.contains("viewport")))
        .hasSize(1);
  }

  @Test
  void a_page_takes_the_place_of_an_older_one_and_of_no_other_file() throws IOException {
    Path page = folder.resolve("again.html");
    Path notes = Files.writeString(folder.resolve("notes.html"), "<h1>mine</h1>");
    try (OpensslServer server = server(identity)) {
      assertThat(check(server, "--page", page.toString()).status()).isZero();
      assertThat(check(server, "--page", page.toString()).status()).isZero();
      Tool.Result refused = check(server, "--page", notes.toString());
      assertThat(refused.err()).contains("that is no report of ferrule check").hasLineCount(1);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.status()).isEqualTo(Exit.USAGE);
    }
    assertThat(page).content().contains("<title>TLS of localhost:");
    assertThat(notes).content().isEqualTo("<h1>mine</h1>");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void the_shape_of_the_JSON_is_the_one_that_is_documented() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "check.md"));
    int from = page.indexOf("```json") + 7;
    JsonNode documented =
        new ObjectMapper().readTree(page.substring(from, page.indexOf("```", from)));
    try (OpensslServer server = server(identity)) {
      assertThat(paths(json(server)))
          .isSubsetOf(paths(documented))
          .containsAll(
              paths(documented).stream()
                  .filter(path -> !path.endsWith("/group") && !path.endsWith("/dh_bits"))
                  .filter(path -> !path.startsWith("/grade/reasons/"))
                  .toList());
    }
  }

  /** The names of all members, an element of an array without its number. */
  private static Set<String> paths(JsonNode node) {
    Set<String> paths = new TreeSet<>();
    collect(node, "", paths);
    return paths;
  }

  private static void collect(JsonNode node, String at, Set<String> to) {
    if (node.isArray()) {
      node.forEach(each -> collect(each, at + "[]", to));
      return;
    }
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      to.add(at + "/" + each.getKey());
      collect(each.getValue(), at + "/" + each.getKey(), to);
    }
  }
}
