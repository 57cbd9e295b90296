package dev.ferrule.ssl.tickets;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.ssl.SslConfigException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The key of each period of time is derived from one secret (HKDF-SHA-256, RFC 5869), so that
 * processes agree that know the secret and the time. Periods count from 1970. The key of the next
 * period decrypts too, for servers whose clock is ahead, and those of the past until their tickets
 * have expired, for a clock that is behind by up to a period. Immutable.
 */
public final class DerivedKeys extends TicketKeys {
  /** The least bytes of a secret. */
  public static final int LEAST = 32;

  private static final byte[] SALT = "ferrule session ticket keys 1".getBytes(US_ASCII);

  private final SecretKey secret; // what HKDF extracted of it
  private final long length; // milliseconds
  private final InstantSource clock;

  /**
   * Derives a key for each {@code period}; the array is not kept.
   *
   * @param source what the secret comes from, for messages
   */
  public DerivedKeys(byte[] secret, String source, Duration period, InstantSource clock) {
    if (secret.length < LEAST) {
      throw new SslConfigException(
          "%s has %d bytes, and a secret of ticket keys has at least %d random ones, such as: openssl rand -out FILE %d"
              .formatted(source, secret.length, LEAST, LEAST));
    }
    this.length = millis(period);
    this.clock = clock;
    try {
      this.secret =
          kdf()
              .deriveKey(
                  "Generic",
                  HKDFParameterSpec.ofExtract().addIKM(secret).addSalt(SALT).extractOnly());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no HKDF-SHA-256", e);
    }
  }

  private static KDF kdf() throws GeneralSecurityException {
    return KDF.getInstance("HKDF-SHA256");
  }

  private long period() {
    return Math.floorDiv(clock.millis(), length);
  }

  /** 0 is the number of no keys. */
  private static long number(long period) {
    return period >= 0 ? period + 1 : period;
  }

  @Override
  public boolean isPresent(long number) {
    return number(period()) == number;
  }

  @Override
  public long give(Duration lifetime, Consumer<List<byte[]>> taker) {
    int older = periods(lifetime.toMillis(), length) + 1;
    long now = period();
    List<byte[]> derived = new ArrayList<>();
    try {
      KDF hkdf = kdf();
      LongStream all = LongStream.rangeClosed(1, older).map(ago -> now - ago);
      for (long period : LongStream.concat(LongStream.of(now, now + 1), all).toArray()) {
        derived.add(hkdf.deriveData(HKDFParameterSpec.expandOnly(secret, info(period), LENGTH)));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no HKDF-SHA-256", e);
    }
    handOver(derived, taker);
    return number(now);
  }

  /** Periods of another length have other keys. */
  private byte[] info(long period) {
    return ByteBuffer.allocate(16).putLong(length).putLong(period).array();
  }
}
