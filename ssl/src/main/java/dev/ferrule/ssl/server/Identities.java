package dev.ferrule.ssl.server;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.spi.WireFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECKey;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one context of a server, the preferred first: a client gets the first whose
 * signatures it can verify (RFC 8446 4.2.3, RFC 5246 7.4.1.4.1). Immutable.
 */
public final class Identities {
  private static final String TLS_1_3 = "TLSv1.3";

  /** A certificate's key, and the wires that show it; without a key for a context from outside. */
  public record Identity(@Nullable PublicKey key, WireFactory wires) {}

  private final List<Identity> all;

  /** At least one; the last is for clients that none fits. */
  public Identities(List<Identity> all) {
    this.all = List.copyOf(all);
  }

  /** The wires of the preferred one. */
  public WireFactory first() {
    return all.getFirst().wires;
  }

  /** The wires of all, in the same order. */
  public List<WireFactory> wires() {
    return all.stream().map(Identity::wires).toList();
  }

  /** The wires for a client. */
  public WireFactory of(SslHello hello) {
    for (int i = 0; i < all.size() - 1; i++) {
      PublicKey key = all.get(i).key;
      if (key != null && fits(key, hello, all.get(i).wires.protocols())) {
        return all.get(i).wires;
      }
    }
    return all.getLast().wires;
  }

  /**
   * Whether a server that speaks {@code ours} may sign for this client with that key, in the
   * version that the two would speak.
   */
  static boolean fits(PublicKey key, SslHello hello, List<String> ours) {
    List<String> schemes = hello.signatureSchemes();
    String algorithm = algorithm(key);
    if (hello.versions().contains(TLS_1_3) && ours.contains(TLS_1_3)) {
      return takes13(key, algorithm, schemes);
    }
    return hello.cipherSuites().stream().anyMatch(suite -> isFor(algorithm, suite))
        && (schemes.isEmpty() || schemes.stream().anyMatch(scheme -> takes12(algorithm, scheme)));
  }

  /** Whether a suite before TLS 1.3 goes with such a key; static ECDH is nobody's here. */
  private static boolean isFor(String algorithm, String suite) {
    return algorithm.startsWith("RSA")
        ? suite.startsWith("TLS_RSA_") || suite.contains("DHE_RSA_")
        : suite.contains("_ECDHE_ECDSA_"); // Ed25519 too (RFC 8422 5.4)
  }

  /** Whether one of the schemes is for signatures by such a key, in one of the versions. */
  public static boolean fits(PublicKey key, List<String> schemes, Set<Protocol> versions) {
    String algorithm = algorithm(key);
    return (versions.contains(Protocol.TLS_1_3) && takes13(key, algorithm, schemes))
        || (!versions.equals(Set.of(Protocol.TLS_1_3))
            && schemes.stream().anyMatch(scheme -> takes12(algorithm, scheme)));
  }

  private static String algorithm(PublicKey key) {
    return key instanceof EdECKey ed ? ed.getParams().getName() : key.getAlgorithm();
  }

  private static boolean takes13(PublicKey key, String algorithm, List<String> schemes) {
    return switch (algorithm) {
      case "RSA" -> schemes.stream().anyMatch(scheme -> scheme.startsWith("rsa_pss_rsae_"));
      case "RSASSA-PSS" -> schemes.stream().anyMatch(scheme -> scheme.startsWith("rsa_pss_pss_"));
      case "EC" ->
          key instanceof ECPublicKey ec
              && schemes.contains(ecdsa(ec.getParams().getOrder().bitLength()));
      default -> schemes.stream().anyMatch(scheme -> scheme.equalsIgnoreCase(algorithm));
    };
  }

  private static String ecdsa(int bits) {
    return switch (bits) {
      case 256 -> "ecdsa_secp256r1_sha256";
      case 384 -> "ecdsa_secp384r1_sha384";
      default -> "ecdsa_secp521r1_sha512";
    };
  }

  private static boolean takes12(String algorithm, String scheme) {
    return switch (algorithm) {
      case "RSA" -> scheme.startsWith("rsa_pkcs1_") || scheme.startsWith("rsa_pss_rsae_");
      case "RSASSA-PSS" -> scheme.startsWith("rsa_pss_pss_");
      case "EC" -> scheme.startsWith("ecdsa_") && !scheme.endsWith("sha1"); // RFC 9155
      default -> scheme.equalsIgnoreCase(algorithm);
    };
  }
}
