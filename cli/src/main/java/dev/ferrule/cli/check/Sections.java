package dev.ferrule.cli.check;

import static dev.ferrule.cli.check.ClientHelloDraft.SSL_3;
import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_2;
import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_3;

import dev.ferrule.cli.cert.CertificateText;
import dev.ferrule.cli.check.Section.Mark;
import dev.ferrule.cli.check.Section.Row;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.ciphers.CipherTable;
import dev.ferrule.ssl.hello.Codes;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** A report in words, for the table and the page alike. */
final class Sections {
  private final Facts facts;
  private final Report report;

  private Sections(Report report) {
    this.report = report;
    this.facts = report.facts();
  }

  static List<Section> of(Report report) {
    Sections words = new Sections(report);
    List<Section> all = new ArrayList<>();
    all.add(words.grade());
    if (!report.findings().isEmpty()) {
      all.add(words.findings());
    }
    all.add(words.versions());
    report
        .facts()
        .suites()
        .descendingMap()
        .forEach((version, suites) -> all.add(words.suites(version, suites)));
    all.add(words.keyExchange());
    for (ChainFacts chain : report.facts().chains()) {
      all.add(words.chain(chain));
    }
    all.add(words.sessions());
    all.add(words.hellos());
    all.add(words.times());
    return List.copyOf(all);
  }

