package dev.ferrule.cli.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ferrule.cli.cert.CertificateText;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.ciphers.CipherTable;
import dev.ferrule.ssl.hello.Codes;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** A report for programs, whose shape docs/check.md tells. */
final class ReportJson {
  private ReportJson() {}

  static String of(Report report) {
    Facts facts = report.facts();
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("host", SafeText.of(facts.peer().host()));
    root.put("port", facts.peer().port());
    root.put("address", facts.peer().address().getHostAddress());
    ArrayNode addresses = root.putArray("addresses");
    facts.addresses().forEach(addresses::add);
    root.put(
        "starttls",
        Optional.ofNullable(facts.peer().startTls()).map(Object::toString).orElse(null));
    root.put("time", facts.at().toString());
    root.put("seconds", facts.took().toMillis() / 1000.0);
    root.put("connections", facts.connections());
    root.put("complete", report.complete());
    grade(report.grade(), root.putObject("grade"));
    ArrayNode findings = root.putArray("findings");
    report
        .findings()
        .forEach(each ->
            findings
                .addObject()
                .put("severity", each.severity().name().toLowerCase(Locale.ROOT))
                .put("code", each.code())
                .put("sentence", each.sentence())
                .put("advice", each.advice()));
    versions(facts, root.putArray("versions"));
    keyExchange(facts, root.putObject("key_exchange"));
    ArrayNode chains = root.putArray("chains");
    facts.chains().forEach(each -> chain(each, facts, chains.addObject()));
    sessions(facts, root.putObject("sessions"));
    hello(facts.hello(), root.putObject("hello"));
    ArrayNode steps = root.putArray("steps");
    facts
        .steps()
        .forEach(step ->
            steps
                .addObject()
                .put("name", step.name())
                .put("milliseconds", step.time().toNanos() / 1e6));
    return root.toPrettyString();
  }

  private static void grade(Grade grade, ObjectNode to) {
    to.put("letter", grade.letter().toString())
        .put("score", grade.score())
        .put("protocol", grade.protocol())
        .put("key_exchange", grade.keyExchange())
        .put("cipher", grade.cipher());
    ArrayNode reasons = to.putArray("reasons");
    grade.reasons().forEach(reasons::add);
  }

  private static void versions(Facts facts, ArrayNode to) {
    if (facts.ssl2()) {
      to.addObject().put("name", "SSLv2").putArray("suites");
    }
    facts
        .suites()
        .forEach((version, found) -> {
          ObjectNode one = to.addObject().put("name", Codes.version(version));
          one.put("server_order", found.serverOrder());
          ArrayNode suites = one.putArray("suites");
          for (int i = 0; i < found.taken().size(); i++) {
            suite(found.taken().get(i), found.answers().get(i), suites.addObject());
          }
        });
  }

  private static void suite(int id, ServerAnswer.Chosen answer, ObjectNode to) {
    to.put("id", "0x%04X".formatted(id));
    CipherSuite suite = CipherTable.find(id);
    if (suite != null) {
      to.put("name", suite.iana())
          .put("openssl", suite.openssl())
          .put("bits", suite.strengthBits())
          .put("forward_secret", suite.kx().forwardSecret())
          .put("aead", suite.mac() == CipherSuite.Mac.AEAD);
    }
    if (answer.group() >= 0 && answer.version() != ClientHelloDraft.TLS_1_3) {
      to.put("group", Codes.group(answer.group()));
    }
    if (answer.dhBits() > 0) {
      to.put("dh_bits", answer.dhBits());
    }
  }

  private static void keyExchange(Facts facts, ObjectNode to) {
    names(facts.groups13().taken(), to.putArray("groups_tls13"));
    names(facts.groups12().taken(), to.putArray("groups_tls12"));
    to.put("post_quantum", facts.groups13().taken().stream().anyMatch(Findings::postQuantum));
    to.put("least_dh_bits", facts.leastDhBits() == 0 ? null : facts.leastDhBits());
    ArrayNode newer = to.putArray("signatures_tls13");
    facts.schemes13().forEach(newer::add);
    ArrayNode older = to.putArray("signatures_tls12");
    facts.schemes12().forEach(each -> older.add(Codes.scheme(each)));
  }

