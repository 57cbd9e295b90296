package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.spi.SslProvider;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One record of an honest handshake is damaged on its way, each in each way, and comes to a victim
 * of each provider: all tell the same failure. Other seeds, or one again: {@code
 * -Dferrule.damage.seed=N}.
 */
@Tag("once")
class ProvidersAgreeTest {
  private static final long SEED = Long.getLong("ferrule.damage.seed", 20261127L);
  private static final String JDK = "jdk";
  private static final String BORINGSSL = "boringssl";
  private static final String OPENSSL = "openssl";
  private static final List<String> PROVIDERS = available(JDK, BORINGSSL, OPENSSL);
  private static final int AT_ONCE = 96;
  private static final int FEW_AT_ONCE = 8;
  private static final int MOST_RECORDS = 7;
  private static final Duration LIMIT = Duration.ofMillis(1500);
  private static final Duration LONG_LIMIT = Duration.ofSeconds(6);

  /** What victims of some providers tell, or heard instead, where those of others tell other. */
  private record Listed(
      Set<Damage.Kind> damages,
      Set<String> some,
      Set<String> told,
      Set<String> others,
      Set<String> otherwise,
      String because) {
    boolean has(Run one, Run other) {
      return damages.contains(one.attack.damage.kind())
          && (hasInThisOrder(one, other) || hasInThisOrder(other, one));
    }

    private boolean hasInThisOrder(Run one, Run other) {
      return some.contains(one.victim)
          && told.contains(one.outcome)
          && others.contains(other.victim)
          && otherwise.contains(other.outcome);
    }
  }

  private static final Set<String> ANY = Set.copyOf(PROVIDERS);
  private static final Set<String> ENGINE = Set.of(JDK);
  private static final Set<String> LIBRARIES = Set.of(BORINGSSL, OPENSSL);

  private static final Set<String> NO_FAILURE = Set.of("nothing", "TcpEof");

  /** What an alert of the peer makes, a warning that is not the end among them. */
  private static final Set<String> TOLD_BY_ALERT =
      Stream.concat(
              NO_FAILURE.stream(),
              Stream.of(SslFailure.values())
                  .map(SslFailure::name)
                  .filter(name -> name.startsWith("PEER_") || name.equals("CANCELLED")))
          .collect(Collectors.toSet());

  /** The same, where user_canceled is waited behind for what does not come. */
  private static final Set<String> TOLD_BY_ALERT_OR_END =
      Stream.concat(TOLD_BY_ALERT.stream(), Stream.of("TRUNCATED")).collect(Collectors.toSet());

  private static final Set<Damage.Kind> CHANGED =
      EnumSet.of(
          Damage.Kind.BIT,
          Damage.Kind.MESSAGE,
          Damage.Kind.CUT,
          Damage.Kind.LONGER,
          Damage.Kind.LATE);

  /** Whatever was found wrong, or a peer that waits for the rest of a message. */
  private static final Set<String> REFUSED =
      Stream.concat(Stream.of(SslFailure.values()).map(SslFailure::name), Stream.of("ETIMEDOUT"))
          .collect(Collectors.toSet());

