package dev.ferrule.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.fleet.FleetEvent.Kind;
import dev.ferrule.ssl.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of fleets on a redis-server of this machine: ./build fleet. */
@Tag("fleet")
class FleetCertificateTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private Path secret;
  private RedisProcess redis;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Queue<FleetEvent> events = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void begin() throws Exception {
    secret = secret("secret", 1);
    redis = RedisProcess.start(folder);
    open.add(redis);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private Path secret(String name, int octet) throws IOException {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) octet;
    Path file = Files.write(folder.resolve(name), bytes);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private Fleet.Builder settings(Path ofSecret) {
    return Fleet.of("redis://" + redis.address(), ofSecret)
        .poll(Duration.ofMillis(50))
        .timeout(Duration.ofSeconds(2))
        .clockDifference(Duration.ZERO)
        .onEvent(events::add);
  }

  private Fleet server() {
    Fleet fleet = settings(secret).start();
    open.add(fleet);
    return fleet;
  }

  private FleetClient client() {
    FleetClient client = settings(secret).connect();
    open.add(client);
    return client;
  }

  private Credentials certificate(String name) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey", "ec", "-nodes"));
    command.addAll(List.of("-pkeyopt", "ec_paramgen_curve:P-256", "-days", "2"));
    command.addAll(List.of("-subj", "/CN=" + name));
    command.addAll(List.of("-keyout", name + ".key", "-out", name + ".pem"));
    new ProcessBuilder(command).directory(folder.toFile()).start().waitFor();
    return Credentials.load(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
  }

  private static void await(FleetCertificate certificate, Credentials expected) {
    Await.until(
        "has come",
        () -> certificate.isKnown() && certificate.credentials().chain().equals(expected.chain()));
  }

  private void awaitEvent(Kind kind) {
    Await.until(kind + " in " + events, () -> events.stream().anyMatch(e -> e.kind() == kind));
  }

  private String hash() {
    Object found = ((List<?>) redis.say("KEYS", "*:certificates")).getFirst();
    return new String((byte[]) found, StandardCharsets.UTF_8);
  }

  @Test
  void what_is_put_reaches_all_servers_with_its_key_and_response_and_so_does_the_next()
      throws Exception {
    List<FleetCertificate> all = List.of(server().certificate("web"), server().certificate("web"));
    Credentials first = certificate("first");
    long version = client().put("web", first, new byte[] {1, 2, 3});
    for (FleetCertificate each : all) {
      assertThat(each.await(SOON)).isTrue();
      assertThat(each.credentials().key()).isEqualTo(first.key());
      assertThat(each.staple()).hasValue(new byte[] {1, 2, 3});
    }
    Credentials second = certificate("second");
    assertThat(client().put("web", second, null)).isGreaterThan(version);
    all.forEach(each -> await(each, second));
    assertThat(all.getFirst().staple()).isEmpty();
    assertThat(redis.say("HGET", hash(), "web").toString()).doesNotContain("BEGIN");
  }

  @Test
  void a_store_that_is_gone_or_flushed_costs_no_certificate_and_has_it_again() throws Exception {
    FleetCertificate known = server().certificate("web");
    Credentials put = certificate("web");
    client().put("web", put, null);
    await(known, put);
    redis.kill();
    awaitEvent(Kind.UNREACHABLE);
    assertThat(known.credentials().key()).isEqualTo(put.key());
    redis.startAgain(); // empty
    await(server().certificate("web"), put);
    assertThat(events)
        .anyMatch(e -> e.kind() == Kind.RESTORED && e.message().contains("certificate 'web'"));
  }

  @Test
  void an_older_version_rubbish_and_a_key_of_another_type_are_replaced() throws Exception {
    FleetCertificate known = server().certificate("web");
    client().put("web", certificate("old"), null);
    assertThat(known.await(SOON)).isTrue();
    byte[] old = known.version().sealed();
    Credentials put = certificate("new");
    client().put("web", put, null);
    await(known, put);
    redis.say("HSET", hash(), "web", "rubbish");
    awaitEvent(Kind.REFUSED);
    for (String script :
        List.of(
            "redis.call('HSET', KEYS[1], 'web', ARGV[1])",
            "redis.call('HSET', KEYS[1], 'web', string.rep('x', 100000))",
            "redis.call('SET', KEYS[1], 'x')")) {
      redis.run(script, hash(), old);
      await(fresh(), put);
    }
    assertThat(known.credentials().chain()).isEqualTo(put.chain());
  }

  /** A server that has to read what stands in the store. */
  private FleetCertificate fresh() {
    return server().certificate("web");
  }

  @Test
  void who_has_another_secret_sees_nothing_and_harms_nobody() throws Exception {
    Credentials put = certificate("web");
    client().put("web", put, null);
    Fleet stranger = settings(secret("other", 2)).start();
    open.add(stranger);
    FleetCertificate unseen = stranger.certificate("web");
    Await.until("visits", () -> stranger.status().visits() > 2);
    assertThat(unseen.isKnown()).isFalse();
    assertThatThrownBy(unseen::credentials).hasMessageContaining("no certificate 'web'");
    try (FleetClient client = settings(folder.resolve("other")).connect()) {
      assertThat(client.certificates()).isEmpty();
      assertThat(client.servers()).hasSize(1);
    }
    await(fresh(), put);
  }

  @Test
  void servers_are_listed_with_what_they_show_until_they_end() throws Exception {
    Credentials shown = certificate("shown");
    Fleet server = settings(secret).shows(shown::chain).start();
    open.add(server);
    server.certificate("web");
    FleetClient client = client();
    Await.until("reports", () -> servers(client).stream().anyMatch(s -> s.shown().size() == 1));
    FleetServer listed = servers(client).getFirst();
    assertThat(listed.wanted()).containsExactly("web");
    assertThat(listed.state()).isEqualTo(FleetStatus.State.WAITING);
    assertThat(listed.shown().getFirst().sha256()).hasSize(64);
    assertThat(listed.age()).isLessThan(Duration.ofMinutes(1));
    server.close();
    Await.until("is gone", () -> servers(client).isEmpty());
  }

  private static List<FleetServer> servers(FleetClient client) {
    try {
      return client.servers();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void rubbish_among_the_reports_is_not_listed_and_goes() throws Exception {
    server();
    FleetClient client = client();
    Await.until("reports", () -> servers(client).size() == 1);
    Object found = ((List<?>) redis.say("KEYS", "*:servers")).getFirst();
    String key = new String((byte[]) found, StandardCharsets.UTF_8);
    redis.run("for i = 1, 3000 do redis.call('HSET', KEYS[1], 'x' .. i, 'y') end", key);
    assertThat(servers(client)).hasSizeLessThan(2);
    server();
    Await.until("two", () -> servers(client).size() >= 1 && redis.say("HLEN", key).equals(2L));
  }
}
