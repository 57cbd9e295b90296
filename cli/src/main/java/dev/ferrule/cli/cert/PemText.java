package dev.ferrule.cli.cert;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** Writes PEM (RFC 7468). */
final class PemText {
  private PemText() {}

  static byte[] of(X509Certificate certificate) throws CertificateEncodingException {
    return block("CERTIFICATE", certificate.getEncoded());
  }

  /** PKCS#8, not encrypted; the caller wipes it. */
  static byte[] of(PrivateKey key) {
    byte[] der = key.getEncoded();
    try {
      return block("PRIVATE KEY", der);
    } finally {
      PrivateFiles.wipe(der);
    }
  }

  private static byte[] block(String label, byte[] der) {
    byte[] base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(der);
    byte[] begin = "-----BEGIN %s-----\n".formatted(label).getBytes(US_ASCII);
    byte[] end = "\n-----END %s-----\n".formatted(label).getBytes(US_ASCII);
    byte[] all = new byte[begin.length + base64.length + end.length];
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(base64, 0, all, begin.length, base64.length);
    System.arraycopy(end, 0, all, begin.length + base64.length, end.length);
    PrivateFiles.wipe(base64);
    return all;
  }

  static byte[] joined(byte[] first, byte[] second) {
    byte[] all = new byte[first.length + second.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