  /** What the libraries take differently; nothing in it is a matter of words. */
  private static final List<Listed> LISTED =
      List.of(
          new Listed(
              EnumSet.of(Damage.Kind.EMPTY),
              ENGINE,
              Set.of("UNEXPECTED_MESSAGE"),
              LIBRARIES,
              NO_FAILURE,
              "BoringSSL takes empty records of handshakes, which RFC 8446 5.1 forbids"),
          new Listed(
              EnumSet.of(Damage.Kind.WARNING),
              ENGINE,
              TOLD_BY_ALERT,
              LIBRARIES,
              NO_FAILURE,
              "the JDK's engine gives a handshake of TLS 1.2 up at a warning, BoringSSL does not"),
          new Listed(
              EnumSet.of(Damage.Kind.WARNING),
              Set.of(OPENSSL),
              Set.of("PEER_ALERT"),
              Set.of(BORINGSSL),
              NO_FAILURE,
              "OpenSSL ends at the warning no_renegotiation"),
          new Listed(
              EnumSet.of(Damage.Kind.FATAL, Damage.Kind.WARNING, Damage.Kind.CLOSE_NOTIFY),
              Set.of(OPENSSL),
              TOLD_BY_ALERT_OR_END,
              Set.of(JDK, BORINGSSL),
              Set.of("UNEXPECTED_MESSAGE"),
              "OpenSSL's server takes an alert in the clear of a client of TLS 1.3, which may have"
                  + " no keys yet"),
          new Listed(
              EnumSet.of(Damage.Kind.EMPTY),
              Set.of(OPENSSL),
              NO_FAILURE,
              Set.of(BORINGSSL),
              Set.of("UNEXPECTED_MESSAGE"),
              "OpenSSL takes a change_cipher_spec without content for nothing"),
          new Listed(
              EnumSet.of(Damage.Kind.CHANGE_CIPHER_SPEC, Damage.Kind.TWICE),
              ENGINE,
              Set.of("UNEXPECTED_MESSAGE"),
              LIBRARIES,
              NO_FAILURE,
              "the JDK's engine takes one change_cipher_spec in TLS 1.3, BoringSSL several"),
          new Listed(
              EnumSet.of(Damage.Kind.CHANGE_CIPHER_SPEC, Damage.Kind.LATE),
              ENGINE,
              NO_FAILURE,
              LIBRARIES,
              Set.of("UNEXPECTED_MESSAGE"),
              "the JDK's engine takes that one behind the Finished as well"),
          new Listed(
              EnumSet.of(
                  Damage.Kind.CHANGE_CIPHER_SPEC,
                  Damage.Kind.LATE,
                  Damage.Kind.LOST,
                  Damage.Kind.TYPE),
              ENGINE,
              Set.of("BAD_RECORD_MAC", "HANDSHAKE_NOT_AUTHENTIC", "MESSAGE_TOO_LONG"),
              LIBRARIES,
              Set.of("UNEXPECTED_MESSAGE"),
              "in TLS 1.2 the JDK's engine changes keys when it is told, BoringSSL when it is due"),
          new Listed(
              EnumSet.of(Damage.Kind.LOST, Damage.Kind.LATE),
              ENGINE,
              Set.of("MALFORMED_MESSAGE"),
              LIBRARIES,
              Set.of("UNEXPECTED_MESSAGE"),
              "without a certificate the JDK's engine takes a ServerKeyExchange for another kind"),
          new Listed(
              CHANGED,
              ANY,
              REFUSED,
              ANY,
              REFUSED,
              "of a message with several faults each finds the one that it looks for first, and what"
                  + " neither looks at the Finished of one of the sides finds"));

  /** What is done to the records of one honest side; the victim is the other one. */
  private record Attack(Damage damage, Protocol version, boolean victimServes, String peer) {
    @Override
    public String toString() {
      return "%s of record %d (seed %d) of a %s %s in %s"
          .formatted(
              damage.kind(),
              damage.index(),
              damage.seed(),
              peer,
              victimServes ? "client" : "server",
              version);
    }
  }

  /** An attack on a victim, and what the victim heard first. */
  private static final class Run {
    final Attack attack;
    final String victim;
    EventError error;
    String outcome = "nothing";

    Run(Attack attack, String victim) {
      this.attack = attack;
      this.victim = victim;
    }

    void heard(Event event) {
      if (outcome.equals("nothing")) {
        error = event instanceof EventError failed ? failed : null;
        outcome = error == null ? event.getClass().getSimpleName() : error.code();
      }
    }
  }

  private final Map<String, SslContext> contexts = new HashMap<>();
  private final List<Run> runs = new ArrayList<>();
  private Duration limit = LIMIT;
  private int atOnce = AT_ONCE;

  @Test
  void a_damaged_record_is_told_alike_by_all_providers() {
    agree(attacks());
  }

