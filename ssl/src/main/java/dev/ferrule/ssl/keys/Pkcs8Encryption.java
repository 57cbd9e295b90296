package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.util.Arrays;
import java.util.List;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens encrypted PKCS#8 keys (RFC 5958): PBES2 with PBKDF2 and a CBC cipher (RFC 8018), and the
 * older PBES1 schemes that the JDK has.
 *
 * <p>PBES2 is composed here because the JDK's reader lacks 3DES and AES-192.
 */
final class Pkcs8Encryption {
  private static final String PBES2 = "1.2.840.113549.1.5.13";
  private static final String PBKDF2 = "1.2.840.113549.1.5.12";

  /**
   * Takes seconds; a larger count means a damaged file, or one that is made to block its reader.
   */
  private static final int MAX_ITERATIONS = 5_000_000;

  private Pkcs8Encryption() {}

  /** The decrypted PKCS#8 bytes, for the caller to wipe. */
  static byte[] open(byte[] der, char[] password, String name) {
    try {
      Der info = Der.whole(der).expect(Der.SEQUENCE);
      Der algorithm = info.child(0).expect(Der.SEQUENCE);
      String oid = algorithm.child(0).oid();
      byte[] data = info.child(1).expect(Der.OCTET_STRING).content();
      return oid.equals(PBES2)
          ? openPbes2(algorithm.child(1), data, password, name)
          : openPbes1(der, oid, password, name);
    } catch (IOException e) {
      throw PrivateKeys.damaged(name);
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      throw PrivateKeys.wrongPassword(name);
    } catch (SslConfigException e) {
      throw e;
    } catch (GeneralSecurityException | RuntimeException e) {
      throw PrivateKeys.damaged(name);
    }
  }

  private static byte[] openPbes2(Der parameters, byte[] data, char[] password, String name)
      throws IOException, GeneralSecurityException {
    Der derivation = parameters.child(0);
    Der encryption = parameters.child(1);
    requireOid(derivation.child(0).oid(), PBKDF2, name);
    CbcCipher cbc = CbcCipher.of(encryption.child(0).oid(), name);
    byte[] iv = encryption.child(1).expect(Der.OCTET_STRING).content();

    List<Der> pbkdf2 = derivation.child(1).children();
    byte[] salt = derivation.child(1).child(0).expect(Der.OCTET_STRING).content();
    int iterations = checked(derivation.child(1).child(1).intValue(), name);
    String prf = "1.2.840.113549.2.7";
    for (Der option : pbkdf2.subList(2, pbkdf2.size())) {
      if (option.is(Der.SEQUENCE)) {
        prf = option.child(0).oid();
      }
    }
    PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, 8 * cbc.keyBytes());
    byte[] key = null;
    try {
      key = SecretKeyFactory.getInstance(mac(prf, name)).generateSecret(spec).getEncoded();
      Cipher cipher = Cipher.getInstance(cbc.algorithm() + "/CBC/PKCS5Padding");
      cipher.init(
          Cipher.DECRYPT_MODE, new SecretKeySpec(key, cbc.algorithm()), new IvParameterSpec(iv));
      return cipher.doFinal(data);
    } finally {
      spec.clearPassword();
      if (key != null) {
        Arrays.fill(key, (byte) 0);
      }
    }
  }

  private record CbcCipher(String algorithm, int keyBytes) {
    static CbcCipher of(String oid, String name) {
      return switch (oid) {
        case "2.16.840.1.101.3.4.1.2" -> new CbcCipher("AES", 16);
        case "2.16.840.1.101.3.4.1.22" -> new CbcCipher("AES", 24);
        case "2.16.840.1.101.3.4.1.42" -> new CbcCipher("AES", 32);
        case "1.2.840.113549.3.7" -> new CbcCipher("DESede", 24);
        default -> throw unsupported(oid, name);
      };
    }
  }

  private static String mac(String oid, String name) {
    return switch (oid) {
      case "1.2.840.113549.2.7" -> "PBKDF2WithHmacSHA1";
      case "1.2.840.113549.2.8" -> "PBKDF2WithHmacSHA224";
      case "1.2.840.113549.2.9" -> "PBKDF2WithHmacSHA256";
      case "1.2.840.113549.2.10" -> "PBKDF2WithHmacSHA384";
      case "1.2.840.113549.2.11" -> "PBKDF2WithHmacSHA512";
      case "1.2.840.113549.2.12" -> "PBKDF2WithHmacSHA512/224";
      case "1.2.840.113549.2.13" -> "PBKDF2WithHmacSHA512/256";
      default -> throw unsupported(oid, name);
    };
  }

  private static byte[] openPbes1(byte[] der, String oid, char[] password, String name)
      throws IOException, GeneralSecurityException {
    EncryptedPrivateKeyInfo info;
    Cipher cipher;
    try {
      info = new EncryptedPrivateKeyInfo(der);
      cipher = Cipher.getInstance(info.getAlgName());
    } catch (GeneralSecurityException e) {
      throw unsupported(oid, name);
    }
    if (info.getAlgParameters() == null) {
      throw unsupported(oid, name);
    }
    checked(
        info.getAlgParameters().getParameterSpec(PBEParameterSpec.class).getIterationCount(), name);
    for (char c : password) {
      if (c > 0x7F) {
        // The JDK drops the upper bits of other characters, so the password would be wrong.
        throw new SslConfigException(
            ("%s is encrypted in an old way (%s) that takes ASCII passwords only; encrypt it again"
                    + " with openssl pkcs8 -topk8 -v2 aes-256-cbc.")
                .formatted(name, info.getAlgName()));
      }
    }
    PBEKeySpec spec = new PBEKeySpec(password);
    try {
      Key key = SecretKeyFactory.getInstance(info.getAlgName()).generateSecret(spec);
      cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
      return cipher.doFinal(info.getEncryptedData());
    } finally {
      spec.clearPassword();
    }
  }

  private static void requireOid(String oid, String wanted, String name) {
    if (!oid.equals(wanted)) {
      throw unsupported(oid, name);
    }
  }

  private static int checked(int iterations, String name) {
    if (iterations < 1 || iterations > MAX_ITERATIONS) {
      throw new SslConfigException(
          ("%s holds a private key encrypted with %d iterations, where 1 to %d are taken;"
                  + " encrypt it again with fewer.")
              .formatted(name, iterations, MAX_ITERATIONS));
    }
    return iterations;
  }

  private static SslConfigException unsupported(String oid, String name) {
    String shown =
        switch (oid) {
          case "1.3.6.1.4.1.11591.4.11" -> "scrypt";
          case "1.2.840.113549.1.5.3" -> "PBE with MD5 and DES";
          case "1.2.840.113549.1.5.10" -> "PBE with SHA-1 and DES";
          case "1.3.14.3.2.7" -> "DES";
          case "1.2.840.113549.3.2" -> "RC2";
          case "2.16.840.1.101.3.4.1.6", "2.16.840.1.101.3.4.1.46" -> "AES-GCM";
          default -> oid;
        };
    return new SslConfigException(
        ("%s holds a private key whose encryption (%s) is not supported; encrypt it again with"
                + " openssl pkcs8 -topk8 -v2 aes-256-cbc.")
            .formatted(name, shown));
  }
}