  private Section grade() {
    Grade grade = report.grade();
    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row(
            grade.letter().toString(),
            "score %d of 100: versions %d, key exchange %d, ciphers %d"
                .formatted(grade.score(), grade.protocol(), grade.keyExchange(), grade.cipher()),
            mark(grade.letter())));
    grade.reasons().forEach(reason -> rows.add(new Row("because", reason, Mark.WEAK)));
    return new Section("Grade", rows);
  }

  static Mark mark(Grade.Letter letter) {
    return letter.reaches(Grade.Letter.A_MINUS)
        ? Mark.GOOD
        : letter.reaches(Grade.Letter.C) ? Mark.WEAK : Mark.BAD;
  }

  private Section findings() {
    return new Section(
        "Findings",
        report.findings().stream()
            .map(each ->
                new Row(
                    each.severity().name().toLowerCase(Locale.ROOT), each.toString(), mark(each)))
            .toList());
  }

  private static Mark mark(SslFinding finding) {
    return switch (finding.severity()) {
      case ERROR -> Mark.BAD;
      case WARNING -> Mark.WEAK;
      case INFO -> Mark.PLAIN;
    };
  }

  private Section versions() {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("SSLv2", facts.ssl2() ? "yes" : "no", facts.ssl2() ? Mark.BAD : Mark.PLAIN));
    for (int version = SSL_3; version <= TLS_1_3; version++) {
      boolean on = facts.speaks(version);
      Mark mark = !on ? Mark.PLAIN : version >= TLS_1_2 ? Mark.GOOD : Mark.WEAK;
      rows.add(new Row(Codes.version(version), on ? "yes" : "no", mark));
    }
    return new Section("Versions", rows);
  }

  private Section suites(int version, Enumeration found) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < found.taken().size(); i++) {
      ServerAnswer.Chosen answer = found.answers().get(i);
      int id = found.taken().get(i);
      CipherSuite suite = CipherTable.find(id);
      if (suite != null) {
        rows.add(new Row(suite.iana(), described(suite, answer), mark(suite)));
      }
    }
    String order = found.serverOrder() ? "in the server's order" : "in the client's order";
    String title = "Suites of " + Codes.version(version);
    return new Section(found.taken().size() > 1 ? title + ", " + order : title, rows);
  }

  private static String described(CipherSuite suite, ServerAnswer.Chosen answer) {
    StringBuilder text =
        new StringBuilder(suite.openssl().equals(suite.iana()) ? "" : suite.openssl());
    text.append(text.isEmpty() ? "" : ", ").append(suite.strengthBits()).append(" bits");
    if (answer.version() != TLS_1_3) {
      if (answer.dhBits() > 0) {
        text.append(", DH ").append(answer.dhBits());
      } else if (answer.group() >= 0) {
        text.append(", ").append(Codes.group(answer.group()));
      }
      text.append(suite.kx().forwardSecret() ? "" : ", no forward secrecy");
    }
    return text.toString();
  }

  private static Mark mark(CipherSuite suite) {
    if (suite.strengthBits() < 112 || suite.auth() == CipherSuite.Auth.NULL) {
      return Mark.BAD;
    }
    boolean good = suite.mac() == CipherSuite.Mac.AEAD && suite.kx().forwardSecret();
    return suite.strengthBits() < 128 ? Mark.BAD : good ? Mark.GOOD : Mark.WEAK;
  }

  private Section keyExchange() {
    List<Row> rows = new ArrayList<>();
    boolean quantum = facts.groups13().taken().stream().anyMatch(Findings::postQuantum);
    if (facts.speaks(TLS_1_3)) {
      rows.add(new Row("groups of TLS 1.3", groups(facts.groups13()), Mark.PLAIN));
      rows.add(new Row("post-quantum", quantum ? "yes" : "no", quantum ? Mark.GOOD : Mark.PLAIN));
    }
    if (!facts.groups12().taken().isEmpty()) {
      rows.add(new Row("groups before TLS 1.3", groups(facts.groups12()), Mark.PLAIN));
    }
    if (facts.leastDhBits() > 0) {
      rows.add(
          new Row(
              "prime of DHE",
              facts.leastDhBits() + " bits",
              facts.leastDhBits() < 2048 ? Mark.WEAK : Mark.PLAIN));
    }
    if (!facts.schemes13().isEmpty()) {
      rows.add(new Row("signatures of TLS 1.3", String.join(", ", facts.schemes13()), Mark.PLAIN));
    }
    if (!facts.schemes12().isEmpty()) {
      rows.add(
          new Row(
              "signatures of TLS 1.2",
              facts.schemes12().stream().map(Codes::scheme).collect(Collectors.joining(", ")),
              Mark.PLAIN));
    }
    return new Section("Key exchange", rows);
  }

  private static String groups(Enumeration found) {
    String names = found.taken().stream().map(Codes::group).collect(Collectors.joining(", "));
    return found.taken().size() < 2
        ? names
        : names + (found.serverOrder() ? " (the server's order)" : " (the client's order)");
  }

  private Section chain(ChainFacts chain) {
    Instant now = facts.at();
    List<Row> rows = new ArrayList<>();
    X509Certificate leaf = chain.leaf();
    rows.add(new Row("subject", ChainFacts.subject(leaf), Mark.PLAIN));
    List<String> names = CertificateText.names(leaf);
    rows.add(
        new Row("names", names.isEmpty() ? "none" : CertificateText.listed(names), Mark.PLAIN));
    rows.add(
        new Row(
            "host",
            chain.hostFault().orElse("is named"),
            chain.hostFault().isEmpty() ? Mark.GOOD : Mark.BAD));
    rows.add(
        new Row(
            "trusted",
            chain.trustedBy().map(by -> "by " + by).orElse("no: " + chain.refusal().orElse("")),
            chain.trustedBy().isPresent() ? Mark.GOOD : Mark.BAD));
    long days = chain.daysLeft(now);
    rows.add(
        new Row(
            "days left",
            days + " (until " + leaf.getNotAfter().toInstant() + ")",
            days < 0 ? Mark.BAD : days < 21 ? Mark.WEAK : Mark.GOOD));
    rows.add(
        new Row(
            "key and signature",
            KeyStrength.shown(leaf.getPublicKey()) + ", signed with " + leaf.getSigAlgName(),
            Mark.PLAIN));
    rows.add(new Row("SHA-256", CertificateText.sha256(leaf), Mark.PLAIN));
    List<X509Certificate> others = chain.certificates().subList(1, chain.certificates().size());
    for (X509Certificate each : others) {
      rows.add(
          new Row(
              "with it",
              ChainFacts.subject(each) + ", until " + each.getNotAfter().toInstant(),
              Mark.PLAIN));
    }
    if (others.size() > 1 || !chain.ordered()) {
      rows.add(
          new Row(
              "order",
              chain.ordered() ? "each before its issuer" : "not in order",
              chain.ordered() ? Mark.PLAIN : Mark.WEAK));
    }
    rows.add(staple(chain));
    return new Section("Certificate", rows);
  }

  private static Row staple(ChainFacts chain) {
    String must = chain.mustStaple() ? ", which the certificate demands (must-staple)" : "";
    ChainFacts.Staple staple = chain.staple();
    if (!staple.sent()) {
      return new Row("OCSP staple", "none" + must, chain.mustStaple() ? Mark.BAD : Mark.PLAIN);
    }
    return new Row(
        "OCSP staple",
        staple
                .fault()
                .orElseGet(() -> "good" + staple.until().map(end -> ", until " + end).orElse(""))
            + must,
        staple.fault().isEmpty() ? Mark.GOOD : Mark.BAD);
  }

  private Section sessions() {
    Facts.Resumption resumption = facts.resumption();
    List<Row> rows = new ArrayList<>();
    if (facts.speaks(TLS_1_3)) {
      rows.add(row("second connection by TLS 1.3", resumption.tls13()));
      rows.add(new Row("early data (0-RTT)", early(resumption.tls13().earlyData()), Mark.PLAIN));
    }
    if (facts.speaks(TLS_1_2)) {
      rows.add(row("second connection by TLS 1.2", resumption.tls12()));
      rows.add(new Row("tickets before TLS 1.3", said(facts.hello().ticket()), Mark.PLAIN));
      rows.add(new Row("session identifiers", said(facts.hello().identifier()), Mark.PLAIN));
    }
    rows.add(
        new Row(
            "ALPN",
            facts.alpn().isEmpty() ? "none" : SafeText.of(String.join(", ", facts.alpn())),
            Mark.PLAIN));
    if (facts.http()) {
      rows.add(
          new Row(
              "Strict-Transport-Security", SafeText.of(facts.hsts().orElse("none")), Mark.PLAIN));
    }
    rows.add(
        new Row(
            "renegotiation by the client",
            facts.renegotiation().name().toLowerCase(Locale.ROOT),
            facts.renegotiation() == JdkClient.Renegotiation.ACCEPTED ? Mark.WEAK : Mark.PLAIN));
    rows.add(new Row("end of a connection", ended(facts.close()), Mark.PLAIN));
    return new Section("Sessions", rows);
  }

  private static String early(OptionalLong bytes) {
    return bytes.isEmpty()
        ? "unknown"
        : bytes.getAsLong() == 0 ? "no" : "yes, " + bytes.getAsLong() + " bytes";
  }

  private static Row row(String label, Encrypted.Resumed resumed) {
    String text =
        resumed
            .resumed()
            .map(yes ->
                yes
                    ? "resumed" + resumed.lifetime().map(time -> ", for " + time(time)).orElse("")
                    : "not resumed")
            .orElse("unknown" + resumed.failure().map(why -> ": " + why).orElse(""));
    return new Row(label, text, Mark.PLAIN);
  }

  private static String time(Duration time) {
    long seconds = Math.round(time.toMillis() / 1000.0);
    return seconds % 3600 == 0 && seconds > 0
        ? seconds / 3600 + " h"
        : seconds % 60 == 0 && seconds > 0 ? seconds / 60 + " min" : seconds + " s";
  }

  private static String ended(Encrypted.Close close) {
    return switch (close) {
      case NOTIFIED -> "with close_notify";
      case UNNOTIFIED -> "without close_notify";
      case RESET -> "by RST";
      case OPEN -> "left open for 2 s and more";
      case UNKNOWN -> "unknown";
    };
  }

  private Section hellos() {
    Facts.HelloFacts hello = facts.hello();
    List<Row> rows = new ArrayList<>();
    rows.add(row("secure renegotiation (RFC 5746)", hello.secureRenegotiation(), true));
    rows.add(row("extended master secret (RFC 7627)", hello.extendedMasterSecret(), true));
    rows.add(row("compression", hello.compression(), false));
    rows.add(row("refuses a fallback (RFC 7507)", hello.fallback(), true));
    rows.add(row("takes a hello in several records", hello.splitRecords(), true));
    rows.add(row("takes a hello in several segments", hello.splitSegments(), true));
    rows.add(row("takes a large hello", hello.largeHello(), true));
    rows.add(row("passes over unknown values (RFC 8701)", hello.unknownValues(), true));
    rows.add(row("negotiates a newer version down", hello.newerVersion(), true));
    rows.add(row("serves clients without SNI", hello.withoutName(), true));
    return new Section("Hellos", rows);
  }

  private static Row row(String label, Optional<Boolean> fact, boolean good) {
    Mark mark = fact.isEmpty() ? Mark.PLAIN : fact.get() == good ? Mark.GOOD : Mark.WEAK;
    return new Row(label, said(fact), mark);
  }

  private static String said(Optional<Boolean> fact) {
    return fact.map(yes -> yes ? "yes" : "no").orElse("unknown");
  }

  private Section times() {
    List<Row> rows = new ArrayList<>();
    for (Facts.Step step : facts.steps()) {
      rows.add(new Row(step.name(), "%.1f ms".formatted(step.time().toNanos() / 1e6), Mark.PLAIN));
    }
    rows.add(
        new Row(
            "all of it",
            "%.1f s, %d connections"
                .formatted(facts.took().toMillis() / 1000.0, facts.connections()),
            Mark.PLAIN));
    return new Section("Times", rows);
  }
}
