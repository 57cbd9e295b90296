package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ferrule.ssl.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ferrule cert}: what it makes, and what it refuses. */
@Timeout(120)
class CertTest {
  @TempDir Path folder;

  private Path ca() {
    return folder.resolve("ca");
  }

  private Path out() {
    return folder.resolve("out");
  }

  private Tool.Result cert(String... arguments) {
    List<String> all = new ArrayList<>(List.of("cert"));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--out", out().toString(), "--ca-folder", ca().toString()));
    return Tool.run(all.toArray(String[]::new));
  }

  private X509Certificate leaf(String name) {
    return Credentials.load(out().resolve(name + ".pem"), out().resolve(name + "-key.pem"))
        .chain()
        .getFirst();
  }

  private static List<String> filesIn(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void the_first_call_makes_a_ca_and_a_certificate_and_says_what_to_try() throws Exception {
    Tool.Result made = cert("localhost", "127.0.0.1", "::1");
    assertThat(made.err()).isEmpty();
    assertThat(made.status()).isZero();
    assertThat(made.out())
        .contains("made a development CA, until 20", ca().resolve("ca.pem").toString())
        .contains("made a certificate for localhost, 127.0.0.1, ::1, until 20")
        .contains("try: ferrule serve --port 8443 --cert " + out().resolve("localhost+2.pem"))
        .contains("ferrule connect localhost:8443 --ca " + ca().resolve("ca.pem"));
    assertThat(filesIn(out())).containsExactly("localhost+2-key.pem", "localhost+2.pem");
    assertThat(filesIn(ca())).containsExactly(".lock", "ca-key.pem", "ca.pem");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, localhost:8443 --ca",
    "127.0.0.1, 127.0.0.1:8443 --ca",
    "::1, localhost:8443 --server-name ::1 --ca",
    "a.test, localhost:8443 --server-name a.test --ca",
    "*.a.test, localhost:8443 --server-name www.a.test --ca",
    "spiffe://a.test/b, localhost:8443 --insecure",
    "*.test, localhost:8443 --insecure",
  })
  void what_to_try_finds_the_server_on_this_machine(String name, String target) {
    assertThat(cert(name).out()).contains("     ferrule connect " + target);
  }

  @Test
  void later_calls_take_the_same_ca() throws Exception {
    assertThat(cert("a.test").status()).isZero();
    byte[] first = Files.readAllBytes(ca().resolve("ca-key.pem"));
    Tool.Result second = cert("b.test");
    assertThat(second.out()).doesNotContain("made a development CA");
    assertThat(Files.readAllBytes(ca().resolve("ca-key.pem"))).isEqualTo(first);
    assertThat(leaf("a.test").getIssuerX500Principal())
        .isEqualTo(leaf("b.test").getIssuerX500Principal());
  }

  @Test
  void the_certificate_has_the_names_in_the_form_that_is_verified() throws Exception {
    cert("LocalHost.", "*.Bücher.example", "[::1]", "localhost", "spiffe://example.org/a");
    X509Certificate leaf = leaf("localhost+3");
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactly(
            List.of(2, "localhost"),
            List.of(2, "*.xn--bcher-kva.example"),
            List.of(7, "0:0:0:0:0:0:0:1"),
            List.of(6, "spiffe://example.org/a"));
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
  }

