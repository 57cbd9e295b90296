package dev.ferrule.ssl;

import dev.ferrule.ssl.CipherSuite.Kx;
import dev.ferrule.ssl.CipherSuite.Mac;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.ciphers.CipherTable;
import dev.ferrule.ssl.spi.WireFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Looks for what is weak in the settings of a context, and in what its provider makes of them. */
final class SslAudit {
  private final Set<SslFinding> findings = new LinkedHashSet<>(); // certificates share settings
  private final Instant now;

  private SslAudit(Instant now) {
    this.now = now;
  }

  /** The findings at a time, the worst first. */
  static List<SslFinding> of(SslContext context, Instant now) {
    SslAudit audit = new SslAudit(now);
    context.factories().forEach(audit::examine);
    return audit.findings.stream()
        .sorted(Comparator.comparing(SslFinding::severity).reversed())
        .toList();
  }

  private void examine(WireFactory wires) {
    SslSettings settings = wires.settings();
    if (settings == null) {
      add(
          Severity.INFO,
          "OUTSIDE_CONTEXT",
          "the context was made outside, and what it verifies and shows is not known",
          "look where it is made");
      return;
    }
    versions(wires);
    suites(wires);
    if (!settings.server()) {
      verification(settings);
    }
    keyLog(settings.keyLog());
    tickets(settings.tickets().keys());
    settings.options().forEach(this::option);
    if (settings.credentials() != null) {
      new CertificateAudit(settings, now, findings::add).examine();
    }
  }

  private void versions(WireFactory wires) {
    List<String> old = new ArrayList<>(wires.protocols());
    old.removeAll(List.of(Protocol.TLS_1_2.toString(), Protocol.TLS_1_3.toString()));
    if (!old.isEmpty()) {
      add(
          Severity.WARNING,
          "OLD_PROTOCOL",
          "versions that RFC 8996 gave up are spoken: " + String.join(", ", old),
          "leave minProtocol at TLSv1.2");
    }
  }

  private void suites(WireFactory wires) {
    suites(
        wires,
        suite -> !suite.kx().forwardSecret(),
        "NO_FORWARD_SECRECY",
        "suites without forward secrecy, whose recordings the server's key opens later, are"
            + " offered: ");
    suites(
        wires,
        suite -> suite.mac() != Mac.AEAD && suite.kx() != Kx.ANY,
        "NO_AEAD",
        "suites without authenticated encryption (AEAD) are offered: ");
  }

  private void suites(
      WireFactory wires, Predicate<CipherSuite> weak, String code, String sentence) {
    List<String> names =
        wires.cipherSuites().stream()
            .map(CipherTable::find)
            .filter(Objects::nonNull)
            .filter(weak)
            .map(CipherSuite::iana)
            .toList();
    if (!names.isEmpty()) {
      add(
          Severity.WARNING,
          code,
          sentence + String.join(", ", names),
          "leave ciphers out, or take the policy INTERMEDIATE");
    }
  }

  private void verification(SslSettings settings) {
    switch (settings.verify()) {
      case NONE ->
          add(
              Severity.ERROR,
              "NOT_VERIFIED",
              "servers are not verified, so that anybody in between can read and change everything",
              "leave verify out, and trust the issuer");
      case CHAIN -> {
        if (settings.pins().isEmpty()) {
          add(
              Severity.WARNING,
              "HOST_NOT_VERIFIED",
              "the host of servers is not verified, so that any server with a certificate of a"
                  + " trusted issuer passes for it",
              "leave verify out, or give serverName");
        }
      }
      case PINS, CHAIN_AND_HOST -> {}
    }
  }

  private void keyLog(@Nullable SslKeyLog log) {
    if (log != null) {
      add(
          Severity.WARNING,
          "KEY_LOG",
          "every secret of its connections is written to " + log + ", and opens recordings of them",
          "leave keyLog out where the program is used");
    }
  }

  private void tickets(@Nullable SslTicketKeys keys) {
    if (keys != null && keys.areFixed()) {
      add(
          Severity.WARNING,
          "TICKETS_NEVER_ROTATED",
          "the keys of session tickets never change, so that who gets one resumes the sessions of"
              + " all time, and reads the recordings of those of TLS 1.2",
          "take SslTicketFile for a file of keys, or SslTicketKeys.rotated or derived");
    }
  }

  private void option(SslOption option) {
    String what =
        switch (option) {
          case ALLOW_SHA1_CERTIFICATES -> "certificates signed with SHA-1, which can be forged,";
          case ALLOW_MD5_CERTIFICATES -> "certificates signed with MD5, which are easy to forge,";
          case ALLOW_SHORT_KEYS -> "certificates with short keys";
          case ALLOW_SHA1_HANDSHAKE -> "handshakes signed with SHA-1 (RFC 9155)";
          case LEGACY_SERVER_CONNECT -> "servers without secure renegotiation (RFC 5746)";
          case NO_EXTENDED_MASTER_SECRET -> "sessions that are not tied to their peers (RFC 7627)";
          default -> null;
        };
    if (what != null) {
      add(
          Severity.WARNING,
          "WEAK_PEERS_ALLOWED",
          what + " are accepted of peers",
          "leave the option " + option + " out once no peer needs it");
    }
  }

  private void add(Severity severity, String code, String sentence, String advice) {
    findings.add(new SslFinding(severity, code, sentence, advice));
  }
}
