package dev.ferrule.cli.check;

import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_3;
import static dev.ferrule.ssl.SslFinding.Severity.ERROR;
import static dev.ferrule.ssl.SslFinding.Severity.INFO;
import static dev.ferrule.ssl.SslFinding.Severity.WARNING;

import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.hello.NamedGroup;
import dev.ferrule.ssl.trust.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What of the facts somebody should know, the worst first, beside what lowers the grade. */
final class Findings {
  private static final long SOON = 21; // days
  private static final Duration LONGEST_LIFE = Duration.ofDays(398); // CA/B Forum, 2020

  private final Facts facts;
  private final List<SslFinding> found = new ArrayList<>();

  private Findings(Facts facts) {
    this.facts = facts;
  }

  static List<SslFinding> of(Facts facts) {
    Findings findings = new Findings(facts);
    facts.chains().forEach(findings::chain);
    findings.versions();
    findings.hellos();
    findings.connections();
    findings.found.sort(Comparator.comparing(SslFinding::severity).reversed());
    return List.copyOf(findings.found);
  }

  private void add(Severity severity, String code, String sentence, String advice) {
    SslFinding finding = new SslFinding(severity, code, sentence, advice);
    if (!found.contains(finding)) {
      found.add(finding);
    }
  }

  private void chain(ChainFacts chain) {
    Instant now = facts.at();
    String name = "the certificate of " + ChainFacts.subject(chain.leaf());
    chain.refusal().ifPresent(sentence -> refused(chain, sentence));
    chain
        .hostFault()
        .ifPresent(sentence ->
            add(
                ERROR,
                "NAME_MISMATCH",
                sentence,
                "have it issued for the name that clients ask for"));
    long days = chain.daysLeft(now);
    if (days >= 0 && days < SOON) {
      add(WARNING, "EXPIRES_SOON", name + " or one above it ends in " + days + " days", "renew it");
    }
    if (!chain.ordered()) {
      add(
          WARNING,
          "CHAIN_ORDER",
          name + " comes with others that are not in order",
          "send each before that of its issuer (RFC 5246 7.4.2)");
    }
    if (chain.sendsRoot()) {
      add(INFO, "ROOT_SENT", name + " comes with a root", "leave it out: clients have their own");
    }
    Duration life =
        Duration.between(
            chain.leaf().getNotBefore().toInstant(), chain.leaf().getNotAfter().toInstant());
    if (life.compareTo(LONGEST_LIFE) > 0 && chain.trustedBy().isPresent()) {
      add(
          INFO,
          "LONG_LIFE",
          name + " is valid for " + life.toDays() + " days",
          "public authorities may issue for 398 at most, and soon for less");
    }
    staple(chain, name);
  }

  private void refused(ChainFacts chain, String sentence) {
    boolean lacks =
        chain.reason() == Reason.UNKNOWN_ISSUER
            && chain.certificates().stream().noneMatch(ChainFacts::isSelfIssued);
    add(
        ERROR,
        chain.reason() == null ? "UNTRUSTED" : chain.reason().name(),
        sentence,
        lacks
            ? "send the certificates of the issuers behind it, if it has any between it and a root"
            : "clients will refuse it");
  }

  private void staple(ChainFacts chain, String name) {
    ChainFacts.Staple staple = chain.staple();
    if (chain.mustStaple() && !staple.sent()) {
      add(
          ERROR,
          "STAPLE_MISSING",
          name + " demands an OCSP response (must-staple), and none came",
          "switch stapling on: clients refuse it without");
    }
    staple
        .fault()
        .ifPresent(fault ->
            add(
                ERROR,
                "STAPLE_BAD",
                "the OCSP response " + fault,
                "have the server fetch a new one"));
  }

  private void versions() {
    if (facts.speaks(TLS_1_3)
        && facts.groups13().taken().stream().noneMatch(Findings::postQuantum)) {
      add(
          INFO,
          "NO_POST_QUANTUM",
          "there is no post-quantum key exchange",
          "switch X25519MLKEM768 on: what is recorded today can be read when quantum computers"
              + " exist");
    }
    facts
        .suites()
        .forEach((version, found) -> {
          if (version < TLS_1_3 && found.taken().size() > 1 && !found.serverOrder()) {
            add(
                INFO,
                "CLIENT_ORDER",
                "the client's order of suites decides in "
                    + dev.ferrule.ssl.hello.Codes.version(version),
                "of no harm when all of them are good");
          }
        });
  }

