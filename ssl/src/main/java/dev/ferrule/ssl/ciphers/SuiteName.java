package dev.ferrule.ssl.ciphers;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.CipherSuite.Auth;
import dev.ferrule.ssl.CipherSuite.Enc;
import dev.ferrule.ssl.CipherSuite.Kx;
import dev.ferrule.ssl.CipherSuite.Mac;
import dev.ferrule.ssl.CipherSuite.Protocol;
import java.util.Map;
import java.util.Objects;

/** Derives the properties of a suite from its IANA name (TLS Cipher Suites registry). Stateless. */
final class SuiteName {
  private SuiteName() {}

  private record Agreement(Kx kx, Auth auth) {}

  private static final Map<String, Agreement> AGREEMENTS =
      Map.ofEntries(
          Map.entry("RSA", new Agreement(Kx.RSA, Auth.RSA)),
          Map.entry("DHE_RSA", new Agreement(Kx.DHE, Auth.RSA)),
          Map.entry("DHE_DSS", new Agreement(Kx.DHE, Auth.DSS)),
          Map.entry("DH_anon", new Agreement(Kx.DHE, Auth.NULL)),
          Map.entry("ECDHE_ECDSA", new Agreement(Kx.ECDHE, Auth.ECDSA)),
          Map.entry("ECDHE_RSA", new Agreement(Kx.ECDHE, Auth.RSA)),
          Map.entry("ECDH_anon", new Agreement(Kx.ECDHE, Auth.NULL)),
          Map.entry("ECDH_ECDSA", new Agreement(Kx.ECDH_ECDSA, Auth.ECDH)),
          Map.entry("ECDH_RSA", new Agreement(Kx.ECDH_RSA, Auth.ECDH)),
          Map.entry("PSK", new Agreement(Kx.PSK, Auth.PSK)),
          Map.entry("RSA_PSK", new Agreement(Kx.RSA_PSK, Auth.RSA)),
          Map.entry("DHE_PSK", new Agreement(Kx.DHE_PSK, Auth.PSK)),
          Map.entry("PSK_DHE", new Agreement(Kx.DHE_PSK, Auth.PSK)),
          Map.entry("ECDHE_PSK", new Agreement(Kx.ECDHE_PSK, Auth.PSK)),
          Map.entry("SRP_SHA", new Agreement(Kx.SRP, Auth.SRP)),
          Map.entry("SRP_SHA_RSA", new Agreement(Kx.SRP, Auth.RSA)),
          Map.entry("SRP_SHA_DSS", new Agreement(Kx.SRP, Auth.DSS)));

  private static final int LAST_OF_SSL3 = 0x1B;

  /** The suite of an IANA name, which is given without {@code TLS_}. */
  static CipherSuite parse(int id, String openssl, String iana) {
    int with = iana.indexOf("_WITH_");
    String sealing = with < 0 ? iana : iana.substring(with + "_WITH_".length());
    boolean aead =
        sealing.contains("_GCM") || sealing.contains("_CCM") || sealing.contains("_POLY1305");
    String cipher =
        aead
            ? sealing.replaceFirst("_SHA(256|384)$", "")
            : sealing.substring(0, sealing.lastIndexOf('_'));
    Enc enc = Enc.valueOf(cipher.replace("3DES", "TDES"));
    if (with < 0) {
      return new CipherSuite(
          "TLS_" + iana, openssl, id, Kx.ANY, Auth.ANY, enc, Mac.AEAD, Protocol.TLS13);
    }
    Mac mac = aead ? Mac.AEAD : Mac.valueOf(sealing.substring(sealing.lastIndexOf('_') + 1));
    Agreement by =
        Objects.requireNonNull(AGREEMENTS.get(iana.substring(0, with).replace("_EXPORT", "")));
    String prefix = id <= LAST_OF_SSL3 ? "SSL_" : "TLS_";
    return new CipherSuite(prefix + iana, openssl, id, by.kx, by.auth, enc, mac, since(by.kx, mac));
  }

  private static Protocol since(Kx kx, Mac mac) {
    return switch (mac) {
      case AEAD -> Protocol.TLS12;
      case SHA256, SHA384 -> kx.presharedKey() ? Protocol.TLS1 : Protocol.TLS12;
      case SHA, MD5 -> kx.ellipticCurve() ? Protocol.TLS1 : Protocol.SSL3;
    };
  }
}
