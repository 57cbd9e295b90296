package dev.ferrule.fleet;

import dev.ferrule.fleet.redis.RedisRecords;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports how this server does to the store: when something is different, and every ten seconds.
 * Used by the fleet's thread.
 */
final class ServerReports {
  private static final long EVERY = 10_000; // ms

  private final RedisRecords records;
  private final SealedBytes sealing;
  private final String owner;
  private final Supplier<List<X509Certificate>> shown;
  private @Nullable String host; // asking for it may take long
  private byte[] last = {};
  private long reportedAt; // by the local clock
  private boolean reported;

  ServerReports(
      RedisRecords records,
      SealedBytes sealing,
      String owner,
      Supplier<List<X509Certificate>> shown) {
    this.records = records;
    this.sealing = sealing;
    this.owner = owner;
    this.shown = shown;
  }

  /** Reports if that is due; fails as the store does. */
  void visit(FleetStatus status, List<String> wanted, long now) {
    if (host == null) {
      host = host();
    }
    byte[] next =
        new FleetServer(
                owner, host, status.state(), status.encrypting(), wanted, shown(), Duration.ZERO)
            .encoded();
    if (!reported || now - reportedAt >= EVERY || !Arrays.equals(next, last)) {
      records.report(owner, sealing.seal(owner, now, next));
      reported = true;
      reportedAt = now;
      last = next;
    }
  }

  /** The server ends. */
  void end() {
    if (reported) {
      records.gone(owner);
    }
  }

  private List<FleetServer.Shown> shown() {
    List<FleetServer.Shown> all = new ArrayList<>();
    for (X509Certificate each : shown.get()) {
      try {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(each.getEncoded());
        all.add(
            new FleetServer.Shown(HexFormat.of().formatHex(hash), each.getNotAfter().toInstant()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a certificate cannot be encoded", e);
      }
    }
    return all;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