  static boolean postQuantum(int group) {
    return NamedGroup.ofId(group).filter(NamedGroup::isPostQuantum).isPresent();
  }

  private void hellos() {
    Facts.HelloFacts hello = facts.hello();
    no(
        hello.splitRecords(),
        WARNING,
        "SPLIT_RECORDS",
        "a hello in several records is not understood",
        "it is allowed (RFC 8446 5.1), and clients send such");
    no(
        hello.splitSegments(),
        ERROR,
        "SPLIT_SEGMENTS",
        "a hello in several segments of TCP is not understood",
        "something between takes one read for a whole hello; large hellos fail");
    no(
        hello.largeHello(),
        ERROR,
        "LARGE_HELLO",
        "a hello of more than one segment is not understood",
        "browsers send such, with a post-quantum key share: update what is in front");
    no(
        hello.unknownValues(),
        ERROR,
        "UNKNOWN_VALUES",
        "a hello with values that nobody knows is not understood",
        "browsers send such (RFC 8701); they are to be passed over");
    no(
        hello.newerVersion(),
        WARNING,
        "VERSION_INTOLERANT",
        "a version that does not exist yet is refused instead of negotiated down",
        "clients would have to fall back (RFC 5246 E.1)");
    no(
        hello.fallback(),
        INFO,
        "NO_FALLBACK_SCSV",
        "a client that falls back to an older version is not refused (RFC 7507)",
        "it protects clients that retry with older versions");
    no(
        hello.extendedMasterSecret(),
        INFO,
        "NO_EXTENDED_MASTER_SECRET",
        "TLS 1.2 is without the extended master secret (RFC 7627)",
        "update the library");
    no(
        hello.withoutName(),
        INFO,
        "NAME_NEEDED",
        "a client that names no host (SNI) is refused",
        "of no harm, unless old clients are expected");
  }

  private void no(
      Optional<Boolean> fact, Severity severity, String code, String sentence, String advice) {
    if (!fact.orElse(true)) {
      add(severity, code, sentence, advice);
    }
  }

  private void connections() {
    boolean wantsCertificate =
        facts.suites().values().stream()
            .flatMap(each -> each.answers().stream())
            .anyMatch(ServerAnswer.Chosen::asksCertificate);
    boolean wantsKey =
        facts.allSuites().findAny().isPresent()
            && facts.allSuites().allMatch(suite -> suite.kx().presharedKey());
    facts
        .sessionFailure()
        .ifPresent(failure ->
            add(
                wantsCertificate || wantsKey ? INFO : ERROR,
                "NO_HANDSHAKE",
                "a whole handshake was not possible: "
                    + (wantsKey
                        ? "the server takes only suites with a pre-shared key"
                        : wantsCertificate ? "the server asks clients for a certificate" : failure),
                "what is behind the handshake was not looked at"));
    if (facts.renegotiation() == JdkClient.Renegotiation.ACCEPTED) {
      add(
          WARNING,
          "CLIENT_RENEGOTIATION",
          "clients can renegotiate",
          "switch it off: it costs the server more than the client");
    }
    switch (facts.close()) {
      case UNNOTIFIED ->
          add(
              INFO,
              "NO_CLOSE_NOTIFY",
              "connections end without close_notify",
              "clients cannot tell the end from a cut (RFC 8446 6.1)");
      case RESET ->
          add(
              INFO,
              "RESET_AT_CLOSE",
              "connections end by RST",
              "what was on its way to the client is lost");
      case NOTIFIED, OPEN, UNKNOWN -> {}
    }
    Stream.of(facts.resumption().tls13(), facts.resumption().tls12())
        .flatMap(each -> each.failure().stream())
        .forEach(failure ->
            add(
                INFO,
                "REFUSED_BEHIND_HANDSHAKE",
                "a connection failed behind its handshake: " + failure,
                "what a server does there, such as resuming sessions, is unknown"));
    if (facts.chainsLeftOut()) {
      add(
          WARNING,
          "MANY_CHAINS",
          "the server shows more than "
              + KeptChains.MOST
              + " chains of certificates, or very long ones: the rest was not looked at",
          "show each client the same");
    }
    if (!facts.complete()) {
      add(
          WARNING,
          "INCOMPLETE",
          "not all was asked: the server stopped answering, or the time was over",
          "try --parallel 1, or a longer --max-time");
    }
  }
}
