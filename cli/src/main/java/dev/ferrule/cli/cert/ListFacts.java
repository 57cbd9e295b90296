package dev.ferrule.cli.cert;

import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.keys.CrlFiles;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Date;
import java.util.Set;

/** What a revocation list says (RFC 5280 5). */
final class ListFacts {
  private ListFacts() {}

  static Entry.OfList read(byte[] der, String where, Instant now) {
    X509CRL list = CrlFiles.parse(der, where);
    String issuer = CertificateFacts.text(list.getIssuerX500Principal());
    Item item = new Item("revocation_list", "revocation list of " + issuer);
    item.fact("issuer", "issuer", issuer);
    Instant from = list.getThisUpdate().toInstant();
    Date next = list.getNextUpdate();
    item.json().put("this_update", from.toString());
    item.json().put("next_update", next == null ? null : next.toInstant().toString());
    item.line(
        "valid",
        next == null
            ? from + ", and it does not say when the next one comes"
            : from + " to " + next.toInstant() + ", " + Days.left(next.toInstant(), now));
    Set<?> entries = list.getRevokedCertificates();
    int revoked = entries == null ? 0 : entries.size();
    item.json().put("revoked", revoked);
    item.line("revoked", revoked == 1 ? "1 certificate" : revoked + " certificates");
    item.fact("signature", "signature", list.getSigAlgName());
    if (next != null && now.isAfter(next.toInstant())) {
      item.finding(
          Severity.ERROR,
          "LIST_OUT_OF_DATE",
          "it " + Days.left(next.toInstant(), now),
          "get the next one");
    }
    if (now.isBefore(from)) {
      item.finding(
          Severity.ERROR,
          "LIST_NOT_YET_VALID",
          "it is not valid before " + from,
          "wait, or look at the clock");
    }
    return new Entry.OfList(item, list);
  }
}
