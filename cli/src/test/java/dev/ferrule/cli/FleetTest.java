package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --fleet} and {@code ferrule fleet} on a redis-server of this machine: ./build fleet. */
@Tag("fleet")
@Timeout(120)
class FleetTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private Path folder;
  private RedisServer redis;
  private String secret;
  private int number;

  @BeforeEach
  void begin() throws IOException {
    secret = secret("secret", 1);
    redis = RedisServer.start(folder);
  }

  @AfterEach
  void end() {
    redis.close();
  }

  private String secret(String name, int octet) throws IOException {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) octet;
    Path file = Files.write(folder.resolve(name), bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file.toString();
  }

  private WrittenFiles issue(String... hosts) throws IOException {
    return CA.issue(hosts).write(Files.createDirectory(folder.resolve("own" + number++)));
  }

  private RunningTool serve(String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("--mode=line", "--status=127.0.0.1:0"));
    all.addAll(List.of("--fleet=" + redis.url(), "--fleet-secret=" + secret, "--fleet-clocks=0s"));
    all.addAll(List.of(more));
    return RunningTool.serve(folder, all.toArray(String[]::new));
  }

  private Tool.Result fleet(String command, String... more) {
    List<String> all = new ArrayList<>(List.of("fleet", command, "--fleet=" + redis.url()));
    all.add("--fleet-secret=" + secret);
    all.addAll(List.of(more));
    return Tool.run(all.toArray(String[]::new));
  }

  private Tool.Result put(WrittenFiles files, String... more) {
    List<String> all = new ArrayList<>(List.of("--name=web", "--cert=" + files.certificate()));
    all.add("--key=" + files.key());
    all.addAll(List.of(more));
    return fleet("put", all.toArray(String[]::new));
  }

  private JsonNode status() {
    try {
      return new JsonMapper().readTree(fleet("status", "--json").out());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitShown(String sha256, int servers) {
    Loops.eventually(() ->
        status().findValuesAsText("sha256").stream().filter(sha256::equals).count()
            == servers + 1); // the certificate itself
  }

  private static String sha256(Tool.Result put) {
    return put.out().replaceFirst("(?s).* sha256=(\\w+) .*", "$1");
  }

  @Test
  void servers_share_a_key_of_redis_and_go_on_without_it() throws Exception {
    try (RunningTool one = serve();
        RunningTool two = serve()) {
      String first = one.address();
      String second = two.address();
      StatusClient status = StatusClient.of(one);
      StatusClient.of(two)
          .await("/metrics", all -> all.contains("fleet_state{state=\"shared\"} 1.0"));
      status.await("/metrics", all -> all.contains("fleet_state{state=\"shared\"} 1.0"));
      assertThat(status.body("/metrics"))
          .contains("ferrule_fleet_ticket_key_info{key=\"", "ferrule_fleet_answer_age_seconds 0.");
      String session = folder.resolve("session").toString();
      redis.kill();
      status.await("/metrics", all -> all.contains("fleet_state{state=\"detached\"} 1.0"));
      TicketsTest.visit(first, "-sess_out", session);
      assertThat(TicketsTest.visit(second, "-sess_in", session)).contains("Reused, TLSv1.3");
      assertThat(one.err()).contains("of the fleet encrypts", "does not answer; the keys that are");
    }
  }

  @Test
  void a_certificate_that_is_put_is_shown_by_all_and_what_is_worse_by_none() throws Exception {
    String first = sha256(put(issue("a.test", "b.test")));
    try (RunningTool one = serve("--fleet-cert=web");
        RunningTool two = serve("--fleet-cert=web")) {
      two.address();
      String address = one.address();
      awaitShown(first, 2);
      Tool.Result better = put(issue("a.test", "b.test", "c.test"));
      assertThat(better.out()).matches("PUT web version=\\d+ sha256=\\w{64} servers=2\\n");
      awaitShown(sha256(better), 2);
      assertThat(TicketsTest.visit(address, "-servername", "c.test", "-verify_hostname", "c.test"))
          .doesNotContain("hostname mismatch");
      put(issue("a.test"));
      awaitError(one, "what was loaded before is served on");
      assertThat(one.err()).contains("fleet: certificate 'web' has come: ", "loaded again");
      assertThat(status().at("/servers/0/shows/0/sha256").asText()).isEqualTo(sha256(better));
      assertThat(fleet("status").out())
          .contains("  web  ", "days left", "shows one of its own", "ticket key ", "seen ");
    }
  }

  private static void awaitError(RunningTool server, String words) {
    Loops.eventually(() -> {
      try {
        return server.err().contains(words);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  @Test
  void a_tunnel_of_a_file_begins_with_its_own_and_takes_what_is_put() throws Exception {
    WrittenFiles own = issue("a.test");
    try (RunningTool target = RunningTool.serve(folder, "--plain", "--mode=line")) {
      String toml =
          "fleet = '%s'\nfleet-secret = '%s'\n[tunnel.a]\nlisten = '127.0.0.1:0'\nto = '%s'\ncert = '%s'\nkey = '%s'\nfleet-cert = 'web'\n"
              .formatted(redis.url(), secret, target.address(), own.certificate(), own.key());
      Path file = Files.writeString(folder.resolve("t.toml"), toml);
      assertThat(Tool.run("tunnel", "--check", "--config=" + file).out())
          .isEqualTo("OK 1 tunnel\n");
      try (RunningTool tunnel = RunningTool.start(folder, "tunnel", "--config=" + file)) {
        tunnel.address();
        awaitShown(sha256(put(issue("a.test", "b.test"))), 1);
        assertThat(tunnel.err()).contains(" reloaded tunnel=a ", "fleet kind=certificate");
      }
    }
  }

  @Test
  void without_a_certificate_to_begin_with_a_server_ends_with_one_line() throws Exception {
    Tool.Result result =
        Tool.run(
            "serve",
            "--port=0",
            "--quiet",
            "--fleet=" + redis.url(),
            "--fleet-secret=" + secret,
            "--fleet-cert=web");
    assertThat(result.status()).isEqualTo(Exit.FAILED);
    assertThat(result.err()).contains("the fleet has no certificate 'web'").hasLineCount(1);
  }

  @Test
  void who_puts_with_another_secret_is_told_that_nobody_asks() throws Exception {
    WrittenFiles own = issue("a.test");
    try (RunningTool server =
        serve("--fleet-cert=web", "--cert=" + own.certificate(), "--key=" + own.key())) {
      server.address();
      Loops.eventually(() -> !status().path("servers").isEmpty());
      secret = secret("other", 2);
      assertThat(put(issue("a.test")).err())
          .contains("no server of this fleet asks for 'web' now (of 0)")
          .hasLineCount(1);
    }
  }

  @Test
  void a_redis_that_does_not_answer_is_one_line_and_4() throws Exception {
    WrittenFiles files = issue("a.test");
    redis.kill();
    for (Tool.Result result : List.of(fleet("status"), put(files))) {
      assertThat(result.status()).isEqualTo(Exit.UNREACHABLE);
      assertThat(result.err())
          .startsWith("ferrule: the fleet's store does not answer: redis://127.0.0.1:")
          .hasLineCount(1);
      assertThat(result.out()).isEmpty();
    }
  }

  @Test
  void what_cannot_be_put_is_one_line_and_64() throws Exception {
    WrittenFiles files = issue("a.test");
    Path staple = Files.writeString(folder.resolve("staple"), "no response");
    assertThat(put(files, "--staple=" + staple).err())
        .contains("staple is no OCSP response in DER")
        .hasLineCount(1);
    String cert = "--cert=" + files.certificate();
    assertThat(fleet("put", cert, "--key=" + files.key(), "--name=a b").err())
        .contains("1 to 64 letters")
        .hasLineCount(1);
    assertThat(fleet("put").err()).contains("--cert is missing").hasLineCount(1);
    assertThat(Tool.run("fleet", "status").err()).contains("--fleet is missing").hasLineCount(1);
    assertThat(Tool.run("fleet").err()).contains("fleet put or fleet status").hasLineCount(1);
    WrittenFiles expired =
        CA.request("a.test").expired().issue().write(Files.createDirectory(folder.resolve("old")));
    Tool.Result result = put(expired);
    assertThat(result.status()).isEqualTo(Exit.USAGE);
    assertThat(result.err()).contains(" expired at ").hasLineCount(1);
  }
}
