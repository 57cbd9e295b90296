package dev.ferrule.cli.check;

import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_2;
import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_3;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.trust.Anchors;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out all about a server, by many connections. Any thread; {@link #run} holds it up, and has
 * others of its own.
 */
public final class Scan {
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);

  private final Peer peer;
  private final List<String> addresses;
  private final Anchors anchors;
  private final int parallel;
  private final Duration longest;
  private final IntConsumer progress;

  /**
   * Prepares a scan.
   *
   * @param peer the server, with the time limit of the first connection
   * @param addresses all addresses of its host
   * @param anchors whom to trust
   * @param parallel connections at once
   * @param longest the time for all of it
   * @param progress hears of connections, on any thread
   */
  public Scan(
      Peer peer,
      List<String> addresses,
      Anchors anchors,
      int parallel,
      Duration longest,
      IntConsumer progress) {
    this.peer = peer;
    this.addresses = List.copyOf(addresses);
    this.anchors = anchors;
    this.parallel = parallel;
    this.longest = longest;
    this.progress = progress;
  }

  /**
   * Runs it.
   *
   * @param resolving how long the name took
   * @throws IOException when there is no connection; its cause says why
   * @throws NoTlsException when there is, and no TLS on it
   */
  public Report run(Duration resolving) throws IOException, NoTlsException {
    Instant at = Instant.now();
    long began = System.nanoTime();
    List<Facts.Step> steps = new ArrayList<>();
    steps.add(new Facts.Step("name lookup", resolving));
    FirstContact first = FirstContact.of(peer, steps);
    Duration patience = peer.limit();
    Duration seen = first.answered().multipliedBy(20);
    patience =
        seen.compareTo(LEAST_PATIENCE) < 0 ? min(LEAST_PATIENCE, patience) : min(seen, patience);
    Duration rest = longest.minusNanos(System.nanoTime() - began);
    Probe probe = new Probe(peer.within(patience), first.hello(), parallel, rest, progress);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return new Report(gather(probe, threads, at, began, steps));
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private Facts gather(
      Probe probe, ExecutorService threads, Instant at, long began, List<Facts.Step> steps)
      throws NoTlsException {
    HelloProbes hellos = new HelloProbes(probe);
    Encrypted encrypted = new Encrypted(probe);
    Future<Boolean> ssl2 = threads.submit(() -> Ssl2.isSpoken(probe));
    Map<Integer, Future<Enumeration>> offered = new TreeMap<>();
    for (int version = ClientHelloDraft.SSL_3; version <= TLS_1_3; version++) {
      int one = version;
      offered.put(one, threads.submit(() -> hellos.suites(one)));
    }
    NavigableMap<Integer, Enumeration> suites = new TreeMap<>();
    offered.forEach((version, found) -> {
      if (!Tasks.result(found).taken().isEmpty()) {
        suites.put(version, Tasks.result(found));
      }
    });
    if (suites.isEmpty() && !Tasks.result(ssl2)) {
      throw new NoTlsException(
          probe.isLate()
              ? "--max-time was over before the server had answered a second hello"
              : "the server answered the first hello, and none of the next "
                  + probe.connections()
                  + " (does it bound its clients? try --parallel 1)");
    }
    boolean tls12 = suites.containsKey(TLS_1_2);
    boolean tls13 = suites.containsKey(TLS_1_3);

    Future<Enumeration> groups12 = threads.submit(() -> hellos.groupsBefore13(suites));
    Future<Enumeration> groups13 =
        threads.submit(() ->
            tls13
                ? hellos.groups13(suites.getOrDefault(TLS_1_3, Enumeration.NONE).taken())
                : Enumeration.NONE);
    Future<List<Integer>> schemes12 = threads.submit(() -> hellos.schemes12(suites));
    Future<Facts.HelloFacts> hello = threads.submit(() -> hellos.facts(suites));
    Future<Schemes13> schemes13 =
        threads.submit(() -> tls13 ? Schemes13.of(encrypted, threads) : Schemes13.NONE);
    Future<Encrypted.Outcome> own = threads.submit(() -> timed(encrypted, steps));
    JdkClient jdk = new JdkClient(probe);
    // What Ferrule's client keeps of TLS 1.2 lives as long as the client likes.
    Future<Encrypted.Resumed> resumed12 =
        threads.submit(() ->
            tls12
                ? encrypted.resumption(Protocol.TLS_1_2).with(jdk.ticketLifetime())
                : Encrypted.Resumed.UNKNOWN);
    Future<Encrypted.Resumed> resumed13 =
        threads.submit(
            () -> tls13 ? encrypted.resumption(Protocol.TLS_1_3) : Encrypted.Resumed.UNKNOWN);
    Future<List<String>> alpn = threads.submit(() -> Applications.of(encrypted));
    Future<JdkClient.Renegotiation> renegotiation =
        threads.submit(() -> tls12 ? jdk.renegotiation() : JdkClient.Renegotiation.UNKNOWN);
    Future<Optional<byte[]>> staple = threads.submit(() -> tls13 ? jdk.staple() : Optional.empty());
    Future<Encrypted.Close> close =
        threads.submit(() -> encrypted.close(ssl -> {}, LEAST_PATIENCE));

    List<String> applications = Tasks.result(alpn);
    boolean http = applications.contains("http/1.1");
    Optional<String> hsts = http ? encrypted.header("Strict-Transport-Security") : Optional.empty();
    Encrypted.Outcome outcome = Tasks.result(own);
    List<ChainFacts> chains =
        chains(suites, Tasks.result(schemes13).sessions(), outcome.session(), Tasks.result(staple));
    return new Facts(
        peer,
        addresses,
        at,
        Duration.ofNanos(System.nanoTime() - began),
        probe.connections(),
        !probe.gaveUp(),
        List.copyOf(steps),
        Tasks.result(ssl2),
        suites,
        Tasks.result(groups12),
        Tasks.result(groups13),
        Tasks.result(schemes12),
        Tasks.result(schemes13).names(),
        Optional.ofNullable(outcome.session()),
        Optional.ofNullable(outcome.failure()),
        chains,
        probe.leftOutChains(),
        new Facts.Resumption(Tasks.result(resumed12), Tasks.result(resumed13)),
        applications,
        Tasks.result(hello),
        Tasks.result(renegotiation),
        Tasks.result(close),
        http,
        hsts);
  }

  private Encrypted.Outcome timed(Encrypted encrypted, List<Facts.Step> steps) {
    long began = System.nanoTime();
    Encrypted.Outcome outcome = encrypted.handshake(ssl -> {});
    steps.add(
        new Facts.Step("connection and handshake", Duration.ofNanos(System.nanoTime() - began)));
    return outcome;
  }

  /** Each chain once, whatever showed it. */
  private List<ChainFacts> chains(
      Map<Integer, Enumeration> suites,
      List<SslSession> sessions,
      @Nullable SslSession own,
      Optional<byte[]> staple13) {
    Map<List<X509Certificate>, byte[]> found = new LinkedHashMap<>();
    if (own != null && !own.peerChain().isEmpty()) {
      found.put(own.peerChain(), staple13.orElse(new byte[0]));
    }
    for (SslSession each : sessions) {
      if (!each.peerChain().isEmpty()) {
        found.putIfAbsent(each.peerChain(), new byte[0]);
      }
    }
    suites.values().stream()
        .flatMap(each -> each.answers().stream())
        .filter(each -> !each.chain().isEmpty())
        .forEach(each ->
            ChainFacts.parse(each.chain()).ifPresent(chain -> keep(found, chain, each.staples())));
    List<ChainFacts> judged = new ArrayList<>();
    found.forEach((chain, staple) ->
        judged.add(ChainFacts.judge(chain, peer.host(), anchors, staple, Instant.now())));
    return List.copyOf(judged);
  }

  private static void keep(
      Map<List<X509Certificate>, byte[]> found, List<X509Certificate> chain, List<byte[]> staples) {
    byte[] before = found.get(chain);
    if (before == null || before.length == 0) {
      found.put(chain, staples.isEmpty() ? new byte[0] : staples.getFirst());
    }
  }
}
