package dev.ferrule.ssl.jdk;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Skips a client's early data, which the engine takes for damaged records. A server may do that by
 * a HelloRetryRequest: all that is encrypted before the second hello then is early data (RFC 8446
 * 4.2.10). So the engine is left only the groups for which the client brings no key share. For the
 * loop's thread.
 */
final class EarlyDataSkip {
  /** Bytes of early data that are skipped: several times what a common client may send. */
  private static final int MOST = 64 * 1024;

  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;

  private final boolean retries;
  private boolean helloPassed;
  private boolean over;
  private int skipped;

  private EarlyDataSkip(boolean retries) {
    this.retries = retries;
  }

  /** Before the engine's handshake begins; null when the client announces no early data. */
  static @Nullable EarlyDataSkip of(SSLEngine engine, SslHello hello) {
    if (!hello.earlyData()) {
      return null;
    }
    List<String> groups = hello.groups();
    List<String> shares = hello.keyShares();
    SSLParameters parameters = engine.getSSLParameters();
    String[] others =
        Arrays.stream(parameters.getNamedGroups())
            .filter(group -> contains(groups, group) && !contains(shares, group))
            .toArray(String[]::new);
    if (others.length > 0) {
      parameters.setNamedGroups(others);
      engine.setSSLParameters(parameters);
    }
    return new EarlyDataSkip(others.length > 0);
  }

  private static boolean contains(Iterable<String> groups, String group) {
    for (String one : groups) {
      if (one.equalsIgnoreCase(group)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the record at the buffer's position was skipped.
   *
   * @throws SslError when it cannot be, or there is too much
   */
  boolean skips(ByteBuffer in, int length) {
    int type = in.get(in.position());
    if (over || type != APPLICATION_DATA) {
      over |= type == HANDSHAKE && helloPassed;
      helloPassed |= type == HANDSHAKE;
      return false;
    }
    skipped += length;
    if (!retries || skipped > MOST) {
      throw new SslError(
          Side.OURS,
          Stage.HANDSHAKE,
          "unexpected_message",
          SslFailure.EARLY_DATA,
          retries
              ? "the client sent more than " + MOST + " bytes of early data, which nobody took"
              : "the client sent early data, which the JDK's engine cannot skip"
                  + " (RFC 8446 4.2.10): have it send none, or take the provider boringssl",
          null);
    }
    in.position(in.position() + length);
    return true;
  }
}
