package dev.ferrule.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.fleet.FleetEvent.Kind;
import dev.ferrule.fleet.FleetStatus.State;
import dev.ferrule.testkit.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fleets on a redis-server of this machine: ./build fleet. */
@Tag("fleet")
class RedisFleetTest {
  private static final Duration LIFE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private Path secret;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Queue<FleetEvent> events = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void makeSecret() throws Exception {
    secret = Files.write(folder.resolve("secret"), new byte[32]);
    Files.setPosixFilePermissions(
        secret, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private RedisProcess redis(String... options) throws Exception {
    RedisProcess redis = RedisProcess.start(folder, options);
    open.add(redis);
    return redis;
  }

  private Fleet fleet(String address) {
    Fleet fleet =
        Fleet.of(address, secret)
            .poll(Duration.ofMillis(50))
            .timeout(Duration.ofMillis(200))
            .clockDifference(Duration.ZERO)
            .period(Duration.ofSeconds(4))
            .ticketLifetime(LIFE)
            .onEvent(events::add)
            .start();
    open.add(fleet);
    return fleet;
  }

  private static void await(Fleet fleet, State state) {
    Await.until(state + ", and not " + fleet.status(), () -> fleet.status().state() == state);
  }

  private static List<List<Byte>> keys(Fleet fleet) {
    List<List<Byte>> all = new ArrayList<>();
    fleet
        .ticketKeys()
        .give(
            LIFE,
            keys ->
                keys.forEach(key -> {
                  List<Byte> bytes = new ArrayList<>();
                  for (byte each : key) {
                    bytes.add(each);
                  }
                  all.add(bytes);
                }));
    return all;
  }

  @Test
  void several_servers_encrypt_with_one_key_and_rotate_together() throws Exception {
    String address = "redis://" + redis().address();
    List<Fleet> fleets = List.of(fleet(address), fleet(address), fleet(address));
    fleets.forEach(each -> await(each, State.SHARED));
    String first = fleets.getFirst().status().encrypting();
    for (Fleet each : fleets) {
      Await.until("another key", () -> !first.equals(each.status().encrypting()));
      assertThat(each.status().decrypting()).contains(first);
    }
    assertThat(keys(fleets.get(1))).contains(keys(fleets.get(0)).getFirst());
    assertThat(events).noneMatch(e -> e.kind() == Kind.REFUSED || e.kind() == Kind.FENCED);
  }

  @Test
  void a_fleet_without_its_store_has_the_same_derived_keys_everywhere_and_merges_later()
      throws Exception {
    RedisProcess redis = redis();
    redis.kill();
    Fleet one = fleet("redis://" + redis.address());
    Fleet other = fleet("redis://" + redis.address());
    Await.until("an event", () -> events.stream().anyMatch(e -> e.kind() == Kind.UNREACHABLE));
    assertThat(one.status().state()).isEqualTo(State.ALONE);
    List<Byte> derived = keys(one).getFirst();
    assertThat(keys(other).getFirst()).isEqualTo(derived);
    redis.startAgain();
    await(one, State.SHARED);
    await(other, State.SHARED);
    assertThat(keys(one)).contains(derived).doesNotHaveDuplicates();
    assertThat(keys(one).getFirst()).isNotEqualTo(derived);
  }

  @Test
  void after_flushall_the_same_keys_are_put_back() throws Exception {
    RedisProcess redis = redis();
    Fleet one = fleet("redis://" + redis.address());
    Fleet other = fleet("redis://" + redis.address());
    await(one, State.SHARED);
    await(other, State.SHARED);
    List<String> before = one.status().decrypting();
    redis.say("FLUSHALL");
    Await.until("put back", () -> events.stream().anyMatch(e -> e.kind() == Kind.RESTORED));
    Fleet newcomer = fleet("redis://" + redis.address());
    Await.until("all keys", () -> newcomer.status().decrypting().containsAll(before));
  }

  @Test
  void a_store_that_is_killed_or_hangs_leaves_the_keys_in_use() throws Exception {
    RedisProcess redis = redis();
    Fleet fleet = fleet("redis://" + redis.address());
    await(fleet, State.SHARED);
    redis.signal("STOP");
    await(fleet, State.DETACHED);
    List<String> kept = fleet.status().decrypting();
    redis.signal("CONT");
    await(fleet, State.SHARED);
    redis.kill();
    await(fleet, State.DETACHED);
    redis.startAgain();
    await(fleet, State.SHARED);
    assertThat(fleet.status().decrypting()).containsAll(kept);
  }

  @Test
  void a_promoted_replica_takes_over() throws Exception {
    RedisProcess master = redis();
    RedisProcess replica = redis("--replicaof", "127.0.0.1", "" + master.port);
    Fleet fleet = fleet("redis://" + replica.address() + "," + master.address());
    await(fleet, State.SHARED);
    List<String> before = fleet.status().decrypting();
    master.kill();
    replica.say("REPLICAOF", "NO", "ONE");
    await(fleet, State.SHARED);
    Await.until("a visit", () -> fleet.status().visits() > 0 && lastOf(replica));
    assertThat(new HashSet<>(fleet.status().decrypting())).containsAll(before);
  }

  private static boolean lastOf(RedisProcess redis) {
    return ((List<?>) redis.say("KEYS", "*:keys")).size() == 1;
  }

  @Test
  void rubbish_in_the_store_is_refused_told_and_removed() throws Exception {
    RedisProcess redis = redis();
    Fleet fleet = fleet("redis://" + redis.address());
    await(fleet, State.SHARED);
    List<String> before = fleet.status().decrypting();
    String hash =
        new String(
            (byte[]) ((List<?>) redis.say("KEYS", "*:keys")).getFirst(),
            java.nio.charset.StandardCharsets.UTF_8);
    redis.say("HSET", hash, "rubbish", "1:" + "x".repeat(94));
    Await.until("gone", () -> redis.say("HEXISTS", hash, "rubbish").equals(0L));
    redis.say("HSET", hash, "huge", "x".repeat(1_000_000));
    Await.until("gone", () -> redis.say("HEXISTS", hash, "huge").equals(0L));
    redis.say("SET", hash, "a string");
    Await.until("a hash again", () -> "hash".equals(redis.say("TYPE", hash)));
    assertThat(events).anyMatch(e -> e.kind() == Kind.REFUSED);
    assertThat(fleet.status().decrypting()).containsAll(before);
  }

  @Test
  void a_password_is_asked_for_and_never_shown() throws Exception {
    RedisProcess redis = redis("--requirepass", "open sesame");
    Fleet wrong = fleet("redis://:wr0ng-w0rd@" + redis.address());
    Await.until("an event", () -> events.stream().anyMatch(e -> e.kind() == Kind.UNREACHABLE));
    assertThat(events).noneMatch(e -> e.message().contains("wr0ng-w0rd"));
    assertThat(wrong.status().state()).isEqualTo(State.ALONE);
    await(fleet("redis://:open%20sesame@" + redis.address()), State.SHARED);
  }

  @Test
  void over_tls_the_store_is_verified_and_the_client_shows_its_certificate() throws Exception {
    Path chain = folder.resolve("chain.pem");
    Path key = folder.resolve("key.pem");
    String make =
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=redis"
            + " -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out chain.pem";
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(make.split(" ", -1)));
    new ProcessBuilder(command).directory(folder.toFile()).start().waitFor();
    int port = Ports.free();
    redis(
        "--tls-port",
        "" + port,
        "--tls-cert-file",
        "chain.pem",
        "--tls-key-file",
        "key.pem",
        "--tls-ca-cert-file",
        "chain.pem",
        "--tls-auth-clients",
        "yes");
    Fleet stranger = fleet("rediss://127.0.0.1:" + port);
    Fleet.Builder settings = Fleet.of("rediss://127.0.0.1:" + port, secret).trust(chain);
    Fleet anonymous = settings.start();
    Fleet known = settings.credentials(dev.ferrule.ssl.Credentials.load(chain, key)).start();
    open.addAll(List.of(anonymous, known));
    Await.until("answers", () -> known.status().visits() > 0);
    Await.until("refuses", () -> anonymous.status().failures() > 0);
    Await.until("does not trust", () -> stranger.status().failures() > 0);
    assertThat(anonymous.status().visits() + stranger.status().visits()).isZero();
  }
}
