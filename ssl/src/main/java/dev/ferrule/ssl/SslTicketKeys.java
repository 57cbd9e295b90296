package dev.ferrule.ssl;

import dev.ferrule.ssl.tickets.DerivedKeys;
import dev.ferrule.ssl.tickets.GivenKeys;
import dev.ferrule.ssl.tickets.RotatedKeys;
import dev.ferrule.ssl.tickets.SecretFile;
import dev.ferrule.ssl.tickets.SuppliedKeys;
import dev.ferrule.ssl.tickets.TicketKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * The keys that servers encrypt session tickets with (RFC 5077, RFC 8446 4.6.1), for {@link
 * SslSetup#ticketKeys}. Servers and contexts that are given the same object, and processes that
 * have the same keys, resume each other's sessions where their certificates name the same hosts and
 * they ask for the same certificates of clients. Without any, each context has random keys of its
 * own.
 *
 * <p>Who has a key can resume the sessions of its time, and decrypt those of TLS 1.2: keep files
 * private and change keys. A key has 48 bytes: name, AES-128 key and HMAC-SHA-256 key of 16 each,
 * in nginx's order. Arrays are copied and stay the caller's. Keys are wiped when they are dropped,
 * as far as Java allows. Any thread.
 */
public final class SslTicketKeys {
  /** Who may read a file of secrets, by its POSIX permissions; not looked at on other systems. */
  public enum Readers {
    /** Its owner and its group: a file that others may read or write is an error. */
    OWNER_AND_GROUP,
    /** Anybody on the machine. */
    ANYBODY
  }

  /** Keys that are kept elsewhere, and may change at any time. Called by any thread, often. */
  public interface Source {
    /** As {@link SslTicketKeys#isPresent}; it does not wait for anything. */
    boolean isPresent(long number);

    /** As {@link SslTicketKeys#give}; it does not wait for anything. */
    long give(Duration lifetime, Consumer<List<byte[]>> taker);
  }

  private static final class SourceKeys extends SuppliedKeys {
    private final Source source;

    SourceKeys(Source source) {
      this.source = source;
    }

    @Override
    public boolean isPresent(long number) {
      return source.isPresent(number);
    }

    @Override
    public long give(Duration lifetime, Consumer<List<byte[]>> taker) {
      return source.give(lifetime, taker);
    }
  }

  private final TicketKeys keys;

  SslTicketKeys(TicketKeys keys) {
    this.keys = keys;
  }

  /**
   * Keys that do not change: the first encrypts, all decrypt.
   *
   * @param keys 1 to 16 keys of 48 bytes
   * @throws SslConfigException when they are not that
   */
  public static SslTicketKeys of(List<byte[]> keys) {
    return new SslTicketKeys(GivenKeys.of(keys, "ticketKeys"));
  }

  /**
   * As {@link #ofFile(Path, Readers)}, of a file that only owner and group may read.
   *
   * @param file 1 to 16 keys of 48 bytes
   * @throws SslConfigException when it cannot be read or is not that, or others may read it
   */
  public static SslTicketKeys ofFile(Path file) {
    return ofFile(file, Readers.OWNER_AND_GROUP);
  }

  /**
   * Keys of a file, which is read once: keys of 48 bytes, one behind the other, such as one or
   * several of nginx's {@code ssl_session_ticket_key}. The first encrypts, all decrypt. {@link
   * SslTicketFile} has those of a file that is watched.
   *
   * @param file 1 to 16 keys of 48 bytes
   * @param readers who may be able to read it
   * @throws SslConfigException when it cannot be read or is not that, or others may read it
   */
  public static SslTicketKeys ofFile(Path file, Readers readers) {
    return new SslTicketKeys(SecretFile.keys(file, readers == Readers.ANYBODY));
  }

  /**
   * Random keys of this object, a new one each period. The newest encrypts; each decrypts until the
   * tickets that it encrypted have expired. A rotation happens when a connection is made.
   *
   * @param period 1 second to 365 days, and so long that no more than 256 keys decrypt at once
   * @throws SslConfigException when it is not that; for the number of keys, when a context is built
   */
  public static SslTicketKeys rotated(Duration period) {
    return rotated(period, InstantSource.system());
  }

  /**
   * As {@link #rotated(Duration)}, by a clock of the program's.
   *
   * @param period 1 second to 365 days
   * @param clock any thread
   * @throws SslConfigException when the period is not that
   */
  public static SslTicketKeys rotated(Duration period, InstantSource clock) {
    return new SslTicketKeys(new RotatedKeys(period, clock));
  }

  /**
   * A key for each period of time, derived from a secret (HKDF-SHA-256, RFC 5869): processes with
   * the same secret and period agree without talking, if their clocks differ by less than a period.
   * The key of the present encrypts; that of the next period decrypts too, and those of the past
   * until their tickets have expired.
   *
   * @param secret at least 32 random bytes
   * @param period 1 second to 365 days, and so long that no more than 256 keys decrypt at once
   * @throws SslConfigException when they are not that; for the number of keys, when a context is
   *     built
   */
  public static SslTicketKeys derived(byte[] secret, Duration period) {
    return derived(secret, period, InstantSource.system());
  }

  /**
   * As {@link #derived(byte[], Duration)}, by a clock of the program's.
   *
   * @param secret at least 32 random bytes
   * @param period 1 second to 365 days
   * @param clock any thread
   * @throws SslConfigException when they are not that
   */
  public static SslTicketKeys derived(byte[] secret, Duration period, InstantSource clock) {
    return new SslTicketKeys(new DerivedKeys(secret, "the secret", period, clock));
  }

  /**
   * As {@link #derived(byte[], Duration)}, with a secret that is in a file, which is read once.
   *
   * @param file at least 32 random bytes, of which each counts
   * @param period 1 second to 365 days
   * @param readers who may be able to read the file
   * @throws SslConfigException when the file cannot be read or is not that, or others may read it
   */
  public static SslTicketKeys derived(Path file, Duration period, Readers readers) {
    return new SslTicketKeys(
        SecretFile.secret(file, readers == Readers.ANYBODY, period, InstantSource.system()));
  }

  /**
   * Keys of a source outside, such as one that many machines share.
   *
   * @param source is asked at connections, on the threads of loops
   */
  public static SslTicketKeys from(Source source) {
    return new SslTicketKeys(new SourceKeys(source));
  }

  /**
   * For providers: whether the keys that {@link #give} gave with this number are still those to
   * use. It is cheap, to be asked at each connection.
   *
   * @param number 0 when none were given yet
   */
  public boolean isPresent(long number) {
    return keys.isPresent(number);
  }

  /**
   * For providers: gives the keys of now, each of 48 bytes, the one that encrypts first.
   *
   * @param lifetime how long a ticket lives at most
   * @param taker is called once; the arrays are wiped behind it
   * @return the number of these keys, never 0
   * @throws SslConfigException when there would be more than 256
   */
  public long give(Duration lifetime, Consumer<List<byte[]>> taker) {
    return keys.give(lifetime, taker);
  }

  /** Whether they are the same for ever. */
  boolean areFixed() {
    return keys instanceof GivenKeys;
  }

  /** Shows nothing of the keys. */
  @Override
  public String toString() {
    return "SslTicketKeys";
  }
}
