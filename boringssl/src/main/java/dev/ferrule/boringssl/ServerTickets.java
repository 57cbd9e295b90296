package dev.ferrule.boringssl;

import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.SslTicketKeys;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SessionTicketKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server's settings say of session tickets, for one SSL_CTX: it brings the keys there, and
 * again when they have changed. Any thread; its lock is held while keys are set.
 */
final class ServerTickets {
  /** BoringSSL's own lifetime, of TLS 1.3; in TLS 1.2 it is shorter. */
  private static final Duration USUAL = Duration.ofDays(2);

  /** How many BoringSSL gives after a handshake of TLS 1.3. */
  private static final int NUMBER = 2;

  private final long context;
  private final @Nullable SslTicketKeys keys;
  private final @Nullable Duration lifetime;
  private volatile long present; // the number of the keys that BoringSSL has; 0 for none

  private ServerTickets(long context, SslSettings.Tickets settings) {
    this.context = context;
    this.keys = settings.keys();
    this.lifetime = settings.lifetime();
  }

  /**
   * Applies the settings.
   *
   * @throws SslConfigException when BoringSSL cannot honour them
   */
  static ServerTickets set(long context, SslSettings settings) {
    SslSettings.Tickets tickets = settings.tickets();
    Integer number = tickets.number();
    if (number != null && number != 0 && number != NUMBER) {
      throw new SslConfigException(
          "the boringssl provider gives "
              + NUMBER
              + " tickets after a handshake, or none, and not "
              + number
              + ": netty-tcnative has no way to tell BoringSSL");
    }
    ServerTickets set = new ServerTickets(context, tickets);
    if (set.lifetime != null) {
      SSLContext.setSessionCacheTimeout(context, set.lifetime.toSeconds()); // of TLS 1.2 only
    }
    set.renew();
    return set;
  }

  /** Whether no tickets are wanted. */
  static boolean none(SslSettings settings) {
    Integer number = settings.tickets().number();
    return settings.options().contains(SslOption.NO_TICKET) || (number != null && number == 0);
  }

  /** Whether other servers may have the same keys. */
  boolean areShared() {
    return keys != null;
  }

  /** Sees to it that BoringSSL has the keys of now. The context must not be freed meanwhile. */
  void renew() {
    SslTicketKeys shared = keys;
    if (shared != null && !shared.isPresent(present)) {
      renew(shared);
    }
  }

  /** Under the lock, so that no older keys replace newer ones. */
  private synchronized void renew(SslTicketKeys shared) {
    present = shared.give(lifetime == null ? USUAL : lifetime, this::put);
  }

  private void put(List<byte[]> all) {
    List<byte[]> parts = new ArrayList<>();
    SessionTicketKey[] natives = new SessionTicketKey[all.size()];
    for (int i = 0; i < natives.length; i++) {
      byte[] name = part(all.get(i), 0, parts);
      byte[] aes = part(all.get(i), 1, parts);
      byte[] hmac = part(all.get(i), 2, parts);
      natives[i] = new SessionTicketKey(name, hmac, aes);
    }
    SSLContext.setSessionTicketKeys(context, natives);
    parts.forEach(part -> Arrays.fill(part, (byte) 0));
  }

  private static byte[] part(byte[] key, int index, List<byte[]> parts) {
    byte[] part = Arrays.copyOfRange(key, index * 16, index * 16 + 16);
    parts.add(part);
    return part;
  }

  /**
   * Gives a session of TLS 1.3 its lifetime, before its tickets are made: BoringSSL has a setting
   * for that, which netty-tcnative does not reach. That of a session that was resumed goes on, from
   * the full handshake.
   */
  void limit(long ssl) {
    Duration chosen = lifetime;
    if (chosen != null && "TLSv1.3".equals(SSL.getVersion(ssl))) {
      long seconds = chosen.toSeconds();
      if (!SSL.isSessionReused(ssl) || SSL.getTimeout(ssl) > seconds) {
        SSL.setTimeout(ssl, seconds);
      }
    }
  }
}
