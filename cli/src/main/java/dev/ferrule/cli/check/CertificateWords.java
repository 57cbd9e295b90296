package dev.ferrule.cli.check;

import dev.ferrule.host.SafeText;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/** What a report says of a certificate; texts of the peer are made harmless. */
final class CertificateWords {
  private static final int MOST_NAMES = 20;

  private CertificateWords() {}

  static String names(X509Certificate certificate) {
    List<String> names = list(certificate);
    if (names.isEmpty()) {
      return "none";
    }
    String shown = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
    return names.size() > MOST_NAMES
        ? shown + " and " + (names.size() - MOST_NAMES) + " more"
        : shown;
  }

  /** The alternative names, of all kinds that are text. */
  static List<String> list(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> each : all) {
          if (each.size() > 1 && each.get(1) instanceof String name) {
            names.add(SafeText.of(name));
          }
        }
      }
    } catch (CertificateParsingException e) {
      // It has none that can be read.
    }
    return names;
  }

  static String sha256(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
