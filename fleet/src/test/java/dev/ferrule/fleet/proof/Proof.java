package dev.ferrule.fleet.proof;

import dev.ferrule.fleet.Await;
import dev.ferrule.fleet.FleetStatus.State;
import dev.ferrule.fleet.Place;
import dev.ferrule.fleet.RedisProcess;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Three servers behind HAProxy, a Redis with its replica, and clients that come back: what happens
 * to them, one thing after the other. Used by one thread.
 */
final class Proof implements AutoCloseable {
  private static final List<String> NAMES = List.of("s1", "s2", "s3");
  private static final String CUT_OFF = "s3";
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);

  private final Network network;
  private final Path folder;
  private final int clients;
  private final String[] redisOptions;
  private final Tally tally = new Tally();
  private final List<Runnable> ends = new ArrayList<>();
  private final Map<String, ServerProcess> servers = new LinkedHashMap<>();
  private final long start = System.nanoTime();
  private RedisProcess master;
  private RedisProcess replica;
  private Place front;
  private Balancer balancer;

  Proof(Network network, Path folder, int clients, String... redisOptions) {
    this.network = network;
    this.folder = folder;
    this.clients = clients;
    this.redisOptions = redisOptions;
  }

  /** What clients saw. */
  Tally run() throws Exception {
    writeSecrets();
    startServers();
    Clients all = new Clients(clients, front, folder.resolve("ca.pem"), tally);
    all.start();
    Await.within(TimeUnit.SECONDS.toNanos(60), () -> tally.first.get() >= clients);
    print("each client for the first time");
    rotate();
    print("a rotation");
    restartRedis();
    print("Redis killed and started again");
    rotate();
    print("another rotation");
    failOver();
    print("Redis' replica promoted");
    if (network.canPart()) {
      partition(all);
    }
    for (String name : NAMES) {
      restart(name);
      print(name + " restarted");
    }
    settle(all);
    print("afterwards");
    all.end();
    print("the last");
    return tally;
  }

  private void print(String phase) throws IOException {
    if (tally.hasNewProblems()) {
      System.out.println(tally.problems + "\n" + servers.values() + "\n" + balancer.complaints());
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    tally.print("%4d s  %s".formatted(seconds, phase));
  }

  private void writeSecrets() throws IOException {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    Path file = Files.write(folder.resolve("secret"), secret);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    ThrowawayCa authority = ThrowawayCa.create();
    Files.writeString(folder.resolve("ca.pem"), authority.pem());
    var issued = authority.issue("*" + Clients.DOMAIN);
    Files.writeString(folder.resolve("server.pem"), issued.chainPem());
    Path key = Files.writeString(folder.resolve("server.key"), issued.keyPem());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
  }

  private void startServers() throws IOException {
    Place first = network.place("redis1");
    Place second = network.place("redis2");
    String store = "redis://" + first + "," + second;
    master = RedisProcess.start(first, folder("redis1"), redisOptions);
    ends.add(master::close);
    replica = RedisProcess.start(second, folder("redis2"), redisOptions);
    ends.add(replica::close);
    replica.say("REPLICAOF", first.address(), "" + first.port());
    Map<String, Place> places = new LinkedHashMap<>();
    for (String name : NAMES) {
      Place place = network.place(name);
      places.put(name, place);
      ServerProcess server = new ServerProcess(name, place, store, folder);
      ends.add(server::close);
      servers.put(name, server);
    }
    servers.values().forEach(ServerProcess::awaitListening);
    awaitAll(State.SHARED);
    front = network.place("balancer");
    balancer = new Balancer(front, places, folder);
    ends.add(balancer::close);
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private void awaitAll(State state) {
    servers.values().forEach(each -> each.await(state));
  }

  /** All servers change to one other key. */
  private void rotate() {
    ServerProcess any = servers.get(NAMES.getFirst());
    String before = any.now();
    Await.until(
        "another key of all " + servers,
        () -> {
          String now = any.now();
          return !now.equals(before)
              && now.startsWith(State.SHARED + " ")
              && servers.values().stream().allMatch(each -> each.now().equals(now));
        });
  }

  private void restartRedis() throws IOException {
    master.kill();
    awaitAll(State.DETACHED);
    master.startAgain();
    awaitAll(State.SHARED);
    Await.until("the replica follows", () -> isComplete(replica));
  }

  private static boolean isComplete(RedisProcess redis) {
    return redis.say("ROLE") instanceof List<?> role
        && role.size() > 3
        && role.get(3) instanceof byte[] state
        && new String(state, java.nio.charset.StandardCharsets.US_ASCII).equals("connected");
  }

  private void failOver() {
    master.kill();
    awaitAll(State.DETACHED);
    replica.say("REPLICAOF", "NO", "ONE");
    awaitAll(State.SHARED);
  }

  /** First from Redis alone, for longer than a period; then from all, shortly. */
  private void partition(Clients all) throws IOException {
    ServerProcess alone = servers.get(CUT_OFF);
    network.part(CUT_OFF, "redis2");
    alone.await(State.DETACHED);
    String before = alone.now();
    Await.until("the next key, which it knows: " + alone, () -> !alone.now().equals(before));
    network.join(CUT_OFF, "redis2");
    alone.await(State.SHARED);
    rotate();
    print(CUT_OFF + " cut off from Redis for a rotation");
    network.part(CUT_OFF, "redis2", "balancer");
    balancer.awaitDown(CUT_OFF);
    alone.await(State.DETACHED);
    network.join(CUT_OFF, "redis2", "balancer");
    balancer.awaitUp(CUT_OFF);
    alone.await(State.SHARED);
    settle(all);
    print(CUT_OFF + " cut off from all until it was down");
  }

  /** As docs/fleet.md says. */
  private void restart(String name) throws Exception {
    ServerProcess server = servers.get(name);
    balancer.drain(name);
    Await.within(PATIENCE, () -> balancer.connections(name) == 0);
    server.end();
    server.start();
    server.awaitListening();
    balancer.ready(name);
  }

  /** Until half as many connections have ended as there are clients. */
  private void settle(Clients all) {
    long until = all.cycles() + clients / 2;
    if (!Await.within(TimeUnit.SECONDS.toNanos(100), () -> all.cycles() >= until)) {
      throw new AssertionError("the clients do not go on: " + tally);
    }
  }

  @Override
  public void close() {
    ends.reversed().forEach(Runnable::run);
  }
}