  private static void names(List<Integer> groups, ArrayNode to) {
    groups.forEach(each -> to.add(Codes.group(each)));
  }

  private static void chain(ChainFacts chain, Facts facts, ObjectNode to) {
    to.put("trusted", chain.trustedBy().isPresent())
        .put("trusted_by", chain.trustedBy().orElse(null))
        .put("refusal", chain.refusal().orElse(null))
        .put("names_host", chain.hostFault().isEmpty())
        .put("in_order", chain.ordered())
        .put("days_left", chain.daysLeft(facts.at()));
    to.putObject("staple")
        .put("sent", chain.staple().sent())
        .put("must", chain.mustStaple())
        .put("fault", chain.staple().fault().orElse(null))
        .put("until", chain.staple().until().map(Object::toString).orElse(null));
    ArrayNode certificates = to.putArray("certificates");
    for (X509Certificate each : chain.certificates()) {
      ObjectNode one = certificates.addObject();
      one.put("subject", ChainFacts.subject(each))
          .put("issuer", ChainFacts.issuer(each))
          .put("serial", each.getSerialNumber().toString(16))
          .put("not_before", each.getNotBefore().toInstant().toString())
          .put("not_after", each.getNotAfter().toInstant().toString())
          .put("key", KeyStrength.shown(each.getPublicKey()))
          .put("signature", each.getSigAlgName())
          .put("sha256", CertificateText.sha256(each));
      ArrayNode names = one.putArray("names");
      CertificateText.names(each).forEach(names::add);
    }
  }

  private static void sessions(Facts facts, ObjectNode to) {
    Facts.Resumption resumption = facts.resumption();
    OptionalLong early = resumption.tls13().earlyData();
    resumed(resumption.tls13(), to.putObject("tls13"))
        .put("early_data_bytes", early.isPresent() ? early.getAsLong() : null);
    resumed(resumption.tls12(), to.putObject("tls12"))
        .put("tickets", facts.hello().ticket().orElse(null))
        .put("identifiers", facts.hello().identifier().orElse(null));
    ArrayNode alpn = to.putArray("alpn");
    facts.alpn().forEach(each -> alpn.add(SafeText.of(each)));
    to.put("hsts", facts.hsts().map(SafeText::of).orElse(null));
    to.put("client_renegotiation", facts.renegotiation().name().toLowerCase(Locale.ROOT));
    to.put("close", facts.close().name().toLowerCase(Locale.ROOT));
    to.put("handshake", facts.session().map(SslSession::toString).orElse(null));
    to.put("handshake_failure", facts.sessionFailure().orElse(null));
  }

  private static ObjectNode resumed(Encrypted.Resumed resumed, ObjectNode to) {
    return to.put("resumed", resumed.resumed().orElse(null))
        .put("seconds", resumed.lifetime().map(each -> each.toSeconds()).orElse(null))
        .put("failure", resumed.failure().orElse(null));
  }

  private static void hello(Facts.HelloFacts hello, ObjectNode to) {
    to.put("secure_renegotiation", hello.secureRenegotiation().orElse(null))
        .put("extended_master_secret", hello.extendedMasterSecret().orElse(null))
        .put("compression", hello.compression().orElse(null))
        .put("fallback_refused", hello.fallback().orElse(null))
        .put("split_records", hello.splitRecords().orElse(null))
        .put("split_segments", hello.splitSegments().orElse(null))
        .put("large_hello", hello.largeHello().orElse(null))
        .put("unknown_values", hello.unknownValues().orElse(null))
        .put("newer_version", hello.newerVersion().orElse(null))
        .put("without_name", hello.withoutName().orElse(null));
  }
}
