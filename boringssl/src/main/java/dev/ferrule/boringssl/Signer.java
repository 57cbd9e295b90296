package dev.ferrule.boringssl;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.hello.Codes;
import dev.ferrule.ssl.keys.SignerKey;
import io.netty.internal.tcnative.SSLPrivateKeyMethod;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;
import java.util.concurrent.Future;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import org.jspecify.annotations.Nullable;

/**
 * Signs with a key that cannot be exported, such as a hardware token's. It runs in a task of the
 * handshake, because signing may take long.
 */
final class Signer implements SSLPrivateKeyMethod {
  /** A number of BoringSSL; the registry has none. */
  private static final int RSA_MD5_SHA1 = 0xFF01;

  private final PrivateKey key;
  private final PublicKey published;
  private final Map<Long, BoringWire> wires;

  Signer(Credentials credentials, Map<Long, BoringWire> wires) {
    this.key = credentials.key();
    this.published = credentials.chain().getFirst().getPublicKey();
    this.wires = wires;
  }

  @Override
  public byte @Nullable [] sign(long ssl, int scheme, byte[] message) {
    try {
      return key instanceof SignerKey outside
          ? signOutside(ssl, outside, scheme, message)
          : sign(scheme, message);
    } catch (Throwable e) {
      return failed(ssl, e);
    }
  }

  @Override
  public byte @Nullable [] decrypt(long ssl, byte[] input) {
    if (key instanceof SignerKey) {
      return failed(ssl, new SignatureException("a signing callback cannot decrypt"));
    }
    try {
      // Native code removes the padding, in constant time (RFC 5246 7.4.7.1).
      Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
      cipher.init(Cipher.DECRYPT_MODE, key);
      return cipher.doFinal(input);
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      return null; // not below the modulus: a fault of the peer, not of the key
    } catch (Throwable e) {
      return failed(ssl, e);
    }
  }

  /**
   * Returns null to fail the handshake. After an exception, native code would send an empty
   * signature.
   */
  private byte @Nullable [] failed(long ssl, Throwable e) {
    Handshake handshake = handshake(ssl);
    if (handshake != null) {
      handshake.broke(e);
    }
    return null;
  }

  private byte[] sign(int scheme, byte[] message) throws GeneralSecurityException {
    if (scheme == RSA_MD5_SHA1) {
      return signBoth(message);
    }
    Signature signature = Signature.getInstance(algorithm(scheme));
    signature.initSign(key); // selects the security provider that can use the key
    parameters(signature, scheme);
    signature.update(message);
    return signature.sign();
  }

  private byte[] signOutside(long ssl, SignerKey outside, int scheme, byte[] message)
      throws GeneralSecurityException {
    if (scheme == RSA_MD5_SHA1) {
      throw new SignatureException("a signing callback cannot sign for TLS 1.0 and 1.1 with RSA");
    }
    byte[] signed =
        outside.sign(Codes.scheme(scheme), message.clone(), answer -> awaits(ssl, answer));
    Signature signature = Signature.getInstance(algorithm(scheme));
    signature.initVerify(published);
    parameters(signature, scheme);
    signature.update(message);
    boolean good;
    try {
      good = signature.verify(signed);
    } catch (SignatureException e) {
      good = false; // not even the form of one
    }
    if (!good) {
      throw new SignatureException(
          "what the signing callback answered is no signature by the key of the certificate");
    }
    return signed;
  }

  private void awaits(long ssl, Future<?> answer) {
    Handshake handshake = handshake(ssl);
    if (handshake != null) {
      handshake.answer.is(answer);
    }
  }

  private @Nullable Handshake handshake(long ssl) {
    BoringWire wire = wires.get(ssl);
    return wire == null ? null : wire.handshaking();
  }

  private static void parameters(Signature signature, int scheme) throws GeneralSecurityException {
    int hashBytes = hashBytes(scheme);
    if (hashBytes > 0) {
      String hash = "SHA-" + hashBytes * 8;
      signature.setParameter(
          new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), hashBytes, 1));
    }
  }

  /** RSA before TLS 1.2: MD5 and SHA-1 together, without DigestInfo (RFC 4346 7.4.3). */
  private byte[] signBoth(byte[] message) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    cipher.init(Cipher.ENCRYPT_MODE, key);
    cipher.update(MessageDigest.getInstance("MD5").digest(message));
    return cipher.doFinal(MessageDigest.getInstance("SHA-1").digest(message));
  }

  /** The JDK's name of a TLS SignatureScheme, by its number in the registry. */
  private static String algorithm(int scheme) throws SignatureException {
    return switch (scheme) {
      case 0x0201 -> "SHA1withRSA";
      case 0x0401 -> "SHA256withRSA";
      case 0x0501 -> "SHA384withRSA";
      case 0x0601 -> "SHA512withRSA";
      case 0x0203 -> "SHA1withECDSA";
      case 0x0403 -> "SHA256withECDSA";
      case 0x0503 -> "SHA384withECDSA";
      case 0x0603 -> "SHA512withECDSA";
      case 0x0804, 0x0805, 0x0806 -> "RSASSA-PSS";
      case 0x0807 -> "Ed25519";
      default -> throw new SignatureException("no such signature scheme: " + scheme);
    };
  }

  /** The length of hash and salt of an RSASSA-PSS scheme; 0 for others. */
  private static int hashBytes(int scheme) {
    return switch (scheme) {
      case 0x0804 -> 32;
      case 0x0805 -> 48;
      case 0x0806 -> 64;
      default -> 0;
    };
  }
}
