package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens keys encrypted in OpenSSL's traditional way: headers {@code Proc-Type: 4,ENCRYPTED} and
 * {@code DEK-Info: <cipher>,<iv>} (RFC 1421), and a key derived by EVP_BytesToKey with one round of
 * MD5. That is weak, but still in use.
 */
final class TraditionalEncryption {
  private static final int SALT_BYTES = 8;

  private TraditionalEncryption() {}

  /** The decrypted bytes, for the caller to wipe. */
  static byte[] open(byte[] encrypted, String dekInfo, char[] password, String name) {
    int comma = dekInfo.indexOf(',');
    String dek = comma < 0 ? dekInfo : dekInfo.substring(0, comma);
    int keyBytes =
        switch (dek) {
          case "AES-128-CBC" -> 16;
          case "AES-192-CBC", "DES-EDE3-CBC" -> 24;
          case "AES-256-CBC" -> 32;
          default -> throw unsupported(dek, name);
        };
    String cipherName = dek.startsWith("AES") ? "AES" : "DESede";
    byte[] iv = iv(dekInfo.substring(comma + 1), cipherName, name);
    byte[] secret = Passwords.utf8(password);
    byte[] key = null;
    try {
      key = bytesToKey(secret, Arrays.copyOf(iv, SALT_BYTES), keyBytes);
      Cipher cipher = Cipher.getInstance(cipherName + "/CBC/PKCS5Padding");
      cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, cipherName), new IvParameterSpec(iv));
      return cipher.doFinal(encrypted);
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      throw PrivateKeys.wrongPassword(name);
    } catch (GeneralSecurityException e) {
      throw unsupported(dek, name);
    } finally {
      Arrays.fill(secret, (byte) 0);
      if (key != null) {
        Arrays.fill(key, (byte) 0);
      }
    }
  }

  private static byte[] iv(String hex, String cipher, String name) {
    try {
      byte[] iv = HexFormat.of().parseHex(hex.strip());
      if (iv.length == (cipher.equals("AES") ? 16 : 8)) {
        return iv;
      }
    } catch (IllegalArgumentException e) {
      // reported below, as a wrong length is
    }
    throw new SslConfigException(
        "%s has a damaged DEK-Info header; copy the whole file again.".formatted(name));
  }

  private static byte[] bytesToKey(byte[] secret, byte[] salt, int length)
      throws GeneralSecurityException {
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    byte[] key = new byte[length];
    byte[] digest = new byte[0];
    for (int at = 0; at < length; at += digest.length) {
      md5.update(digest);
      md5.update(secret);
      digest = md5.digest(salt);
      System.arraycopy(digest, 0, key, at, Math.min(digest.length, length - at));
    }
    Arrays.fill(digest, (byte) 0);
    return key;
  }

  private static SslConfigException unsupported(String dek, String name) {
    // Only what looks like a cipher's name is quoted: the header may be any damaged text.
    String shown = dek.matches("[A-Z0-9-]{1,20}") ? dek : "not named";
    return new SslConfigException(
        ("%s holds a private key whose encryption (%s) is not supported; encrypt it again with"
                + " openssl pkcs8 -topk8 -v2 aes-256-cbc.")
            .formatted(name, shown));
  }
}