  @Test
  void every_alert_in_every_stage_is_told_alike_by_all_providers() {
    agree(alerts());
  }

  /** What differs is tried once more, with time enough for a machine that has much to do. */
  private void agree(Stream<Attack> attacks) {
    Map<Attack, String> faults = differences(attacks);
    assertThat(runs.size()).isGreaterThan(600);
    limit = LONG_LIMIT;
    atOnce = FEW_AT_ONCE;
    assertThat(differences(faults.keySet().stream()).values())
        .as("seed %s; before: %s", SEED, faults.values())
        .isEmpty();
  }

  private Map<Attack, String> differences(Stream<Attack> attacks) {
    runs.clear();
    Iterator<Run> all = attacks.flatMap(a -> PROVIDERS.stream().map(p -> new Run(a, p))).iterator();
    while (all.hasNext()) {
      Loops.runInline(loop -> batch(loop, all));
    }
    Map<Attack, Map<String, Run>> told = new HashMap<>();
    runs.forEach(
        run -> told.computeIfAbsent(run.attack, a -> new TreeMap<>()).put(run.victim, run));
    Map<Attack, String> faults = new HashMap<>();
    told.forEach((attack, both) -> compare(attack, both, faults));
    return faults;
  }

  /** The library of the system may be missing. */
  private static List<String> available(String... names) {
    Set<String> found =
        ServiceLoader.load(SslProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.unavailable() == null)
            .map(SslProvider::name)
            .collect(Collectors.toSet());
    return Stream.of(names).filter(found::contains).toList();
  }

  private static Stream<Attack> attacks() {
    Random random = new Random(SEED);
    List<Attack> all = new ArrayList<>();
    for (Damage.Kind kind : Damage.Kind.values()) {
      for (int index = 0; index < MOST_RECORDS; index++) {
        for (Protocol version : List.of(Protocol.TLS_1_2, Protocol.TLS_1_3)) {
          for (boolean serves : List.of(true, false)) {
            String peer = PROVIDERS.get(random.nextInt(PROVIDERS.size()));
            Damage damage = new Damage(kind, index, random.nextInt(1_000_000));
            all.add(new Attack(damage, version, serves, peer));
          }
        }
      }
    }
    return all.stream();
  }

  private static Stream<Attack> alerts() {
    Random random = new Random(SEED);
    List<Attack> all = new ArrayList<>();
    for (Damage.Kind kind : List.of(Damage.Kind.FATAL, Damage.Kind.WARNING)) {
      for (int alert = 0; alert < Damage.KINDS_OF_ALERTS; alert++) {
        for (Protocol version : List.of(Protocol.TLS_1_2, Protocol.TLS_1_3)) {
          for (int index = 0; index < 3; index++) {
            String peer = PROVIDERS.get(random.nextInt(PROVIDERS.size()));
            Damage damage = new Damage(kind, index, alert);
            all.add(new Attack(damage, version, random.nextBoolean(), peer));
          }
        }
      }
    }
    return all.stream();
  }

  /** A loop of a test has a bound in time. */
  private void batch(EventLoop loop, Iterator<Run> all) {
    int[] left = {200};
    for (int i = 0; i < atOnce; i++) {
      next(loop, all, left);
    }
  }

  private void next(EventLoop loop, Iterator<Run> all, int[] left) {
    if (left[0]-- > 0 && all.hasNext()) {
      begin(loop, all.next(), () -> next(loop, all, left));
    }
  }

  private void begin(EventLoop loop, Run run, Runnable done) {
    runs.add(run);
    Attack attack = run.attack;
    boolean serves = attack.victimServes;
    int[] open = {2};
    Runnable closed =
        () -> {
          if (--open[0] == 0) {
            done.run();
          }
        };
    int port = serve(loop, run, serves ? run.victim : attack.peer, closed);
    int between = DamagedTransit.open(loop, port, attack.damage, serves);
    Ssl.connect(loop, "127.0.0.1", between)
        .context(context(serves ? attack.peer : run.victim, attack.version, false))
        .handshakeTimeout(limit)
        .readTimeout(limit)
        .closeTimeout(limit)
        .onSecure((socket, session) -> socket.write("hello"))
        .onRead((socket, data) -> {
          data.position(data.limit());
          socket.close();
        })
        .onEvent(event -> {
          if (!serves) {
            run.heard(event);
          }
        })
        .onClose(closed)
        .open();
  }

