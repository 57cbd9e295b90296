package dev.ferrule.cli.check;

import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_2;
import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_3;

import dev.ferrule.cli.check.ServerAnswer.Chosen;
import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.CipherSuite.Auth;
import dev.ferrule.ssl.CipherSuite.Kx;
import dev.ferrule.ssl.ciphers.CipherTable;
import dev.ferrule.ssl.hello.Codes;
import dev.ferrule.ssl.hello.NamedGroup;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What hellos alone find out. Any thread. */
final class HelloProbes {
  private static final int PROTOCOL_VERSION = 70;
  private static final int INAPPROPRIATE_FALLBACK = 86;
  private static final int DEFLATE = 1;

  /** Values without meaning (RFC 8701). */
  private static final int GREASE = 0x8A8A;

  private static final List<Integer> GROUPS =
      Arrays.stream(NamedGroup.values()).map(NamedGroup::id).toList();

  private final Probe probe;

  HelloProbes(Probe probe) {
    this.probe = probe;
  }

  private ClientHelloDraft draft(int version) {
    return ClientHelloDraft.of(version, probe.peer().serverName());
  }

  /** An answer with another version than was offered is a refusal. */
  private ServerAnswer ask(int version, ClientHelloDraft hello) {
    ServerAnswer answer = probe.send(hello);
    return answer instanceof Chosen chosen && chosen.version() != version
        ? new ServerAnswer.Refused(PROTOCOL_VERSION)
        : answer;
  }

  /** The suites of a version; those that servers are likely to have are offered first. */
  Enumeration suites(int version) {
    List<Integer> candidates =
        CipherTable.SUITES.stream()
            .filter(each -> has(version, each))
            .sorted(Comparator.comparing(each -> each.kx().presharedKey() || isRare(each)))
            .map(CipherSuite::id)
            .toList();
    return Enumeration.of(
        candidates, suites -> ask(version, draft(version).suites(suites)), Chosen::suite);
  }

  private static boolean has(int version, CipherSuite suite) {
    return switch (suite.since()) {
      case TLS13 -> version == TLS_1_3;
      case TLS12 -> version == TLS_1_2;
      case TLS1, SSL3 -> version <= TLS_1_2;
    };
  }

  private static boolean isRare(CipherSuite suite) {
    return suite.auth() == CipherSuite.Auth.DSS || suite.kx().staticEcdh();
  }

  /** The newest version before TLS 1.3 that has suites with this key exchange, and these suites. */
  private record Older(int version, List<Integer> suites) {
    static Optional<Older> of(Map<Integer, Enumeration> suites, Kx... kinds) {
      List<Kx> wanted = List.of(kinds);
      for (int version = TLS_1_2; version >= ClientHelloDraft.TLS_1_0; version--) {
        Enumeration found = suites.getOrDefault(version, Enumeration.NONE);
        List<Integer> with =
            found.taken().stream()
                .filter(id -> {
                  CipherSuite suite = CipherTable.find(id);
                  return suite != null && wanted.contains(suite.kx());
                })
                .toList();
        if (!with.isEmpty()) {
          return Optional.of(new Older(version, with));
        }
      }
      return Optional.empty();
    }
  }

  Enumeration groupsBefore13(Map<Integer, Enumeration> suites) {
    return Older.of(suites, Kx.ECDHE)
        .map(with -> Enumeration.of(GROUPS, groups -> askGroups(with, groups), Chosen::group))
        .orElse(Enumeration.NONE);
  }

  /**
   * A server with an ECDSA certificate refuses hellos without the curve of that (RFC 8422 5.1.1),
   * though it would take another for the key exchange: the groups that are left out are offered
   * then, but last.
   */
  private ServerAnswer askGroups(Older with, List<Integer> groups) {
    ClientHelloDraft hello = draft(with.version()).suites(with.suites());
    ServerAnswer answer = ask(with.version(), hello.groups(groups));
    if (answer instanceof Chosen || groups.size() == GROUPS.size()) {
      return answer;
    }
    Stream<Integer> rest = GROUPS.stream().filter(each -> !groups.contains(each));
    return ask(with.version(), hello.groups(Stream.concat(groups.stream(), rest).toList()));
  }

  Enumeration groups13(List<Integer> suites) {
    return Enumeration.of(
        GROUPS,
        groups -> ask(TLS_1_3, draft(TLS_1_3).suites(suites).groups(groups)),
        Chosen::group);
  }

  /**
   * The signature schemes of TLS 1.2, for each kind of certificate on its own: a server may choose
   * a suite first and then find no scheme for it, though it has suites for another kind.
   */
  List<Integer> schemes12(Map<Integer, Enumeration> suites) {
    List<Integer> signed =
        Older.of(suites, Kx.ECDHE, Kx.DHE)
            .filter(with -> with.version() == TLS_1_2)
            .map(Older::suites)
            .orElse(List.of());
    return Stream.of(Auth.RSA, Auth.ECDSA, Auth.DSS)
        .map(kind -> signed.stream().filter(each -> isSignedBy(kind, each)).toList())
        .filter(kind -> !kind.isEmpty())
        .flatMap(kind -> schemes12(kind).stream())
        .distinct()
        .toList();
  }

