package dev.ferrule.ssl;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;

/**
 * What ties a login inside a connection to that connection (RFC 5056), so that nobody in between
 * can pass the login on to another: {@link SslSocket#channelBinding} gives its bytes. The
 * mechanisms of SASL with {@code -PLUS} use it (RFC 5802 6).
 */
public enum ChannelBinding {
  /**
   * Of the connection's keys (RFC 9266): 32 bytes, the same on both sides, of no other connection.
   * In TLS 1.2 only with an extended master secret.
   */
  TLS_EXPORTER("tls-exporter"),

  /**
   * Of the server's certificate (RFC 5929 4): its hash, by the hash of its signature, and by
   * SHA-256 where that is MD5 or SHA-1. It is the same for all connections with that certificate.
   */
  TLS_SERVER_END_POINT("tls-server-end-point");

  static final String EXPORTER_LABEL = "EXPORTER-Channel-Binding";
  static final int EXPORTER_LENGTH = 32;

  private final String name;

  ChannelBinding(String name) {
    this.name = name;
  }

  /** The hash of a server's certificate. */
  static byte[] endPoint(X509Certificate certificate) {
    try {
      return MessageDigest.getInstance(hash(certificate)).digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "the server's certificate has no channel binding: its signature "
              + certificate.getSigAlgName()
              + " has no hash that is known here (RFC 5929 4.1)",
          e);
    }
  }

  private static String hash(X509Certificate certificate) throws GeneralSecurityException {
    String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    if (signature.equals("RSASSA-PSS")) {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance(signature);
      try {
        parameters.init(certificate.getSigAlgParams());
      } catch (java.io.IOException e) {
        throw new GeneralSecurityException(e);
      }
      return strong(parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm());
    }
    int end = signature.indexOf("WITH");
    if (end < 0) {
      throw new GeneralSecurityException("no hash in " + signature); // such as Ed25519
    }
    String name = signature.substring(0, end);
    return strong(
        name.matches("SHA\\d.*") && !name.startsWith("SHA3-") ? "SHA-" + name.substring(3) : name);
  }

  private static String strong(String hash) {
    return switch (hash) {
      case "MD5", "SHA-1" -> "SHA-256";
      default -> hash;
    };
  }

  /** Its name by IANA (Channel-Binding Types). */
  @Override
  public String toString() {
    return name;
  }
}
