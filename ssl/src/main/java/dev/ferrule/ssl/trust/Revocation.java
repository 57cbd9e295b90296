package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.ssl.trust.RevocationList.Age;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The revocation lists of a context, by issuer, and what they say of a path (RFC 5280 6.3): of each
 * certificate but the trust anchor. Of several lists for the same certificates the newest counts.
 * Any thread.
 */
public final class Revocation {
  /** Nothing is revoked. */
  public static final Revocation NONE = new Revocation(List.of(), Missing.ACCEPTED, (_, _) -> {});

  /** What becomes of a certificate about which no list in date says something. */
  public enum Missing {
    /** It is accepted. */
    ACCEPTED,
    /** It is refused. */
    REFUSED
  }

  /** Hears of lists that do not say what they should. */
  @FunctionalInterface
  public interface Notices {
    /** Called each time that it is noticed. */
    void tell(X509CRL list, Supplier<String> sentence);
  }

  private final Map<X500Principal, List<RevocationList>> byIssuer = new HashMap<>();
  private final Missing missing;
  private final Notices notices;

  /** Lists without {@link RevocationList#fault}. */
  public Revocation(List<X509CRL> lists, Missing missing, Notices notices) {
    this.missing = missing;
    this.notices = notices;
    for (X509CRL list : lists) {
      byIssuer
          .computeIfAbsent(list.getIssuerX500Principal(), _ -> new ArrayList<>(1))
          .add(RevocationList.of(list));
    }
    byIssuer
        .values()
        .forEach(all -> all.sort(Comparator.comparing(RevocationList::since).reversed()));
  }

  /** Tells which lists are out of date and have no newer one beside them. */
  public void tellOutOfDate(Instant now) {
    for (List<RevocationList> lists : byIssuer.values()) {
      List<RevocationList> newer = new ArrayList<>();
      for (RevocationList each : lists) {
        if (newer.stream().noneMatch(each::isLike)) {
          tellOutOfDate(each, now);
        }
        if (each.age(now) != Age.NOT_YET_VALID) {
          newer.add(each);
        }
      }
    }
  }

  private void tellOutOfDate(RevocationList list, Instant now) {
    if (list.age(now) != Age.CURRENT) {
      notices.tell(list.list(), () -> of(list) + " is out of date: " + outOfDate(list, now));
    }
  }

  /** What it says of a path that is valid otherwise; null when it says nothing against it. */
  @Nullable Refusal fault(List<X509Certificate> path, Instant now) {
    if (byIssuer.isEmpty()) {
      return null;
    }
    Refusal unknown = null;
    for (int i = 0; i + 1 < path.size(); i++) {
      Refusal found = fault(path.get(i), path.get(i + 1), now);
      if (found != null && found.reason() == Reason.REVOKED) {
        return found;
      }
      unknown = unknown == null ? found : unknown;
    }
    return unknown;
  }

  private @Nullable Refusal fault(
      X509Certificate certificate, X509Certificate issuer, Instant now) {
    String why = "no revocation list of its issuer is here";
    boolean known = false;
    List<RevocationList> newer = new ArrayList<>(1);
    for (RevocationList list :
        byIssuer.getOrDefault(certificate.getIssuerX500Principal(), List.of())) {
      if (!list.scope().covers(certificate)
          || newer.stream().anyMatch(each -> each.scope().equals(list.scope()))) {
        continue;
      }
      String fault = list.isSignedBy(issuer) ? null : RevocationList.FORGED;
      if (fault != null && !list.mayBeBy(issuer)) {
        continue; // it is of another authority of that name, as it says itself
      }
      X509CRLEntry entry = fault == null ? list.entry(certificate) : null;
      if (entry != null) {
        return revoked(certificate, entry); // whichever of its certificates the issuer is here with
      }
      String unused = fault == null ? list.usageFault(issuer) : fault;
      if (unused != null) {
        notices.tell(list.list(), () -> of(list) + " is not used: " + unused);
        why = of(list) + " is not used: " + unused;
        continue;
      }
      Age age = list.age(now);
      if (age == Age.CURRENT) {
        known = true;
      } else {
        tellOutOfDate(list, now);
        why = of(list) + " is out of date: " + outOfDate(list, now);
      }
      if (age != Age.NOT_YET_VALID) {
        newer.add(list);
      }
    }
    return known || missing == Missing.ACCEPTED
        ? null
        : new Refusal(
            Reason.STATUS_UNKNOWN,
            "it is not known whether " + CertificateText.of(certificate) + " was revoked: " + why,
            certificate);
  }

  private static Refusal revoked(X509Certificate certificate, X509CRLEntry entry) {
    CRLReason reason = entry.getRevocationReason();
    return new Refusal(
        Reason.REVOKED,
        "%s (serial number %s) was revoked by its issuer %s on %s (%s)"
            .formatted(
                CertificateText.of(certificate),
                certificate.getSerialNumber().toString(16),
                CertificateText.issuer(certificate),
                entry.getRevocationDate().toInstant(),
                reason == null
                    ? "without a reason"
                    : "reason: " + reason.name().toLowerCase(Locale.ROOT).replace('_', ' ')),
        certificate);
  }

  private static String of(RevocationList list) {
    return "the revocation list of " + CertificateText.clean(list.list().getIssuerX500Principal());
  }

  private static String outOfDate(RevocationList list, Instant now) {
    return list.age(now) == Age.NOT_YET_VALID
        ? "it is of " + list.since().toInstant() + ", which is yet to come (is the clock right?)"
        : "a newer one was due on " + list.list().getNextUpdate().toInstant();
  }
}
