package dev.ferrule.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ferrule.cli.cert.CertificateText;
import dev.ferrule.fleet.FleetClient;
import dev.ferrule.fleet.FleetServer;
import dev.ferrule.host.SafeText;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code ferrule fleet status} says. */
final class FleetReport {
  private final List<FleetClient.Certificate> certificates;
  private final List<FleetServer> servers;
  private final Instant now;
  private final Map<String, String> names = new HashMap<>(); // by fingerprint

  FleetReport(List<FleetClient.Certificate> certificates, List<FleetServer> servers, Instant now) {
    this.certificates = certificates;
    this.servers = servers;
    this.now = now;
    certificates.forEach(each -> names.put(CertificateText.sha256(leaf(each)), each.name()));
  }

  private static X509Certificate leaf(FleetClient.Certificate certificate) {
    return certificate.credentials().chain().getFirst();
  }

  private long daysLeft(Instant notAfter) {
    return Math.floorDiv(Duration.between(now, notAfter).toSeconds(), 86_400L);
  }

  private static String word(FleetServer server) {
    return server.state().name().toLowerCase(Locale.ROOT);
  }

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(certificates.isEmpty() ? "no certificate was put" : "certificates:");
    for (FleetClient.Certificate each : certificates) {
      X509Certificate leaf = leaf(each);
      lines.add(
          "  %s  %s  %d days left  %s%s"
              .formatted(
                  each.name(),
                  brief(CertificateText.sha256(leaf)),
                  daysLeft(leaf.getNotAfter().toInstant()),
                  SafeText.of(leaf.getSubjectX500Principal().getName()),
                  each.staple().isPresent() ? "  with an OCSP response" : ""));
    }
    lines.add(servers.isEmpty() ? "no server has reported within a minute" : "servers:");
    for (FleetServer each : servers) {
      String key = each.ticketKey();
      lines.add(
          "  %s  %s  %s  ticket key %s  seen %d s ago"
              .formatted(
                  SafeText.of(each.host()),
                  SafeText.of(each.id()),
                  word(each),
                  key == null ? "derived" : SafeText.of(key),
                  each.age().toSeconds()));
      for (FleetServer.Shown shown : each.shown()) {
        lines.add(
            "    shows %s  %s  %d days left"
                .formatted(
                    names.getOrDefault(shown.sha256(), "one of its own"),
                    brief(shown.sha256()),
                    daysLeft(shown.notAfter())));
      }
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String brief(String sha256) {
    return SafeText.of(sha256.length() > 16 ? sha256.substring(0, 16) : sha256);
  }

  String json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ArrayNode put = root.putArray("certificates");
    for (FleetClient.Certificate each : certificates) {
      X509Certificate leaf = leaf(each);
      put.addObject()
          .put("name", each.name())
          .put("version", each.version())
          .put("subject", SafeText.of(leaf.getSubjectX500Principal().getName()))
          .put("sha256", CertificateText.sha256(leaf))
          .put("not_after", leaf.getNotAfter().toInstant().toString())
          .put("days_left", daysLeft(leaf.getNotAfter().toInstant()))
          .put("staple", each.staple().isPresent());
    }
    ArrayNode all = root.putArray("servers");
    for (FleetServer each : servers) {
      ObjectNode server =
          all.addObject()
              .put("id", SafeText.of(each.id()))
              .put("host", SafeText.of(each.host()))
              .put("state", word(each))
              .put("ticket_key", each.ticketKey())
              .put("seen_seconds_ago", each.age().toMillis() / 1000.0);
      ArrayNode wanted = server.putArray("asks_for");
      each.wanted().forEach(wanted::add);
      ArrayNode shows = server.putArray("shows");
      for (FleetServer.Shown shown : each.shown()) {
        shows
            .addObject()
            .put("name", names.get(shown.sha256()))
            .put("sha256", SafeText.of(shown.sha256()))
            .put("not_after", shown.notAfter().toString())
            .put("days_left", daysLeft(shown.notAfter()));
      }
    }
    return root.toString();
  }
}
