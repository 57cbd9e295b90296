package dev.ferrule.ssl.trust;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Says in one sentence why a certificate was not accepted, and what to do about it. */
public final class CertificateTrouble {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final int NAMES_SHOWN = 5;
  private static final int LONGEST_NAME = 200;

  private CertificateTrouble() {}

  /**
   * Explains a refusal.
   *
   * @param chain what was shown, its own certificate first
   * @param reason what the verification threw
   * @param host the host that was to be verified; empty for a client's certificate
   */
  public static String explain(X509Certificate[] chain, CertificateException reason, String host) {
    Instant now = Instant.now();
    for (X509Certificate certificate : chain) {
      Instant end = certificate.getNotAfter().toInstant();
      Instant start = certificate.getNotBefore().toInstant();
      if (now.isAfter(end)) {
        return whose(certificate) + " expired on " + end + " (now it is " + now + ")";
      }
      if (now.isBefore(start)) {
        return whose(certificate)
            + " is not valid before "
            + start
            + " (now it is "
            + now
            + ": is the clock right?)";
      }
    }
    String text = texts(reason);
    boolean unheardOf = text.contains("Illegal given domain name") && !host.isEmpty();
    if (unheardOf || text.contains("No subject alternative") || text.contains("No name matching")) {
      return "the certificate is for " + names(chain[0]) + ", not for '" + host + "'";
    }
    if (text.contains("Hostname or IP address is undefined")
        || text.contains("Illegal given domain name")) {
      return "it is not known whom the server's certificate should name: say it with serverName";
    }
    if (text.contains("unable to find valid certification path")
        || text.contains("No trusted certificate")
        || text.contains("does not chain")
        || text.contains("trustAnchors")) {
      return untrusted(chain);
    }
    return "the peer's certificate was not accepted: " + reason.getMessage();
  }

  private static String untrusted(X509Certificate[] chain) {
    X509Certificate last = chain[chain.length - 1];
    if (chain.length == 1 && last.getIssuerX500Principal().equals(last.getSubjectX500Principal())) {
      return "the peer's certificate ("
          + clean(last.getSubjectX500Principal())
          + ") is self-signed and not among the trusted ones: trust it by its file, if it is the"
          + " right one";
    }
    return "the peer's certificate was issued by an unknown issuer ("
        + clean(last.getIssuerX500Principal())
        + "): trust that issuer's certificate, or have the peer send the certificates between";
  }

  private static String whose(X509Certificate certificate) {
    return "the certificate of " + clean(certificate.getSubjectX500Principal());
  }

  private static String names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (name.get(0) instanceof Integer kind && (kind == DNS_NAME || kind == IP_ADDRESS)) {
            names.add("'" + clean(name.get(1)) + "'");
          }
        }
      }
    } catch (CertificateParsingException e) {
      names.clear(); // then the subject has to do
    }
    if (names.isEmpty()) {
      return "no host name at all (its subject is "
          + clean(certificate.getSubjectX500Principal())
          + ")";
    }
    String shown = String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())));
    int more = names.size() - NAMES_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  private static String texts(Throwable reason) {
    StringBuilder all = new StringBuilder();
    Throwable cause = reason;
    for (int depth = 0; cause != null && depth < 8; depth++) {
      all.append(cause.getMessage()).append('\n');
      cause = cause.getCause();
    }
    return all.toString();
  }

  /** What a stranger wrote into a certificate, fit for a terminal and a log, and not too long. */
  private static String clean(Object name) {
    StringBuilder shown = new StringBuilder();
    String text = name.toString();
    for (int i = 0; i < Math.min(text.length(), LONGEST_NAME); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
        shown.append("\\x%02X".formatted((int) c));
      } else {
        shown.append(c);
      }
    }
    return text.length() > LONGEST_NAME ? shown + "..." : shown.toString();
  }
}
