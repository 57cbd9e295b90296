package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads private keys: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) and SEC1 (RFC 5915), plain or encrypted.
 *
 * <p>The exceptions have no cause: a message of the JDK about a key could quote the key. Decoded
 * copies are wiped once the JDK has made its key of them.
 */
public final class PrivateKeys {
  private static final String RSA = "1.2.840.113549.1.1.1";
  private static final String EC = "1.2.840.10045.2.1";

  private PrivateKeys() {}

  /** The first key of {@code contents}, as nginx takes it; others are ignored. */
  static PrivateKey first(Contents contents, char @Nullable [] password) {
    byte[] parameters = null;
    for (PemBlock block : contents.blocks()) {
      if (block.label().equals("EC PARAMETERS")) {
        parameters = block.der();
      } else if (block.isPrivateKey()) {
        return read(block, parameters, contents.name(), password);
      }
    }
    throw contents.lacks("a private key");
  }

  /**
   * Reads a key.
   *
   * @param parameters what an EC PARAMETERS block before it held; null where there is none
   * @param name of the file, for messages
   * @throws SslConfigException when it is encrypted and the password is not given or wrong, or when
   *     it is damaged
   */
  public static PrivateKey read(
      PemBlock block, byte @Nullable [] parameters, String name, char @Nullable [] password) {
    boolean encrypted = block.dekInfo() != null || block.label().equals("ENCRYPTED PRIVATE KEY");
    if (!encrypted) {
      return decode(block.label(), block.der(), parameters, name, Secrecy.PLAIN);
    }
    if (password == null) {
      throw new SslConfigException(
          "%s holds an encrypted private key and no password was given; give its password."
              .formatted(name));
    }
    String dekInfo = block.dekInfo();
    boolean traditional = dekInfo != null;
    byte[] der =
        dekInfo != null
            ? TraditionalEncryption.open(block.der(), dekInfo, password, name)
            : Pkcs8Encryption.open(block.der(), password, name);
    try {
      String label = traditional ? block.label() : "PRIVATE KEY";
      return decode(label, der, parameters, name, Secrecy.DECRYPTED);
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  /** An unencrypted key in PKCS#8. */
  static PrivateKey pkcs8(byte[] der, String name) {
    return decode("PRIVATE KEY", der, null, name, Secrecy.PLAIN);
  }

  private enum Secrecy {
    PLAIN,
    DECRYPTED
  }

  private static PrivateKey decode(
      String label, byte[] der, byte @Nullable [] parameters, String name, Secrecy secrecy) {
    byte[] pkcs8;
    String oid;
    try {
      Der whole = Der.whole(der).expect(Der.SEQUENCE);
      pkcs8 =
          switch (label) {
            case "RSA PRIVATE KEY" -> wrapRsa(der);
            case "EC PRIVATE KEY" -> wrapEc(whole, parameters, name);
            default -> der.clone();
          };
      oid = Der.whole(pkcs8).child(1).child(0).oid();
    } catch (IOException e) {
      // About one wrong password in 256 decrypts to valid padding.
      throw secrecy == Secrecy.DECRYPTED ? wrongPassword(name) : damaged(name);
    }
    try {
      return KeyFactory.getInstance(algorithm(oid, name))
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (SslConfigException e) {
      throw e;
    } catch (GeneralSecurityException | RuntimeException e) {
      // Unchecked too: what the JDK's decoders throw for damaged input is not always declared.
      throw oid.equals(EC) ? unusableEc("The key in " + name) : damaged(name);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private static String algorithm(String oid, String name) {
    return switch (oid) {
      case RSA -> "RSA";
      case EC -> "EC";
      case "1.2.840.113549.1.1.10" -> "RSASSA-PSS";
      case "1.3.101.112" -> "Ed25519";
      case "1.3.101.113" -> "Ed448";
      default ->
          throw new SslConfigException(
              ("%s holds a key of an algorithm (%s) that TLS here does not sign with; use EC,"
                      + " RSA or Ed25519.")
                  .formatted(name, oidName(oid)));
    };
  }

  private static String oidName(String oid) {
    return switch (oid) {
      case "1.2.840.10040.4.1" -> "DSA";
      case "1.3.101.110" -> "X25519";
      case "1.3.101.111" -> "X448";
      case "1.2.840.113549.1.3.1" -> "DH";
      default -> oid;
    };
  }

  private static byte[] wrapRsa(byte[] pkcs1) {
    return DerWriter.sequence(
        DerWriter.smallInteger(0),
        DerWriter.sequence(DerWriter.oid(RSA), DerWriter.nullValue()),
        DerWriter.octetString(pkcs1));
  }

  private static byte[] wrapEc(Der sec1, byte @Nullable [] parameters, String name)
      throws IOException {
    List<Der> parts = sec1.children();
    byte[] curve = parameters;
    for (Der part : parts) {
      if (part.is(Der.CONTEXT_0)) {
        curve = part.child(0).encoded();
      }
    }
    if (curve == null) {
      throw new SslConfigException(
          "%s holds an EC key that does not name its curve; put its EC PARAMETERS block before it."
              .formatted(name));
    }
    return DerWriter.sequence(
        DerWriter.smallInteger(0),
        DerWriter.sequence(DerWriter.oid(EC), curve),
        DerWriter.octetString(sec1.encoded()));
  }

  static SslConfigException wrongPassword(String name) {
    return new SslConfigException(
        "%s cannot be decrypted: the password is wrong or the file is damaged; check the password."
            .formatted(name));
  }

  static SslConfigException damaged(String name) {
    return new SslConfigException(
        "%s holds a damaged private key; copy the whole file again.".formatted(name));
  }

  static SslConfigException unusableEc(String name) {
    return new SslConfigException(
        ("%s is an EC key that is damaged or on a curve that this JDK does not have; use"
                + " P-256, P-384 or P-521 by name.")
            .formatted(name));
  }
}
