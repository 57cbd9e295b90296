package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.SslTicketKeys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the tickets of one server context, for the program's keys; OpenSSL has random ones of
 * its own where this is not asked. A ticket is encrypted by AES-128-CBC and authenticated by
 * HMAC-SHA-256 (RFC 5077 4). Any thread; its lock is held while keys change.
 */
final class ServerTickets {
  private static final int PART = 16;
  private static final int FAILED = -1;
  private static final int NONE = 0;
  private static final int GOOD = 1;
  private static final int RENEWED = 2;

  /** OpenSSL's own lifetime. */
  private static final Duration USUAL = Duration.ofHours(2);

  private final SslTicketKeys keys;
  private final Duration lifetime;
  private volatile List<byte[]> known = List.of(); // the first seals
  private volatile long present; // the number of the keys that are known

  private ServerTickets(SslTicketKeys keys, @Nullable Duration lifetime) {
    this.keys = keys;
    this.lifetime = lifetime == null ? USUAL : lifetime;
  }

  /** Applies the settings; null where OpenSSL's own keys are used. */
  static @Nullable ServerTickets set(long context, SslSettings settings) {
    SslSettings.Tickets tickets = settings.tickets();
    Duration lifetime = tickets.lifetime();
    if (lifetime != null) {
      LibContext.lifetime(context, lifetime.toSeconds());
    }
    Integer number = tickets.number();
    if (none(settings)) {
      LibContext.tickets(context, 0);
      LibContext.options(context, Options.NO_TICKET);
    } else if (number != null) {
      LibContext.tickets(context, number);
    }
    if (tickets.keys() == null) {
      return null;
    }
    LibContext.ticketKey(context, Callbacks.TICKET_KEY);
    ServerTickets set = new ServerTickets(tickets.keys(), lifetime);
    set.renew();
    return set;
  }

  /** Whether no tickets are wanted. */
  static boolean none(SslSettings settings) {
    Integer number = settings.tickets().number();
    return settings.options().contains(SslOption.NO_TICKET)
        || (number != null && number == 0)
        || !settings.externalPsks().isEmpty();
  }

  /** Sees to it that the keys are those of now. */
  void renew() {
    if (!keys.isPresent(present)) {
      renewed();
    }
  }

  /** Under the lock, so that no older keys replace newer ones. */
  private synchronized void renewed() {
    present =
        keys.give(
            lifetime,
            all -> {
              List<byte[]> old = known;
              known = all.stream().map(byte[]::clone).toList();
              old.forEach(key -> Arrays.fill(key, (byte) 0));
            });
  }

  /** Prepares the encryption of a ticket, whose name and initial vector it chooses. */
  synchronized int seal(long name, long iv, long cipher, long mac) {
    List<byte[]> all = known;
    if (all.isEmpty()) {
      return NONE;
    }
    byte[] key = all.getFirst();
    MemorySegment.copy(key, 0, Calls.memory(name, PART), JAVA_BYTE, 0, PART);
    return LibCrypto.random(iv, PART) && prepared(key, iv, cipher, mac, true) ? GOOD : FAILED;
  }

  /**
   * Prepares the decryption of one. By TLS 1.3 each is used once, and so followed by another (RFC
   * 8446 C.4).
   */
  synchronized int open(boolean once, long name, long iv, long cipher, long mac) {
    byte[] wanted = Calls.bytes(name, PART);
    List<byte[]> all = known;
    for (int i = 0; i < all.size(); i++) {
      byte[] key = all.get(i);
      if (Arrays.equals(wanted, 0, PART, key, 0, PART)) {
        if (!prepared(key, iv, cipher, mac, false)) {
          return FAILED;
        }
        return i == 0 && !once ? GOOD : RENEWED;
      }
    }
    return NONE;
  }

  private static boolean prepared(byte[] key, long iv, long cipher, long mac, boolean encrypts) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(2 * PART);
      MemorySegment.copy(key, PART, copy, JAVA_BYTE, 0, 2 * PART);
      try {
        return LibCrypto.aesCbc(cipher, copy.address(), iv, encrypts)
            && LibCrypto.mac(mac, copy.address() + PART, PART, sha256(arena));
      } finally {
        copy.fill((byte) 0);
      }
    }
  }

  /**
   * An array of OSSL_PARAM: the digest of the HMAC, and the end.
   *
   * <p>{@code struct ossl_param_st { const char *key; unsigned int data_type; void *data; size_t
   * data_size; size_t return_size; }}
   */
  private static long sha256(Arena arena) {
    MemorySegment parameters = arena.allocate(2 * 40, 8);
    parameters.set(JAVA_LONG, 0, arena.allocateFrom("digest").address());
    parameters.set(JAVA_LONG, 8, 4); // OSSL_PARAM_UTF8_STRING
    parameters.set(JAVA_LONG, 16, arena.allocateFrom("SHA256").address());
    parameters.set(JAVA_LONG, 24, "SHA256".length());
    return parameters.address();
  }
}
