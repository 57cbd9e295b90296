package dev.ferrule.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.tickets.SecretFile;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What all servers of a fleet have in a file, and the store does not: keys for each purpose are
 * derived from it (HKDF-SHA-256, RFC 5869). Immutable.
 */
final class FleetSecret {
  private static final int LEAST = 32;
  private static final byte[] SALT = "ferrule fleet 1".getBytes(US_ASCII);

  private final SecretKey extracted;

  private FleetSecret(byte[] secret) {
    try {
      extracted =
          KDF.getInstance("HKDF-SHA256")
              .deriveKey(
                  "Generic",
                  HKDFParameterSpec.ofExtract().addIKM(secret).addSalt(SALT).extractOnly());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no HKDF-SHA-256", e);
    }
  }

  /** Reads a secret; the file may be read by its owner and group only. */
  static FleetSecret of(Path file) {
    byte[] bytes = SecretFile.bytes(file);
    try {
      return of(bytes, file.toString());
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** The array stays the caller's. */
  static FleetSecret of(byte[] secret, String source) {
    if (secret.length < LEAST) {
      throw new SslConfigException(
          "%s has %d bytes, and a fleet's secret has at least %d random ones, such as: openssl rand -out FILE %d"
              .formatted(source, secret.length, LEAST, LEAST));
    }
    return new FleetSecret(secret);
  }

  /** What encrypts keys in the store: AES-256. */
  SecretKey sealing(String fleet) {
    return new SecretKeySpec(derive("seal " + fleet, 32), "AES");
  }

  /** What encrypts certificates with their keys in the store: AES-256. */
  SecretKey certificates(String fleet) {
    return new SecretKeySpec(derive("certificates " + fleet, 32), "AES");
  }

  /** What encrypts the reports of servers in the store: AES-256. */
  SecretKey reports(String fleet) {
    return new SecretKeySpec(derive("reports " + fleet, 32), "AES");
  }

  /** What ticket keys are derived from when there are none of the store; the caller wipes it. */
  byte[] alone(String fleet) {
    return derive("alone " + fleet, 32);
  }

  /** By which addresses of clients become names in the store: HMAC-SHA-256. */
  SecretKey naming(String fleet) {
    return new SecretKeySpec(derive("address " + fleet, 32), "HmacSHA256");
  }

  /** Says nothing of the secret, and differs where it does: who has another is another fleet. */
  String fingerprint(String fleet) {
    return HexFormat.of().formatHex(derive("name " + fleet, 8));
  }

  private byte[] derive(String purpose, int length) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(HKDFParameterSpec.expandOnly(extracted, purpose.getBytes(US_ASCII), length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no HKDF-SHA-256", e);
    }
  }
}
