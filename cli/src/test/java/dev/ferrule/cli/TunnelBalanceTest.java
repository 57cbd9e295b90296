package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.cli.tunnel.Targets;
import dev.ferrule.cli.tunnel.Tunnel;
import dev.ferrule.cli.tunnel.TunnelStats.Count;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever clients and targets do, each connection is counted once, and nothing is left of it. */
class TunnelBalanceTest {
  private static final int CLIENTS = 240;
  private static final int AT_ONCE = 12;
  private static final int PER_ADDRESS = 8;
  private static final String[] PLAIN = {"plain", "routed", "unrouted", "nowhere"};
  private static final String[] ALL = {
    "plain", "routed", "unrouted", "nowhere", "secure", "pass", "smtp", "postgres"
  };

  @TempDir private Path folder;
  private final long seed = System.nanoTime();
  private final CountDownLatch over = new CountDownLatch(1); // for targets that stall
  private final Map<String, String> listen = new LinkedHashMap<>();
  private final Map<String, TunnelOptions> options = new LinkedHashMap<>();
  private WrittenFiles files;

  @BeforeEach
  void writeFiles() throws IOException {
    files = ThrowawayCa.create().issue("localhost").write(folder);
  }

  private void add(String name, String... arguments) throws IOException {
    String address = PlainTarget.nobody();
    listen.put(name, address);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--listen=" + address);
    all.addAll(List.of("--idle=400ms", "--handshake-timeout=2s", "--lifetime=10s"));
    options.put(name, TunnelsInProcess.options(all.toArray(String[]::new)));
  }

  private String[] server(String target, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(List.of("--cert=" + files.certificate(), "--key=" + files.key()));
    all.addAll(List.of("--to=" + target, "--to=" + PlainTarget.nobody()));
    return all.toArray(String[]::new);
  }

  private void addAll(PlainTarget target, PlainTarget mail) throws IOException {
    add("secure", server(target.address(), "--connections-per-address=" + PER_ADDRESS));
    add("pass", "--passthrough", "--route=known.example=" + listen.get("secure"));
    add("plain", "--client", "--insecure", "--to=" + listen.get("secure"));
    add("routed", client("known.example"));
    add("unrouted", client("unknown.example"));
    add("nowhere", "--client", "--insecure", "--to=" + PlainTarget.nobody());
    add("smtp", server(mail.address(), "--starttls=smtp", "--max-connections=6"));
    add("postgres", server(target.address(), "--starttls=postgres"));
  }

  private String[] client(String name) {
    return new String[] {
      "--client", "--insecure", "--server-name=" + name, "--to=" + listen.get("pass")
    };
  }

  @Test
  void after_any_schedule_every_connection_has_been_counted_once_and_is_gone() throws Exception {
    try (PlainTarget target = PlainTarget.of(socket -> play(socket, ""));
        PlainTarget mail = PlainTarget.of(socket -> play(socket, "220 mail\r\n"))) {
      addAll(target, mail);
      try (TunnelsInProcess tunnels = TunnelsInProcess.start(options, loop -> {})) {
        runClients();
        for (String name : ALL) {
          Tunnel tunnel = tunnels.tunnel(name);
          tunnels.await(name + " in balance, seed " + seed, () -> isInBalance(tunnel));
        }
        requireEachKindOfEnd(tunnels);
        requireRoom(tunnels.tunnel("secure"), tunnels);
      } finally {
        over.countDown();
      }
    }
  }

  // ---- targets

  private void play(Socket socket, String greeting) throws IOException {
    Random random = new Random(seed ^ socket.getPort());
    socket.setSoLinger(random.nextInt(4) == 0, 0);
    if (random.nextInt(8) == 0) {
      return; // before a word
    }
    socket.getOutputStream().write(greeting.getBytes(ISO_8859_1));
    switch (random.nextInt(6)) {
      case 0 -> awaitEnd();
      case 1 -> socket.getInputStream().read();
      case 2 -> {
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      }
      default -> PlainTarget.echo(socket);
    }
  }

