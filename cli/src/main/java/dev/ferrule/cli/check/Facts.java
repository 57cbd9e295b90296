package dev.ferrule.cli.check;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.ciphers.CipherTable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that was found out about a server, unjudged but for its certificates. An empty Optional is
 * what could not be found out. Immutable.
 *
 * @param peer the server
 * @param addresses all of the host, of which the peer has one
 * @param at when it began
 * @param took how long it took
 * @param connections how many were made
 * @param complete false when it was given up, by the time limit or because of silence
 * @param steps how long the steps of one connection took
 * @param ssl2 whether SSL 2 is spoken
 * @param suites by the number of the version; without versions that are not spoken
 * @param groups12 groups before TLS 1.3
 * @param groups13 groups of TLS 1.3
 * @param schemes12 signature schemes of TLS 1.2, by their numbers
 * @param schemes13 signature schemes of TLS 1.3, by IANA's names
 * @param session what Ferrule's own client agreed on; empty when it could not
 * @param sessionFailure why it could not
 * @param chains the server's certificates, each chain once
 * @param chainsLeftOut whether it showed more than are kept
 * @param resumption what is resumed
 * @param alpn application protocols that are taken, in the order of the server
 * @param hello how hellos are taken
 * @param renegotiation what a client's wish to renegotiate leads to
 * @param close how the server ends a connection that its client has ended
 * @param http whether it was asked by HTTP
 * @param hsts the value of Strict-Transport-Security in its answer
 */
record Facts(
    Peer peer,
    List<String> addresses,
    Instant at,
    Duration took,
    int connections,
    boolean complete,
    List<Step> steps,
    boolean ssl2,
    NavigableMap<Integer, Enumeration> suites,
    Enumeration groups12,
    Enumeration groups13,
    List<Integer> schemes12,
    List<String> schemes13,
    Optional<SslSession> session,
    Optional<String> sessionFailure,
    List<ChainFacts> chains,
    boolean chainsLeftOut,
    Resumption resumption,
    List<String> alpn,
    HelloFacts hello,
    JdkClient.Renegotiation renegotiation,
    Encrypted.Close close,
    boolean http,
    Optional<String> hsts) {

  Facts {
    suites = Collections.unmodifiableNavigableMap(new TreeMap<>(suites));
  }

  /** A step of a connection. */
  record Step(String name, Duration time) {}

  /**
   * What is resumed.
   *
   * @param tls12 in TLS 1.2
   * @param tls13 in TLS 1.3, which is by tickets
   */
  record Resumption(Encrypted.Resumed tls12, Encrypted.Resumed tls13) {}

  /**
   * How hellos are taken.
   *
   * @param secureRenegotiation whether RFC 5746 is followed (before TLS 1.3)
   * @param extendedMasterSecret whether RFC 7627 is followed (before TLS 1.3)
   * @param compression whether records are compressed when the client offers that
   * @param fallback whether an older version is refused to a client that says it could do better
   *     (RFC 7507)
   * @param splitRecords whether a hello in several records is understood
   * @param splitSegments whether a hello in several segments of TCP is understood
   * @param largeHello whether a hello with a post-quantum key share is understood
   * @param unknownValues whether values that nobody knows are passed over (RFC 8701)
   * @param newerVersion whether a version that does not exist yet is negotiated down
   * @param withoutName whether a client that names no host is served
   * @param ticket whether sessions get tickets before TLS 1.3 (RFC 5077)
   * @param identifier whether sessions of clients without tickets get identifiers before TLS 1.3
   */
  record HelloFacts(
      Optional<Boolean> secureRenegotiation,
      Optional<Boolean> extendedMasterSecret,
      Optional<Boolean> compression,
      Optional<Boolean> fallback,
      Optional<Boolean> splitRecords,
      Optional<Boolean> splitSegments,
      Optional<Boolean> largeHello,
      Optional<Boolean> unknownValues,
      Optional<Boolean> newerVersion,
      Optional<Boolean> withoutName,
      Optional<Boolean> ticket,
      Optional<Boolean> identifier) {
    static final HelloFacts UNKNOWN =
        new HelloFacts(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  boolean speaks(int version) {
    return suites.containsKey(version);
  }

  /** All suites that are known by name, of all versions. */
  Stream<CipherSuite> allSuites() {
    return suites.values().stream()
        .flatMap(each -> each.taken().stream())
        .distinct()
        .map(CipherTable::find)
        .filter(Objects::nonNull);
  }

  /** The group of each handshake that was seen. */
  Set<Integer> groups() {
    return Stream.of(groups12, groups13)
        .flatMap(each -> each.taken().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The smallest prime of DHE in bits; 0 when there is none. */
  int leastDhBits() {
    return suites.values().stream()
        .flatMap(each -> each.answers().stream())
        .mapToInt(ServerAnswer.Chosen::dhBits)
        .filter(bits -> bits > 0)
        .min()
        .orElse(0);
  }
}
