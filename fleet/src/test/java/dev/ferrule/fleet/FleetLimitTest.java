package dev.ferrule.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.fleet.FleetEvent.Kind;
import dev.ferrule.fleet.FleetStatus.Scope;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The limit of addresses on a redis-server of this machine: ./build fleet. */
@Tag("fleet")
class FleetLimitTest {
  private static final long ADDRESS = 0xFFFF_FFFE_C0A8_0001L;
  private static final int MOST = 10;

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Queue<FleetEvent> events = new ConcurrentLinkedQueue<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private RedisProcess redis() throws Exception {
    RedisProcess redis = RedisProcess.start(folder);
    open.add(redis);
    return redis;
  }

  private Path secret(int content) throws Exception {
    Path secret = folder.resolve("secret" + content);
    byte[] bytes = new byte[32];
    bytes[0] = (byte) content;
    Files.write(secret, bytes);
    return Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
  }

  private Fleet fleet(RedisProcess redis, int secret) throws Exception {
    Fleet fleet =
        Fleet.of("redis://" + redis.address(), secret(secret))
            .timeout(Duration.ofMillis(500))
            .handshakesPerAddress(MOST, Duration.ofMinutes(10))
            .onEvent(events::add)
            .start();
    open.add(fleet);
    await(fleet, Scope.FLEET);
    return fleet;
  }

  private static FleetStatus.Limit limit(Fleet fleet) {
    FleetStatus.Limit limit = fleet.status().limit();
    return limit == null ? new FleetStatus.Limit(Scope.SERVER, 0, 0, 0) : limit;
  }

  private static void await(Fleet fleet, Scope scope) {
    Await.until(scope + ", and not " + fleet.status(), () -> limit(fleet).scope() == scope);
  }

  /** It has told what it knew when this was called, and has heard what others had told. */
  private static void exchanged(Fleet... fleets) {
    for (Fleet fleet : fleets) {
      long from = limit(fleet).exchanges();
      Await.until("two exchanges", () -> limit(fleet).exchanges() >= from + 2);
    }
  }

  private static int taken(Fleet fleet) {
    int taken = 0;
    while (taken < 1000 && fleet.handshakesPerAddress().takeFull(ADDRESS)) {
      taken++;
    }
    return taken;
  }

  @SuppressWarnings("unchecked")
  private static List<byte[]> asked(RedisProcess redis, String command, String argument) {
    return (List<byte[]>) redis.say(command, argument);
  }

  private static String counters(RedisProcess redis) {
    return new String(asked(redis, "KEYS", "*:counts:*").getFirst(), StandardCharsets.UTF_8);
  }

  @Test
  void what_one_server_admitted_another_takes_off() throws Exception {
    RedisProcess redis = redis();
    Fleet one = fleet(redis, 1);
    Fleet other = fleet(redis, 1);
    assertThat(one.handshakesPerAddress()).isSameAs(one.handshakesPerAddress());
    assertThat(taken(one)).isEqualTo(MOST);
    assertThat(other.handshakesPerAddress().takeFull(ADDRESS)).isTrue();
    exchanged(one, other);
    assertThat(taken(other)).isZero();
    exchanged(other);
    assertThat(limit(other).refused()).isEqualTo(1);
  }

  @Test
  void a_fleet_with_another_secret_counts_for_itself() throws Exception {
    RedisProcess redis = redis();
    Fleet one = fleet(redis, 1);
    Fleet stranger = fleet(redis, 2);
    assertThat(taken(one)).isEqualTo(MOST);
    assertThat(stranger.handshakesPerAddress().takeFull(ADDRESS)).isTrue();
    exchanged(one, stranger);
    assertThat(taken(stranger)).isEqualTo(MOST - 1);
  }

  @Test
  void without_the_store_each_server_goes_on_alone_and_says_so() throws Exception {
    RedisProcess redis = redis();
    Fleet one = fleet(redis, 1);
    redis.kill();
    await(one, Scope.SERVER);
    assertThat(taken(one)).isEqualTo(MOST);
    redis.startAgain();
    await(one, Scope.FLEET);
    assertThat(events.stream().filter(each -> each.kind() == Kind.LIMIT)).hasSize(3);
  }

  @Test
  void rubbish_in_the_store_counts_as_nothing_and_huge_numbers_only_refuse() throws Exception {
    RedisProcess redis = redis();
    Fleet one = fleet(redis, 1);
    assertThat(one.handshakesPerAddress().takeFull(ADDRESS)).isTrue();
    exchanged(one);
    String key = counters(redis);
    byte[] name = asked(redis, "HKEYS", key).getFirst();
    assertThat(name).hasSize(16);
    String field = new String(name, StandardCharsets.US_ASCII);
    for (String rubbish :
        List.of("1 nan 1", "x".repeat(100_000), "7", "-9 9e99 0", "0x7 0x7 0", "")) {
      redis.say("HSET", key, field, rubbish);
      exchanged(one);
    }
    assertThat(one.handshakesPerAddress().takeFull(ADDRESS)).isTrue();
    redis.say("SET", key, "a string");
    exchanged(one);
    redis.say("HSET", key, field, "999999999999999 0 0");
    exchanged(one);
    assertThat(taken(one)).isZero();
    assertThat(limit(one).scope()).isEqualTo(Scope.FLEET);
  }

  @Test
  void a_fleet_without_a_limit_says_what_to_do() throws Exception {
    Fleet fleet = Fleet.of("redis://127.0.0.1:1", secret(1)).start();
    open.add(fleet);
    assertThatThrownBy(fleet::handshakesPerAddress).hasMessageContaining("before start");
    assertThat(fleet.status().limit()).isNull();
  }
}
