package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --status} says, and what docs/tunnel.md says about it; names may be hostile. */
class StatusTextsTest {
  private static final String HOSTILE =
      "\"} 1\nevil 2\n\\<script>alert(1)</script>\u202e\u0000" + "x".repeat(3000);
  private static final Pattern NAME = Pattern.compile("\\b(ferrule_tunnel|process|jvm)_\\w+");
  private static final Pattern LINE =
      Pattern.compile(
          "[a-z_]+(\\{[a-z0-9]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\""
              + "(,[a-z0-9]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\")*})? [0-9.E+-]+");

  @TempDir private static Path folder;
  private static RunningTool tool;
  private static StatusClient status;
  private static Socket held; // by which the tunnel is full

  @BeforeAll
  static void start() throws Exception {
    writeHostile();
    Path file =
        Files.writeString(
            folder.resolve("tunnels.toml"),
            """
            status = "127.0.0.1:0"
            [tunnel."a\\"b\\\\<script>"]
            listen = "127.0.0.1:0"
            to = "127.0.0.1:1"
            max-connections = 1
            handshake-timeout = "1h"
            cert = '%s'
            key = '%s'
            """
                .formatted(folder.resolve("cert.pem"), folder.resolve("key.pem")));
    tool = RunningTool.start(folder, "tunnel", "--config", file.toString());
    String address = tool.address();
    status = StatusClient.of(tool);
    Target at = Target.parse(address);
    try (Socket socket = new Socket(at.host(), at.port())) {
      socket.getOutputStream().write("no TLS\r\n\r\n".getBytes(UTF_8));
      status.await("/metrics", all -> all.contains("_failed_handshakes_total{"));
    }
    status.await("/status.json", all -> all.contains("\"open\":0"));
    held = new Socket(at.host(), at.port());
    try (Socket second = new Socket(at.host(), at.port())) {
      status.await("/metrics", all -> all.contains("_limited_connections_total{"));
      assertThat(second.isConnected()).isTrue();
    }
  }

  @AfterAll
  static void stop() throws IOException {
    if (held != null) {
      held.close();
    }
    if (tool != null) {
      tool.close();
    }
  }

  private static void writeHostile() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    Instant now = Instant.now();
    var name =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.CN, new DERUTF8String(HOSTILE))
            .build();
    var draft =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.TEN,
            Date.from(now.minus(Duration.ofDays(1))),
            Date.from(now.plus(Duration.ofDays(30)).plusSeconds(3600)),
            name,
            keys.getPublic());
    draft.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
    pem("cert.pem", "CERTIFICATE", draft.build(signer).getEncoded());
    pem("key.pem", "PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  private static void pem(String file, String label, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN %s-----\n%s\n-----END %1$s-----\n".formatted(label, text));
  }

  private static String docs() throws IOException {
    return Files.readString(Path.of("..", "docs", "tunnel.md"));
  }

  private static Set<String> names(String text) {
    return NAME.matcher(text).results().map(found -> found.group()).collect(toSet());
  }

  private static java.util.stream.Collector<String, ?, Set<String>> toSet() {
    return Collectors.toCollection(TreeSet::new);
  }

  @Test
  void hostile_names_break_no_line_of_the_metrics_and_are_bounded() throws Exception {
    String all = status.body("/metrics");
    assertThat(all.lines().filter(line -> !line.startsWith("#")))
        .hasSizeGreaterThan(15)
        .allMatch(line -> LINE.matcher(line).matches())
        .allMatch(line -> line.length() < 700)
        .noneMatch(line -> line.startsWith("evil"));
    assertThat(all).contains("tunnel=\"a\\\"b\\\\<script>\"").doesNotContain("\u202e", "\0");
  }

  @Test
  void hostile_names_are_texts_of_the_json() throws Exception {
    JsonNode tunnel = new JsonMapper().readTree(status.body("/status.json")).at("/tunnels/0");
    assertThat(tunnel.at("/name").asText()).isEqualTo("a\"b\\<script>");
    assertThat(tunnel.at("/certificates/0/subject").asText())
        .startsWith("CN=")
        .contains("alert(1)")
        .hasSizeLessThan(400)
        .doesNotContain("\u202e");
    assertThat(tunnel.at("/certificates/0/days_left").asInt()).isEqualTo(30);
    assertThat(tunnel.at("/handshakes/failed/NOT_SSL").asInt()).isEqualTo(1);
  }

  @Test
  void the_metrics_are_those_of_the_docs() throws Exception {
    Set<String> told =
        status
            .body("/metrics")
            .lines()
            .filter(line -> line.startsWith("# TYPE "))
            .map(line -> line.split(" ", -1)[2])
            .collect(toSet());
    assertThat(names(docs())).isEqualTo(told);
  }

  @Test
  void the_dashboard_has_metrics_that_are_told() throws Exception {
    String board = Files.readString(Path.of("..", "docs", "grafana-tunnel.json"));
    assertThat(new JsonMapper().readTree(board).at("/panels")).hasSizeGreaterThan(5);
    assertThat(names(board)).isNotEmpty().isSubsetOf(names(docs()));
  }

  @Test
  void the_json_has_the_shape_of_the_docs() throws Exception {
    String docs = docs();
    int from = docs.indexOf("```json\n") + 8;
    Set<String> documented = new TreeSet<>();
    shape(
        "", new JsonMapper().readTree(docs.substring(from, docs.indexOf("```", from))), documented);
    Set<String> told = new TreeSet<>();
    shape("", new JsonMapper().readTree(status.body("/status.json")), told);
    assertThat(told).isEqualTo(documented);
  }

  private static void shape(String path, JsonNode node, Set<String> to) {
    if (node.isArray()) {
      node.forEach(each -> shape(path + "[]", each, to));
    } else if (node.isObject()) {
      node.properties().forEach(each -> shape(path + "." + each.getKey(), each.getValue(), to));
    } else {
      to.add(path + " " + node.getNodeType());
    }
  }

  @Test
  void the_page_needs_nothing_from_elsewhere_and_its_policy_allows_nothing_else() throws Exception {
    String page = status.get("/");
    assertThat(page)
        .contains("Content-security-policy: default-src 'none'; connect-src 'self'; img-src data:;")
        .contains("prefers-color-scheme: dark", "name=\"viewport\"", "lang=\"en\"")
        .doesNotContain("unsafe-", "innerHTML", "insertAdjacent", "document.write", "eval(")
        .doesNotContain(" style=\"", " onclick", "src=\"");
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://");
    assertThat(page.split("<script>", -1)).hasSize(2);
    assertThat(page.split("<style>", -1)).hasSize(2);
  }
}