  @Test
  void a_leaf_is_valid_for_825_days_at_most_and_the_ca_for_ten_years() {
    cert("localhost");
    X509Certificate leaf = leaf("localhost");
    assertThat(life(leaf)).isBetween(Duration.ofDays(824), Duration.ofDays(825));
    X509Certificate authority =
        Credentials.load(ca().resolve("ca.pem"), ca().resolve("ca-key.pem")).chain().getFirst();
    assertThat(life(authority).toDays()).isBetween(3650L, 3653L);
    assertThat(authority.getBasicConstraints()).isZero();
    assertThat(authority.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15");
  }

  private static Duration life(X509Certificate certificate) {
    return Duration.between(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  @Test
  void days_and_the_kind_of_key_and_the_name_of_the_files_can_be_chosen() {
    assertThat(cert("localhost", "--days", "7", "--rsa", "--as", "dev").status()).isZero();
    assertThat(life(leaf("dev"))).isBetween(Duration.ofDays(6), Duration.ofDays(7));
    assertThat(leaf("dev").getPublicKey().getAlgorithm()).isEqualTo("RSA");
    assertThat(leaf("dev").getKeyUsage()).startsWith(true, false, true);
  }

  @Test
  void a_client_gets_one_of_clients_with_its_mailbox() throws Exception {
    Tool.Result made = cert("ann@Example.com", "--client");
    assertThat(made.status()).isZero();
    X509Certificate leaf = leaf("ann@example.com-client");
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(1, "ann@example.com"));
    assertThat(made.out()).contains("--client-ca " + ca().resolve("ca.pem"), "--insecure --cert");
  }

  @Test
  void a_store_is_written_beside_the_pem_files() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "s3cret\nmore\n");
    assertThat(cert("a.test", "--p12").out()).contains("a.test.p12, password changeit");
    Tool.Result other = cert("b.test", "--p12", "--password-file", password.toString());
    assertThat(other.out()).contains("b.test.p12").doesNotContain("changeit", "s3cret");
    assertThat(opened("a.test.p12", "changeit").chain()).hasSize(2);
    assertThat(opened("b.test.p12", "s3cret").chain()).hasSize(2);
  }

  private Credentials opened(String store, String password) {
    return Credentials.ofPkcs12(out().resolve(store), password.toCharArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.test.pem", "a.test-key.pem", "a.test.p12"})
  void a_file_that_is_there_is_kept_and_nothing_is_written(String there) throws Exception {
    Files.createDirectories(out());
    Files.writeString(out().resolve(there), "mine");
    Tool.Result refused = cert("a.test", "--p12");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err().lines())
        .containsExactly(
            "ferrule: %s is there already, and nothing was made: --force replaces it"
                .formatted(out().resolve(there)));
    assertThat(filesIn(out())).containsExactly(there);
    assertThat(Files.readString(out().resolve(there))).isEqualTo("mine");
    assertThat(ca()).as("no CA for nothing").doesNotExist();
  }

  @Test
  void force_replaces_both_and_leaves_nothing_else() throws Exception {
    cert("a.test");
    X509Certificate first = leaf("a.test");
    assertThat(cert("a.test", "--force").status()).isZero();
    assertThat(leaf("a.test")).isNotEqualTo(first);
    assertThat(filesIn(out())).containsExactly("a.test-key.pem", "a.test.pem");
  }

  @Test
  void force_replaces_a_link_and_not_what_it_leads_to() throws Exception {
    Files.createDirectories(out());
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "kept");
    Files.createSymbolicLink(out().resolve("a.test-key.pem"), elsewhere);
    assertThat(cert("a.test").status()).isEqualTo(1);
    assertThat(cert("a.test", "--force").status()).isZero();
    assertThat(Files.readString(elsewhere)).isEqualTo("kept");
    assertThat(Files.isSymbolicLink(out().resolve("a.test-key.pem"))).isFalse();
  }

  @Test
  void a_folder_in_the_place_of_a_file_is_told_even_with_force() throws Exception {
    Files.createDirectories(out().resolve("a.test-key.pem"));
    Tool.Result refused = cert("a.test", "--force");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("a.test-key.pem is a folder: nothing was made");
    assertThat(filesIn(out())).containsExactly("a.test-key.pem");
  }