  private int serve(EventLoop loop, Run run, String provider, Runnable closed) {
    AtomicReference<TcpServer> listening = new AtomicReference<>();
    TcpServer server =
        Ssl.server(loop, "127.0.0.1", 0)
            .context(context(provider, run.attack.version, true))
            .handshakeTimeout(limit)
            .readTimeout(limit)
            .closeTimeout(limit)
            .onConnect(socket -> listening.get().close())
            .onRead((socket, data) -> socket.write(data))
            .onEvent(event -> {
              if (run.attack.victimServes) {
                run.heard(event);
              }
            })
            .onClose(closed)
            .open();
    listening.set(server);
    return server.port();
  }

  /** The same suites and groups, so that messages are of the same size. */
  private SslContext context(String provider, Protocol version, boolean server) {
    return contexts.computeIfAbsent(
        provider + version + server,
        key -> {
          SslContextBuilder builder = server ? SslContext.server() : SslContext.client();
          builder
              .provider(provider)
              .credentials(
                  (server ? Pki.server(KeyType.RSA_2048) : Pki.client(KeyType.RSA_2048))
                      .credentials())
              .trust(Pki.TRUST)
              .groups("x25519")
              .minProtocol(version)
              .maxProtocol(version);
          return (server ? builder.clientAuth(ClientAuth.REQUIRED) : builder.sessions(0)).build();
        });
  }

  private static void compare(Attack attack, Map<String, Run> all, Map<Attack, String> faults) {
    List<Run> told = List.copyOf(all.values());
    for (Run run : told) {
      String wrong = wrong(run);
      if (wrong != null) {
        faults.put(attack, attack + " at " + run.victim + ": " + wrong + ": " + told(run));
      }
      for (Run other : told.subList(0, told.indexOf(run))) {
        if (!alike(run, other)) {
          String both = told(other) + " / " + told(run);
          faults.merge(attack, attack + ": " + both, (known, more) -> known + " and " + both);
        }
      }
    }
  }

  private static boolean alike(Run one, Run other) {
    Attack attack = one.attack;
    boolean ticket = // of TLS 1.2: whether a client's library asks for one moves the records
        attack.version == Protocol.TLS_1_2
            && !attack.victimServes
            && attack.damage.index() > 3
            && (NO_FAILURE.contains(one.outcome) || NO_FAILURE.contains(other.outcome));
    return ticket
        || one.outcome.equals(other.outcome)
        || LISTED.stream().anyMatch(listed -> listed.has(one, other));
  }

  private static String told(Run run) {
    if (!(run.error instanceof SslError ssl)) {
      return run.victim + " " + run.outcome;
    }
    return "%s %s %s %s %s (%s; %s)"
        .formatted(
            run.victim,
            ssl.code(),
            ssl.side(),
            ssl.stage(),
            ssl.alert().orElse("-"),
            ssl.detail().orElse(""),
            ssl.message());
  }

  private static String wrong(Run run) {
    if (!(run.error instanceof SslError ssl)) {
      return null;
    }
    String all = ssl.message() + ssl.detail() + ssl.getCause() + ssl.handshake() + ssl.hello();
    if (ssl.failure() == SslFailure.OTHER || ssl.failure() == SslFailure.BROKEN) {
      return "no failure of the peer";
    }
    if (ssl.side() != ssl.failure().side()) {
      return "a side that is not its failure's";
    }
    if (ssl.stage() == Stage.CLOSE) {
      return "a stage that was not reached";
    }
    return all.contains("zanzibar") || all.chars().anyMatch(c -> c < ' ') ? "payload" : null;
  }
}