  private List<Integer> schemes12(List<Integer> suites) {
    return Enumeration.of(
            Codes.knownSchemes(),
            schemes -> ask(TLS_1_2, draft(TLS_1_2).suites(suites).schemes(schemes)),
            Chosen::scheme)
        .taken();
  }

  private static boolean isSignedBy(Auth kind, int id) {
    CipherSuite suite = CipherTable.find(id);
    return suite != null && suite.auth() == kind;
  }

  // ---- how hellos are taken

  Facts.HelloFacts facts(Map<Integer, Enumeration> suites) {
    if (suites.isEmpty()) {
      return Facts.HelloFacts.UNKNOWN;
    }
    int newest = suites.keySet().stream().max(Integer::compare).orElseThrow();
    List<Integer> taken = taken(suites, newest);
    Optional<Chosen> older =
        suites.entrySet().stream()
            .filter(each -> each.getKey() < TLS_1_3)
            .max(Map.Entry.comparingByKey())
            .map(each -> each.getValue().answers().getFirst());
    ClientHelloDraft usual = draft(newest).suites(taken);
    return new Facts.HelloFacts(
        older.map(answer -> answer.has(ClientHelloDraft.RENEGOTIATION_INFO)),
        older.map(answer -> answer.has(ClientHelloDraft.EXTENDED_MASTER_SECRET)),
        older.map(answer -> compresses(answer.version(), suites)),
        fallback(suites),
        understood(probe.send(usual.records(64), Integer.MAX_VALUE)),
        understood(probe.send(usual.records(), 100)),
        newest == TLS_1_3
            ? understood(probe.send(draft(TLS_1_3).suites(taken).postQuantumShare()))
            : understood(
                probe.send(
                    draft(newest)
                        .suites(taken)
                        .extension(ClientHelloDraft.PADDING, new byte[1600]))),
        understood(probe.send(unknown(newest, taken))),
        newerVersion(suites),
        understood(probe.send(draft(newest).suites(taken).without(ClientHelloDraft.SERVER_NAME))),
        older.map(answer -> answer.has(ClientHelloDraft.SESSION_TICKET)),
        older.flatMap(answer -> identifier(answer.version(), suites)));
  }

  private static List<Integer> taken(Map<Integer, Enumeration> suites, int version) {
    return suites.getOrDefault(version, Enumeration.NONE).taken();
  }

  private Optional<Boolean> understood(ServerAnswer answer) {
    return answer instanceof ServerAnswer.Silent && probe.gaveUp()
        ? Optional.empty()
        : Optional.of(answer instanceof Chosen);
  }

  private Optional<Boolean> identifier(int version, Map<Integer, Enumeration> suites) {
    ServerAnswer answer =
        probe.send(
            draft(version).suites(taken(suites, version)).without(ClientHelloDraft.SESSION_TICKET));
    return answer instanceof Chosen chosen ? Optional.of(chosen.sessionId()) : Optional.empty();
  }

  private boolean compresses(int version, Map<Integer, Enumeration> suites) {
    List<Integer> taken = taken(suites, version);
    return probe.send(draft(version).suites(taken).deflate()) instanceof Chosen answer
        && answer.compression() == DEFLATE;
  }

  /** Of two versions, the older with the signal of a client that fell back. */
  private Optional<Boolean> fallback(Map<Integer, Enumeration> suites) {
    List<Integer> versions = suites.keySet().stream().sorted(Comparator.reverseOrder()).toList();
    if (versions.size() < 2) {
      return Optional.empty();
    }
    int second = versions.get(1);
    ServerAnswer answer =
        probe.send(
            draft(second).suites(taken(suites, second)).signal(ClientHelloDraft.FALLBACK_SCSV));
    return switch (answer) {
      case ServerAnswer.Refused(int alert) -> Optional.of(alert == INAPPROPRIATE_FALLBACK);
      case Chosen _ -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private ClientHelloDraft unknown(int version, List<Integer> suites) {
    ClientHelloDraft hello =
        draft(version)
            .suites(Stream.concat(Stream.of(GREASE), suites.stream()).toList())
            .extension(GREASE, new byte[] {0});
    if (version >= ClientHelloDraft.TLS_1_0) {
      hello.groups(Stream.concat(Stream.of(GREASE), GROUPS.stream()).toList());
    }
    if (version >= TLS_1_2) {
      hello.schemes(Stream.concat(Stream.of(GREASE), Codes.knownSchemes().stream()).toList());
    }
    if (version == TLS_1_3) {
      hello.extension(
          ClientHelloDraft.SUPPORTED_VERSIONS,
          new byte[] {4, (byte) (GREASE >> 8), (byte) GREASE, 3, 4});
    }
    return hello;
  }

  /** By the field that servers before TLS 1.3 go by (RFC 5246 E.1). */
  private Optional<Boolean> newerVersion(Map<Integer, Enumeration> suites) {
    Optional<Integer> older =
        suites.keySet().stream().filter(version -> version <= TLS_1_2).max(Integer::compare);
    return older.flatMap(version ->
        understood(
            probe.send(draft(version).suites(taken(suites, version)).legacyVersion(TLS_1_3 + 1))));
  }
}
