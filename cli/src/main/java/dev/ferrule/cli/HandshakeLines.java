package dev.ferrule.cli;

import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpError;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslHandshakeFacts;
import dev.ferrule.ssl.SslHandshakeFacts.PeerCertificate;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code --verbose} says of a handshake that failed: a few lines, aligned. */
final class HandshakeLines {
  private static final int MOST_NAMES = 8;
  private static final Duration SHOWN = Duration.ofNanos(50_000); // which is 0.1 ms, rounded

  private final List<String> lines = new ArrayList<>();

  private HandshakeLines() {}

  /** The lines about an error; none where it was no handshake that failed. */
  static List<String> of(EventError error) {
    HandshakeLines told = new HandshakeLines();
    if (error instanceof SslError ssl) {
      told.failure(ssl);
    }
    facts(error).ifPresent(told::facts);
    return told.lines;
  }

  private static Optional<SslHandshakeFacts> facts(EventError error) {
    if (error instanceof SslError ssl && ssl.handshake().isPresent()) {
      return ssl.handshake(); // also of a handshake that was refused when it was done
    }
    return error instanceof TcpError tcp && tcp.socket() instanceof SslSocket socket
        ? socket.failedHandshake()
        : Optional.empty();
  }

  private void add(String title, String text) {
    lines.add("  %-8s  %s".formatted(title, text));
  }

  private void failure(SslError error) {
    String finder = error.side() == SslError.Side.OURS ? "this side" : "the peer";
    add(
        "failure",
        error.code()
            + ", found by "
            + finder
            + " at the stage "
            + error.stage()
            + error.alert().map(alert -> ", alert " + alert).orElse(", without an alert"));
    error.detail().ifPresent(detail -> add("detail", detail));
  }

  private void facts(SslHandshakeFacts facts) {
    facts.client().ifPresent(this::client);
    SslHandshakeFacts.Offer own = facts.own();
    add(
        facts.server() ? "server" : "client",
        "this side: "
            + offer(own.protocols(), own.cipherSuites(), own.groups(), own.applications()));
    facts
        .answer()
        .ifPresent(answer ->
            add(
                "answer",
                answer.protocol()
                    + " "
                    + answer.cipherSuite()
                    + answer.group().map(group -> ", group " + group).orElse("")));
    for (int i = 0; i < facts.peerCertificates().size(); i++) {
      boolean refused = facts.refused().isPresent() && facts.refused().getAsInt() == i;
      certificate(i, facts.peerCertificates().get(i), refused);
    }
    times(facts.times());
    if (facts.sent() + facts.received() > 0) {
      add("bytes", facts.sent() + " sent, " + facts.received() + " received");
    }
  }

  private void client(SslHello hello) {
    String name = hello.serverName().map(host -> "asks for " + SafeText.of(host) + ": ").orElse("");
    add(
        "client",
        name + offer(hello.versions(), hello.cipherSuites(), hello.groups(), hello.alpn()));
  }

  private static String offer(
      List<String> protocols, List<String> suites, List<String> groups, List<String> alpn) {
    return list(protocols)
        + " with "
        + list(suites)
        + (groups.isEmpty() ? "" : "; groups " + list(groups))
        + (alpn.isEmpty() ? "" : "; ALPN " + list(alpn));
  }

  private static String list(List<String> names) {
    String shown =
        names.stream().limit(MOST_NAMES).map(SafeText::of).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  private void certificate(int place, PeerCertificate certificate, boolean refused) {
    add(
        place == 0 ? "peer" : "",
        (place + 1)
            + ". "
            + (certificate.subject().isEmpty() ? "no subject" : certificate.subject())
            + (certificate.names().isEmpty() ? "" : " (" + list(certificate.names()) + ")")
            + ", issued by "
            + certificate.issuer()
            + ", valid "
            + certificate.notBefore()
            + " to "
            + certificate.notAfter()
            + (refused ? " <- it is about this one" : ""));
  }

  private void times(SslHandshakeFacts.Times times) {
    List<String> parts = new ArrayList<>();
    part(parts, times.resolving(), "resolving");
    part(parts, times.connecting(), "connecting");
    part(parts, times.waitingForPeer(), "waiting for the peer");
    part(parts, times.waitingForProgram(), "waiting for the program");
    part(parts, times.waitingForThread(), "waiting for a thread");
    part(parts, times.computing(), "computing");
    if (!parts.isEmpty()) {
      add("time", String.join(", ", parts));
    }
  }

  private static void part(List<String> parts, Duration time, String what) {
    if (time.compareTo(SHOWN) >= 0) {
      parts.add(String.format(Locale.ROOT, "%.1f ms %s", time.toNanos() / 1e6, what));
    }
  }
}