  @Test
  void a_folder_that_is_a_file_is_told_in_one_line() throws Exception {
    Files.writeString(out(), "a file");
    Tool.Result refused = cert("a.test");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err().lines())
        .singleElement()
        .asString()
        .startsWith("ferrule: the folder " + out() + " cannot be made: ");
  }

  @Test
  void a_ca_folder_that_is_a_file_is_told_in_one_line() throws Exception {
    Files.writeString(ca(), "a file");
    Tool.Result refused = cert("a.test");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err().lines())
        .singleElement()
        .asString()
        .startsWith("ferrule: the development CA cannot be kept in " + ca() + ": ")
        .endsWith("; --ca-folder names another folder");
    assertThat(filesIn(out())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          local host | contains U+0020
          *           | has a * that is not the whole first part
          w*.a.test   | has a * that is not the whole first part
          *.*.a.test  | has more than one *
          *.127.0.0.1 | is a wildcard of an address
          -a.test     | there is no option
          a-.test     | begins or ends with a hyphen
          a..test     | has an empty part
          1.2.3       | is an unusual way to write 1.2.0.3
          256.1.1.1   | ends in a number and is no IPv4 address
          10.0.0.0/8  | contains '/'
          fe80::1%eth0 | has a zone
          ::gg        | is no IPv6 address
          localhost:8443 | has a port
          [::1]:8443  | has a port
          https://localhost/ | is a page, and certificates are for hosts
          ann@a.test  | is a person
          spiffe://   | is no URI
          ftp://[::1  | is no URI
          """)
  void a_name_that_no_certificate_has_is_wrong_usage(String name, String why) throws Exception {
    Tool.Result refused = cert("good.test", name);
    assertThat(refused.err()).contains(why).hasLineCount(1);
    assertThat(refused.status()).isEqualTo(64);
    assertThat(filesIn(folder)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b@c.test", "ü@c.test", "@c.test", "ann@", "ann@127.0.0.1"})
  void a_mailbox_that_is_none_is_wrong_usage(String name) {
    assertThat(cert(name, "--client").status()).isEqualTo(64);
  }

  @Test
  void a_mailbox_of_any_length_is_wrong_usage() {
    Tool.Result refused = cert("a.".repeat(20_000) + "a@c.test", "--client");
    assertThat(refused.err()).contains("is no mailbox").hasLineCount(1);
    assertThat(refused.status()).isEqualTo(64);
  }

  @Test
  void names_that_would_move_the_cursor_are_shown_escaped() {
    Tool.Result refused = cert("evil\u001b[2J\u202e.test");
    assertThat(refused.status()).isEqualTo(64);
    assertThat(refused.err()).doesNotContain("\u001b", "\u202e");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --days 0       | --days is 1 to 825
          --days 826     | --days is 1 to 825
          --days many    | --days
          --as ../x      | --as is the name of a file
          --as ..        | --as is the name of a file
          --password-file x | --password-file is for --p12
          --p12 --password-file nowhere | there is no password file nowhere
          --nonsense     | there is no option '--nonsense'
          """)
  void wrong_options_are_wrong_usage(String options, String why) throws Exception {
    List<String> all = new ArrayList<>(List.of("a.test"));
    all.addAll(List.of(options.split(" ", -1)));
    Tool.Result refused = cert(all.toArray(String[]::new));
    assertThat(refused.err()).contains(why).hasLineCount(1);
    assertThat(refused.status()).isEqualTo(64);
    assertThat(filesIn(folder)).isEmpty();
  }

  @Test
  void a_file_in_the_place_of_a_name_is_wrong_usage() throws Exception {
    Path file = Files.writeString(folder.resolve("chain.pem"), "");
    Tool.Result refused = cert("shwo", file.toString());
    assertThat(refused.err()).contains("is a file: ferrule cert show explains it").hasLineCount(1);
    assertThat(refused.status()).isEqualTo(64);
  }

  @Test
  void no_name_and_too_many_are_wrong_usage() {
    assertThat(Tool.run("cert").status()).isEqualTo(64);
    assertThat(Tool.run("cert").err()).contains("say what the certificate is for").hasLineCount(1);
    String[] many = IntStream.range(0, 101).mapToObj(n -> n + "a.test").toArray(String[]::new);
    assertThat(cert(many).err()).contains("100 names at most, not 101");
  }

  @Test
  void a_hundred_names_fit_and_a_long_first_one_makes_no_longer_name_of_a_file() throws Exception {
    String first = "a".repeat(60) + "." + "b".repeat(60) + "." + "c".repeat(60) + ".test";
    String[] all =
        Stream.concat(Stream.of(first), IntStream.range(0, 99).mapToObj(n -> n + "a.test"))
            .toArray(String[]::new);
    assertThat(cert(all).status()).isZero();
    assertThat(filesIn(out())).allMatch(name -> name.length() < 140).hasSize(2);
    Path file = out().resolve(filesIn(out()).getLast());
    assertThat(Tool.run("cert", "show", file.toString()).status()).isZero();
  }

  @Test
  void a_host_called_show_goes_behind_two_dashes() throws Exception {
    assertThat(
            Tool.run(
                    "cert", "--out", out().toString(), "--ca-folder", ca().toString(), "--", "show")
                .status())
        .isZero();
    assertThat(filesIn(out())).contains("show.pem");
  }

  @Test
  void a_wildcard_right_below_the_top_is_warned_of() {
    Tool.Result made = cert("*.localhost");
    assertThat(made.status()).isZero();
    assertThat(made.err()).startsWith("ferrule: warning: most programs take no wildcard");
    assertThat(out().resolve("_wildcard.localhost.pem")).exists();
  }

  @Test
  void trust_prints_commands_with_the_path_of_the_ca_and_runs_none() throws Exception {
    Tool.Result told = cert("--trust");
    String file = ca().resolve("ca.pem").toString();
    assertThat(told.status()).isZero();
    assertThat(told.out().lines().filter(line -> line.contains(file)).count()).isGreaterThan(10);
    assertThat(told.out())
        .contains("update-ca-certificates", "update-ca-trust", "security add-trusted-cert")
        .contains("certutil -d sql:", "keytool -importcert", "NODE_EXTRA_CA_CERTS=" + file)
        .contains("certutil -user -addstore Root", "curl --cacert", "SSL_CERT_FILE=");
    assertThat(filesIn(out())).isEmpty();
  }

  @Test
  void quiet_makes_it_and_says_nothing() throws Exception {
    Tool.Result made = cert("a.test", "--quiet");
    assertThat(made.out() + made.err()).isEmpty();
    assertThat(filesIn(out())).hasSize(2);
  }

  @Test
  void json_has_the_shape_of_the_docs() throws Exception {
    Tool.Result made = cert("localhost", "127.0.0.1", "--p12", "--trust", "--json");
    assertThat(made.status()).isZero();
    JsonNode root = new JsonMapper().readTree(made.out());
    assertThat(JsonShape.of(root)).isEqualTo(JsonShape.documented("made"));
    assertThat(root.at("/certificate/p12_file").asText()).endsWith("localhost+1.p12");
    assertThat(root.at("/ca/made").asBoolean()).isTrue();
  }

  @Test
  void threads_that_begin_at_once_make_one_ca() throws Exception {
    List<Callable<Integer>> calls =
        IntStream.range(0, 8)
            .<Callable<Integer>>mapToObj(n -> () -> cert(n + "a.test").status())
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (var each : threads.invokeAll(calls)) {
        assertThat(each.get()).isZero();
      }
    }
    assertThat(
            IntStream.range(0, 8)
                .mapToObj(n -> leaf(n + "a.test").getIssuerX500Principal())
                .distinct())
        .hasSize(1);
    assertThat(filesIn(ca())).containsExactly(".lock", "ca-key.pem", "ca.pem");
  }

  @Test
  void of_calls_that_replace_at_once_one_has_the_last_word_in_both_files() throws Exception {
    List<Callable<Integer>> calls =
        IntStream.range(0, 12)
            .<Callable<Integer>>mapToObj(n -> () -> cert("a.test", "--force").status())
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (var each : threads.invokeAll(calls)) {
        assertThat(each.get()).isZero();
      }
    }
    leaf("a.test"); // key and certificate belong together
    assertThat(filesIn(out())).containsExactly("a.test-key.pem", "a.test.pem");
  }

  @Test
  void of_two_calls_for_the_same_files_one_makes_both() throws Exception {
    List<Callable<Integer>> calls =
        IntStream.range(0, 6)
            .<Callable<Integer>>mapToObj(n -> () -> cert("a.test").status())
            .toList();
    int made = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (var each : threads.invokeAll(calls)) {
        made += each.get() == 0 ? 1 : 0;
      }
    }
    assertThat(made).isEqualTo(1);
    leaf("a.test"); // key and certificate belong together
    assertThat(filesIn(out())).containsExactly("a.test-key.pem", "a.test.pem");
  }
}
