package dev.ferrule.ssl;

import dev.ferrule.connection.OpeningTimes;
import dev.ferrule.connection.OpeningTimes.Phase;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.host.SafeText;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslHandshakeFacts.Answer;
import dev.ferrule.ssl.SslHandshakeFacts.Offer;
import dev.ferrule.ssl.SslHandshakeFacts.PeerCertificate;
import dev.ferrule.ssl.SslHandshakeFacts.Times;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.hello.Observed;
import dev.ferrule.ssl.spi.WireFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is known of a handshake that failed, for its error and its socket. On the loop's
 * thread; it asks no provider's object, on which a task may work.
 */
final class FailedHandshake {
  private static final int MOST_NAMES = 20;

  private FailedHandshake() {}

  /** Adds the facts; {@code wires} is what a client has, or what most of a server's clients get. */
  static void tell(
      EventError error,
      Endpoint socket,
      @Nullable Wire wire,
      Times times,
      long sent,
      long received,
      WireFactory wires,
      boolean server,
      @Nullable String host) {
    Observed observed = wire instanceof Observed known ? known : null;
    HelloObserver hellos = observed == null ? null : observed.hellos();
    List<X509Certificate> chain = hellos == null ? List.of() : hellos.shown();
    SslHandshakeFacts facts =
        new SslHandshakeFacts(
            server,
            Optional.ofNullable(host),
            Optional.ofNullable(observed == null ? null : observed.said()),
            offer(wires),
            Optional.ofNullable(hellos == null ? null : answer(hellos)),
            chain.stream().map(FailedHandshake::certificate).toList(),
            refused(chain, hellos == null ? null : hellos.refused()),
            times,
            sent,
            received);
    if (error instanceof SslError ssl) {
      ssl.handshake(facts);
    }
    if (socket instanceof SslSocket ours) {
      ours.failed(facts);
    }
  }

  /**
   * The same of a handshake that was done here, when a server of TLS 1.3 had not yet looked at the
   * client's certificate. Of that there is the session only: nothing more is kept for it.
   */
  static void tellLate(
      EventError error, Endpoint socket, WireFactory wires, @Nullable String host) {
    if (error instanceof SslError ssl && socket instanceof SslSocket ours) {
      ours.session().ifPresent(agreed -> ssl.handshake(late(agreed, wires, host)));
    }
  }

  private static SslHandshakeFacts late(
      SslSession agreed, WireFactory wires, @Nullable String host) {
    return new SslHandshakeFacts(
        false,
        Optional.ofNullable(host),
        Optional.empty(),
        offer(wires),
        Optional.of(new Answer(agreed.protocol().toString(), agreed.cipher(), agreed.group())),
        agreed.peerChain().stream().map(FailedHandshake::certificate).toList(),
        OptionalInt.empty(),
        Times.UNKNOWN,
        0,
        0);
  }

  private static Offer offer(WireFactory wires) {
    return new Offer(wires.protocols(), wires.cipherSuites(), wires.groups(), wires.applications());
  }

  private static @Nullable Answer answer(HelloObserver hellos) {
    var chosen = hellos.answer();
    return chosen == null
        ? null
        : new Answer(chosen.version(), chosen.cipherSuite(), chosen.group());
  }

  private static OptionalInt refused(
      List<X509Certificate> chain, @Nullable X509Certificate refused) {
    int place = refused == null ? -1 : chain.indexOf(refused);
    return place < 0 ? OptionalInt.empty() : OptionalInt.of(place);
  }

  private static PeerCertificate certificate(X509Certificate each) {
    try {
      SslIdentity names = SslIdentity.of(each);
      return new PeerCertificate(
          SafeText.of(names.subject()),
          SafeText.of(each.getIssuerX500Principal().getName()),
          each.getNotBefore().toInstant(),
          each.getNotAfter().toInstant(),
          Stream.of(names.dnsNames(), names.uris(), names.emails(), names.addresses())
              .flatMap(List::stream)
              .limit(MOST_NAMES)
              .map(SafeText::of)
              .toList());
    } catch (RuntimeException e) { // the JDK reads parts of it when they are asked for
      return new PeerCertificate("unreadable", "", Instant.EPOCH, Instant.EPOCH, List.of());
    }
  }

  /** Where the time went. */
  static Times times(OpeningTimes measured) {
    return new Times(
        measured.in(Phase.RESOLVING),
        measured.in(Phase.CONNECTING),
        measured.in(Phase.PEER),
        measured.in(Phase.PROGRAM),
        measured.in(Phase.THREAD),
        measured.in(Phase.COMPUTING));
  }
}
