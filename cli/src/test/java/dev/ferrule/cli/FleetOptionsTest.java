package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --fleet} where there is no Redis. */
@Timeout(60)
class FleetOptionsTest {
  @TempDir private Path folder;
  private String secret;
  private WrittenFiles files;

  @BeforeEach
  void writeFiles() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX");
    Path made = Files.write(folder.resolve("secret"), new byte[32]);
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
    secret = made.toString();
    files = ThrowawayCa.create().issue("localhost").write(folder);
  }

  private static String nowhere() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "redis://:pass-w0rd@127.0.0.1:" + socket.getLocalPort();
    }
  }

  private RunningTool serve(String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("--mode=line", "--provider=boringssl"));
    all.addAll(List.of("--cert=" + files.certificate(), "--key=" + files.key()));
    all.addAll(List.of("--fleet-secret=" + secret, "--status=127.0.0.1:0"));
    all.addAll(List.of(more));
    return RunningTool.serve(folder, all.toArray(String[]::new));
  }

  @Test
  void servers_without_their_redis_serve_say_so_and_resume_by_derived_keys() throws Exception {
    String store = nowhere();
    try (RunningTool one = serve("--fleet=" + store, "--ticket-lifetime=10m");
        RunningTool two = serve("--fleet=" + store)) {
      String session = folder.resolve("session").toString();
      assertThat(TicketsTest.visit(one.address(), "-sess_out", session)).contains("New, TLSv1.3");
      assertThat(TicketsTest.visit(two.address(), "-sess_in", session)).contains("Reused, TLSv1.3");
      StatusClient status = StatusClient.of(one);
      status.await("/metrics", all -> all.matches("(?s).*fleet_failures_total [1-9].*"));
      assertThat(status.body("/status.json"))
          .contains("\"fleet\":{\"state\":\"alone\",\"encrypting\":null,\"decrypting\":[],")
          .contains("\"seconds_since_answer\":null,\"answers\":0,");
      assertThat(one.err())
          .contains("ferrule: fleet: the store of the fleet cannot be used: redis://127.0.0.1:")
          .contains("ferrule: fleet: no store was reached: ticket keys derived from")
          .doesNotContain("pass-w0rd", "SLF4J");
    }
  }

  @Test
  void metrics_have_the_state_and_no_age_of_an_answer_that_never_came() throws Exception {
    try (RunningTool server = serve("--fleet=" + nowhere())) {
      server.address();
      StatusClient status = StatusClient.of(server);
      assertThat(
              status.await("/metrics", all -> all.contains("ferrule_fleet_events_total{kind=\"u")))
          .contains("ferrule_fleet_state{state=\"alone\"} 1.0")
          .contains("ferrule_fleet_state{state=\"shared\"} 0.0")
          .contains("ferrule_fleet_answers_total 0.0", "ferrule_fleet_ticket_keys 0.0")
          .doesNotContain("ferrule_fleet_answer_age", "ticket_key_info");
    }
  }

  @Test
  void a_file_of_tunnels_has_it_once_above_them() throws Exception {
    try (RunningTool target = RunningTool.serve(folder, "--plain", "--mode=line")) {
      String options = "fleet = '%s'\nfleet-secret = '%s'\n".formatted(nowhere(), secret);
      String file = file(options, target.address());
      try (RunningTool tool = RunningTool.start(folder, "tunnel", "--config", file)) {
        String session = folder.resolve("session").toString();
        String first = tool.address();
        String second = tool.address();
        TicketsTest.visit(first, "-sess_out", session);
        assertThat(TicketsTest.visit(second, "-sess_in", session)).contains("Reused, TLSv1.3");
        assertThat(tool.err()).contains(" fleet kind=unreachable what=\"the store of the fleet");
      }
    }
  }

  private String file(String options, String target, String... more) throws IOException {
    String tunnel =
        "listen = '127.0.0.1:0'\nto = '%s'\ncert = '%s'\nkey = '%s'\nprovider = 'boringssl'\n"
            .formatted(target, files.certificate(), files.key());
    String all = options + "[tunnel.a]\n" + tunnel + "[tunnel.b]\n" + tunnel;
    return Files.writeString(folder.resolve("t.toml"), all + String.join("\n", more)).toString();
  }

  @Test
  void a_tunnel_with_keys_of_its_own_is_named() throws Exception {
    try (PlainTarget target = PlainTarget.echo()) {
      String options = "fleet = 'redis://a'\nfleet-secret = '%s'\n".formatted(secret);
      String file = file(options, target.address(), "ticket-secret = 'x'");
      Tool.Result result = Tool.run("tunnel", "--config", file);
      assertThat(result.status()).isEqualTo(Exit.USAGE);
      assertThat(result.err())
          .contains("t.toml [tunnel.b]: --fleet and --ticket-secret contradict each other")
          .hasLineCount(1);
    }
  }

  @Test
  void check_reads_the_secret_and_asks_nobody() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        ServerSocket store = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String options =
          "fleet = 'redis://127.0.0.1:%d'\nfleet-secret = '%s'\n"
              .formatted(store.getLocalPort(), secret);
      String file = file(options, target.address());
      assertThat(Tool.run("tunnel", "--check", "--config", file).out()).isEqualTo("OK 2 tunnels\n");
      store.setSoTimeout(1);
      assertThatThrownBy(store::accept).isInstanceOf(SocketTimeoutException.class);
      Files.write(Path.of(secret), new byte[31]);
      Tool.Result result = Tool.run("tunnel", "--check", "--config", file);
      assertThat(result.err()).contains(secret + " has 31 bytes").hasLineCount(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --fleet redis://a | --fleet needs --fleet-secret
          --fleet-secret SECRET | --fleet-secret without --fleet
          --fleet-ca x | --fleet-ca without --fleet
          --fleet redis://a --fleet-secret SECRET --fleet-ca x | --fleet-ca is for TLS
          --fleet rediss://a --fleet-secret SECRET --fleet-ca nowhere | nowhere
          --fleet rediss://a --fleet-secret SECRET --fleet-client-key x | give both
          --fleet http://a --fleet-secret SECRET | the address of a fleet's store is redis://
          --fleet redis://a --fleet-secret nowhere | nowhere does not exist
          --fleet redis://a --fleet-secret SECRET --ticket-keys x | --ticket-keys contradict
          --fleet redis://a --fleet-secret SECRET --ticket-secret x | --ticket-secret contradict
          --fleet redis://a --fleet-secret SECRET --ticket-rotation 1h | --ticket-rotation contr
          --fleet redis://a --fleet-secret SECRET --fleet-rotation 1s | cannot change every 1000 ms
          --fleet redis://a --fleet-secret SECRET --fleet-name 'a b' | 1 to 64 letters
          --fleet redis://a --fleet-secret SECRET --provider jdk | jdk provider cannot share
          --fleet redis://a --fleet-secret SECRET --plain | --fleet has no meaning with --plain
          """)
  void what_cannot_be_is_one_line_and_64(String arguments, String said) {
    List<String> all = new ArrayList<>(List.of("serve", "--port=0", "--quiet"));
    for (String each : arguments.split(" (?=--)", -1)) {
      all.add(each.replace(" ", "=").replace("SECRET", secret).replace("'a=b'", "a b"));
    }
    Tool.Result result = Tool.run(all.toArray(String[]::new));
    assertThat(result.status()).isEqualTo(Exit.USAGE);
    assertThat(result.err()).startsWith("ferrule: ").contains(said).hasLineCount(1);
  }

  @Test
  void tunnels_that_take_no_tls_from_clients_have_no_use_for_it() {
    Tool.Result result =
        Tool.run(
            "tunnel --client --listen 127.0.0.1:0 --to a:1 --fleet redis://a --fleet-secret x"
                .split(" ", -1));
    assertThat(result.status()).isEqualTo(Exit.USAGE);
    assertThat(result.err()).contains("no tunnel takes SSL from clients").hasLineCount(1);
  }
}
