package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ferrule cert} makes, in the programs that it is made for. */
@Timeout(120)
class CertInOtherProgramsTest {
  @TempDir private static Path folder;

  /** What a program said on both outputs. */
  private record Said(int status, String text) {}

  @BeforeAll
  static void make() {
    cert("localhost", "127.0.0.1", "::1", "*.example.test", "--p12", "--as", "server");
    cert("localhost", "--rsa", "--as", "rsa");
    cert("ann@example.com", "--client", "--as", "ann");
  }

  private static void cert(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 5);
    all[arguments.length] = "--out";
    all[arguments.length + 1] = folder.toString();
    all[arguments.length + 2] = "--ca-folder";
    all[arguments.length + 3] = folder.resolve("ca").toString();
    all[arguments.length + 4] = "--quiet";
    String[] whole = new String[all.length + 1];
    whole[0] = "cert";
    System.arraycopy(all, 0, whole, 1, all.length);
    assertThat(Tool.run(whole).status()).isZero();
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static Said run(String... command) throws IOException, InterruptedException {
    return runIn(List.of(), command);
  }

  /** {@code environment} has NAME=VALUE; the test is skipped where the program is missing. */
  private static Said runIn(List<String> environment, String... command)
      throws IOException, InterruptedException {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path).resolve(command[0])));
    assumeTrue(installed, command[0] + " is not installed here");
    File said = Files.createTempFile(folder, "said", ".txt").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said);
    builder.redirectInput(new File("/dev/null"));
    environment.forEach(each -> {
      int equals = each.indexOf('=');
      builder.environment().put(each.substring(0, equals), each.substring(equals + 1));
    });
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command[0] + " ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Said(process.exitValue(), Files.readString(said.toPath(), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "rsa", "ann"})
  void openssl_verifies_the_chain_strictly(String name) throws Exception {
    String purpose = name.equals("ann") ? "sslclient" : "sslserver";
    Said said =
        run(
            "openssl",
            "verify",
            "-x509_strict",
            "-purpose",
            purpose,
            "-CAfile",
            path("ca/ca.pem"),
            path(name + ".pem"));
    assertThat(said.text()).endsWith(name + ".pem: OK\n");
    String other = name.equals("ann") ? "sslserver" : "sslclient";
    assertThat(
            run(
                    "openssl",
                    "verify",
                    "-purpose",
                    other,
                    "-CAfile",
                    path("ca/ca.pem"),
                    path(name + ".pem"))
                .status())
        .isNotZero();
  }

  @ParameterizedTest
  @CsvSource({
    "-checkhost, localhost, true",
    "-checkhost, www.example.test, true",
    "-checkhost, a.www.example.test, false",
    "-checkhost, example.test, false",
    "-checkip, 127.0.0.1, true",
    "-checkip, ::1, true",
    "-checkip, 127.0.0.2, false",
  })
  void openssl_finds_the_names(String option, String name, boolean found) throws Exception {
    Said said = run("openssl", "x509", "-in", path("server.pem"), "-noout", option, name);
    assertThat(said.text()).contains(found ? "does match" : "does NOT match");
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "rsa", "ann"})
  void openssl_takes_the_key(String name) throws Exception {
    Said open = run("openssl", "pkey", "-in", path(name + "-key.pem"), "-pubout", "-check");
    Said shown = run("openssl", "x509", "-in", path(name + ".pem"), "-noout", "-pubkey");
    assertThat(open.text()).contains(shown.text());
  }

  @Test
  void openssl_and_keytool_open_the_store() throws Exception {
    Said opened =
        run("openssl", "pkcs12", "-in", path("server.p12"), "-passin", "pass:changeit", "-nodes");
    assertThat(opened.status()).isZero();
    assertThat(opened.text())
        .contains("BEGIN PRIVATE KEY")
        .containsSubsequence("BEGIN CERTIFICATE", "BEGIN CERTIFICATE");
    Said listed =
        run(
            "keytool",
            "-J-Duser.language=en",
            "-list",
            "-v",
            "-keystore",
            path("server.p12"),
            "-storepass",
            "changeit");
    assertThat(listed.text()).contains("PrivateKeyEntry", "chain length: 2");
  }

  @Test
  void keytool_takes_the_ca_with_the_command_that_trust_prints() throws Exception {
    String command = printed("keytool");
    String store = path("cacerts.p12");
    String safe = command.replace("-cacerts", "-keystore " + store + " -storetype PKCS12");
    Said imported = run("sh", "-c", safe);
    assertThat(imported.status()).as(imported.text()).isZero();
    Said listed = run("keytool", "-list", "-keystore", store, "-storepass", "changeit");
    assertThat(listed.text()).contains("ferrule-development-ca", "trustedCertEntry");
  }

  /** The first command of --trust that begins so. */
  private static String printed(String beginning) {
    Tool.Result told = Tool.run("cert", "--trust", "--ca-folder", path("ca"));
    return told.out().lines().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
  }

  private static RunningTool serve() throws IOException {
    return RunningTool.serve(
        folder, "--cert", path("server.pem"), "--key", path("server-key.pem"), "--mode", "line");
  }

  private static String port(RunningTool server) throws IOException {
    String address = server.address();
    return address.substring(address.lastIndexOf(':') + 1);
  }

  @Test
  void serve_and_connect_take_it_and_connect_refuses_another_ca() throws Exception {
    try (RunningTool server = serve()) {
      String where = "localhost:" + port(server);
      assertThat(Tool.run("connect", where, "-q", "--ca", path("ca/ca.pem")).status()).isZero();
      assertThat(Tool.run("connect", where, "-q").status()).isEqualTo(2);
    }
  }

  @Test
  void a_server_knows_the_client_that_it_is_for() throws Exception {
    try (RunningTool server =
        RunningTool.serve(
            folder,
            "--cert",
            path("server.pem"),
            "--key",
            path("server-key.pem"),
            "--mode",
            "line",
            "--client-ca",
            path("ca/ca.pem"),
            "--allow",
            "email=ann@example.com")) {
      String where = "localhost:" + port(server);
      String[] ann = {
        "connect",
        where,
        "-q",
        "--ca",
        path("ca/ca.pem"),
        "--cert",
        path("ann.pem"),
        "--key",
        path("ann-key.pem")
      };
      Tool.Result told = Tool.run(ann);
      assertThat(told.err()).isEmpty();
      assertThat(told.status()).isZero();
      assertThat(Tool.run("connect", where, "-q", "--ca", path("ca/ca.pem")).status()).isEqualTo(2);
    }
  }

  @Test
  void curl_trusts_it_as_it_is_told() throws Exception {
    try (RunningTool server = serve()) {
      String command =
          printed("curl").replace("localhost:8443", "localhost:" + port(server)) + " --http0.9 -sS";
      Said said = run("sh", "-c", command);
      assertThat(said.status()).as(said.text()).isZero();
      Said refused = run("curl", "-sS", "--http0.9", "https://localhost:" + port(command));
      assertThat(refused.status()).isEqualTo(60); // the certificate was not verified
    }
  }

  private static String port(String command) {
    return command.replaceFirst("(?s).*localhost:(\\d+).*", "$1");
  }

  @Test
  void python_trusts_it_as_it_is_told() throws Exception {
    String script =
        """
        import socket, ssl, sys
        c = ssl.create_default_context()
        s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
        print(c.wrap_socket(s, server_hostname=sys.argv[2]).version())
        """;
    try (RunningTool server = serve()) {
      List<String> environment = List.of("SSL_CERT_FILE=" + path("ca/ca.pem"));
      String port = port(server);
      for (String host : List.of("localhost", "127.0.0.1", "x.example.test")) {
        Said said = runIn(environment, "python3", "-c", script, port, host);
        assertThat(said.text()).isEqualTo("TLSv1.3\n");
      }
      Said other = runIn(environment, "python3", "-c", script, port, "example.org");
      assertThat(other.text()).contains("Hostname mismatch");
    }
  }

  @Test
  void node_trusts_it_as_it_is_told() throws Exception {
    String script =
        "require('tls').connect({host: 'localhost', port: process.argv[1],"
            + " servername: 'localhost'}, function () { console.log(this.authorized);"
            + " process.exit(0) }).on('error', e => { console.log(e.code); process.exit(1) })";
    try (RunningTool server = serve()) {
      String port = port(server);
      List<String> environment = List.of("NODE_EXTRA_CA_CERTS=" + path("ca/ca.pem"));
      assertThat(runIn(environment, "node", "-e", script, port).text()).isEqualTo("true\n");
      assertThat(run("node", "-e", script, port).status()).isEqualTo(1);
    }
  }
}
