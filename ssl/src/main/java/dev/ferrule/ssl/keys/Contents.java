package dev.ferrule.ssl.keys;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a source holds: PEM blocks, one DER structure or a key store. */
public final class Contents {
  static final String A_STORE = "a PKCS#12 store";
  static final String A_LIST = "a revocation list";

  private final Source source;
  private final List<PemBlock> blocks;

  private Contents(Source source, List<PemBlock> blocks) {
    this.source = source;
    this.blocks = blocks;
  }

  /**
   * Detects the format; throws SslConfigException if it is none that holds certificates, or if
   * anything in it is damaged.
   */
  static Contents of(Source source) {
    Contents contents = lenient(source);
    for (PemBlock block : contents.blocks) {
      SslConfigException fault = block.fault();
      if (fault != null && !block.isRevocationList()) { // which nobody asks for here
        throw fault;
      }
    }
    return contents;
  }

  /** As {@link #of}, but a damaged block of a PEM file is returned with its fault. */
  public static Contents lenient(Source source) {
    byte[] bytes = source.bytes();
    String text = new String(bytes, ISO_8859_1);
    List<PemBlock> pem = Pem.parse(source);
    if (!pem.isEmpty()) {
      return new Contents(source, pem);
    }
    if (startsWith(bytes, 0xFE, 0xED, 0xFE, 0xED) || startsWith(bytes, 0xCE, 0xCE, 0xCE, 0xCE)) {
      String type = startsWith(bytes, 0xFE) ? DerLabel.JKS : DerLabel.JCEKS;
      return new Contents(source, List.of(new PemBlock(type, null, bytes)));
    }
    if (startsWith(bytes, 0x30, 0x80, 0x02, 0x01, 0x03)) {
      // Some tools write PKCS#12 in BER with indefinite lengths, which the JDK takes.
      return new Contents(source, List.of(new PemBlock(DerLabel.PKCS12, null, bytes)));
    }
    if (bytes[0] == Der.SEQUENCE && bytes.length > 1 && (bytes[1] < 0 || bytes.length < 130)) {
      return new Contents(source, List.of(der(source)));
    }
    throw new SslConfigException(
        "%s is neither PEM nor DER: %s.".formatted(source.name(), description(bytes, text)));
  }

  private static PemBlock der(Source source) {
    try {
      return new PemBlock(DerLabel.of(Der.whole(source.bytes())), null, source.bytes());
    } catch (IOException e) {
      throw new SslConfigException(
          "%s looks like DER but is cut short or damaged (%s); copy the whole file again."
              .formatted(source.name(), e.getMessage()));
    }
  }

  private static String description(byte[] bytes, String text) {
    if (startsWith(bytes, 0xFF, 0xFE) || startsWith(bytes, 0xFE, 0xFF)) {
      return "it is UTF-16 text; save it as UTF-8 or ASCII";
    }
    if (text.startsWith("PuTTY-User-Key-File")) {
      return "it holds a PuTTY key; convert it with puttygen, or give a key made for TLS";
    }
    if (text.startsWith("ssh-") || text.startsWith("ecdsa-sha2-")) {
      return "it holds an OpenSSH public key; give a private key or certificate in PEM";
    }
    if (text.startsWith("---- BEGIN SSH2")) {
      return "it holds an SSH2 public key; give a private key or certificate in PEM";
    }
    if (text.strip().startsWith("MI")) {
      return "it looks like base64 without the BEGIN and END lines; put them back";
    }
    boolean readable = text.chars().allMatch(c -> c >= ' ' || Character.isWhitespace(c));
    return readable
        ? "it is text without a BEGIN line; check the path"
        : "it is binary data of another kind; check the path";
  }

  private static boolean startsWith(byte[] bytes, int... prefix) {
    if (bytes.length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if ((bytes[i] & 0xFF) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /** What the source is called in messages. */
  public String name() {
    return source.name();
  }

  /** Not to be written to. */
  public byte[] bytes() {
    return source.bytes();
  }

  /** In the order of the file; at least one. */
  public List<PemBlock> blocks() {
    return blocks;
  }

  /** The kind of key store that it is, as {@link java.security.KeyStore} names it; null if none. */
  public @Nullable String storeType() {
    String label = blocks.get(0).label();
    return switch (label) {
      case DerLabel.PKCS12, DerLabel.JKS, DerLabel.JCEKS -> label;
      default -> null;
    };
  }

  /** The error that {@code needed} is missing: what is held instead, and what to do. */
  SslConfigException lacks(String needed) {
    PemBlock block = unusable();
    return new SslConfigException(
        "%s holds %s, not %s; %s.".formatted(name(), what(block), needed, remedy(block, needed)));
  }

  /** The block that explains best what is missing: an OpenSSH key rather than a certificate. */
  private PemBlock unusable() {
    PemBlock first = blocks.get(0);
    for (PemBlock block : blocks) {
      boolean usable = block.isCertificate() || block.isPrivateKey();
      if (!usable && !block.label().endsWith("PARAMETERS")) {
        return block;
      }
      if (first.label().endsWith("PARAMETERS")) {
        first = block;
      }
    }
    return first;
  }

  private static String what(PemBlock block) {
    if (block.isCertificate()) {
      return "a certificate";
    }
    return switch (block.label()) {
      case "ENCRYPTED PRIVATE KEY" -> "an encrypted private key";
      case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" -> "a private key";
      case "DSA PRIVATE KEY" -> "a DSA private key";
      case "OPENSSH PRIVATE KEY" -> "an OpenSSH key";
      case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" -> "a certificate request";
      case "PUBLIC KEY", "RSA PUBLIC KEY" -> "a public key";
      case "X509 CRL", "CRL" -> A_LIST;
      case "PKCS7", "CMS" -> "a PKCS#7 bundle";
      case "EC PARAMETERS", "DH PARAMETERS" -> "key parameters";
      case DerLabel.PKCS12 -> "a PKCS#12 store";
      case DerLabel.JKS, DerLabel.JCEKS -> "a Java key store";
      case DerLabel.UNKNOWN -> "a DER structure of an unknown kind";
      default -> "a block of an unexpected kind";
    };
  }

  private static String remedy(PemBlock block, String needed) {
    if (needed.equals(A_STORE)) {
      return "load it as certificate and key instead";
    }
    if (needed.equals(A_LIST)) {
      return "give the file that the issuer's tool made (openssl ca -gencrl)";
    }
    return switch (block.label()) {
      case "OPENSSH PRIVATE KEY" -> "convert a copy of it with ssh-keygen -p -m PKCS8 -f <copy>";
      case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
          "give the certificate that the CA made from it";
      case "PUBLIC KEY", "RSA PUBLIC KEY" -> "give the file that was made with it";
      case "DSA PRIVATE KEY" -> "TLS does not use DSA any more, make an EC or RSA key";
      case "PKCS7", "CMS" -> "convert it with openssl pkcs7 -print_certs";
      case DerLabel.PKCS12 -> "convert it with openssl pkcs12 -nokeys, or give PEM";
      default ->
          block.isCertificate() || block.isPrivateKey()
              ? "check that certificate and key are not swapped"
              : "give a file with " + needed;
    };
  }
}