  private void awaitEnd() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- clients

  private void runClients() throws InterruptedException {
    List<Thread> threads =
        IntStream.range(0, AT_ONCE)
            .mapToObj(i -> Thread.ofPlatform().daemon().start(() -> runClients(i)))
            .toList();
    for (Thread each : threads) {
      each.join();
    }
  }

  private void runClients(int thread) {
    Random random = new Random(seed + thread);
    for (int i = 0; i < CLIENTS / AT_ONCE; i++) {
      String[] from = random.nextBoolean() ? PLAIN : ALL;
      Target at = Target.parse(String.valueOf(listen.get(from[random.nextInt(from.length)])));
      try (Socket socket = new Socket(at.host(), at.port())) {
        socket.setSoTimeout(20_000);
        visit(socket, random);
      } catch (IOException e) {
        // it was cut, as many are
      }
    }
  }

  /** Says something, or nothing, and leaves at some point. */
  private static void visit(Socket socket, Random random) throws IOException {
    String[] said = {"", "x", "STARTTLS\r\n", "\u0016\u0003\u0001\u0002\0", "x".repeat(200_000)};
    socket.setSoLinger(random.nextInt(3) == 0, 0);
    if (random.nextInt(3) == 0) {
      socket.getInputStream().read();
    }
    socket.getOutputStream().write(said[random.nextInt(said.length)].getBytes(ISO_8859_1));
    switch (random.nextInt(4)) {
      case 0 -> socket.getInputStream().read();
      case 1 -> {
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      }
      case 2 -> socket.getInputStream().readAllBytes(); // until it was idle for too long
      default -> {}
    }
  }

  // ---- what must hold then

  private static boolean isInBalance(Tunnel tunnel) {
    long ended =
        of(tunnel, Count.REFUSED)
            + of(tunnel, Count.UNREACHABLE)
            + of(tunnel, Count.CLOSED)
            + of(tunnel, Count.CUT);
    int atTargets = 0;
    for (Targets group : tunnel.setting().routes().all()) {
      atTargets += group.all().stream().mapToInt(Targets.Target::open).sum();
    }
    return tunnel.open() == 0 && atTargets == 0 && of(tunnel, Count.ACCEPTED) == ended;
  }

  private static long of(Tunnel tunnel, Count what) {
    return tunnel.stats().of(what);
  }

  /** Else the schedule would prove little. */
  private void requireEachKindOfEnd(TunnelsInProcess tunnels) {
    for (Count each :
        List.of(Count.REFUSED, Count.UNREACHABLE, Count.CLOSED, Count.CUT, Count.FULL_HANDSHAKES)) {
      long sum = 0;
      for (String name : ALL) {
        sum += of(tunnels.tunnel(name), each);
      }
      assertThat(sum).as("%s, seed %d", each, seed).isPositive();
    }
  }

  /** So many clients of one address as may be there, if nobody is left who counts. */
  private void requireRoom(Tunnel tunnel, TunnelsInProcess tunnels) throws IOException {
    long refused = of(tunnel, Count.REFUSED);
    long accepted = of(tunnel, Count.ACCEPTED);
    List<Socket> all = new ArrayList<>();
    Target at = Target.parse(String.valueOf(listen.get("secure")));
    for (int i = 0; i <= PER_ADDRESS; i++) {
      all.add(new Socket(at.host(), at.port()));
    }
    tunnels.await(
        "accepted, seed " + seed, () -> of(tunnel, Count.ACCEPTED) >= accepted + all.size());
    tunnels.await("refused, seed " + seed, () -> of(tunnel, Count.REFUSED) > refused);
    assertThat(of(tunnel, Count.REFUSED)).as("seed %d", seed).isEqualTo(refused + 1);
    for (Socket each : all) {
      each.close();
    }
  }
}
