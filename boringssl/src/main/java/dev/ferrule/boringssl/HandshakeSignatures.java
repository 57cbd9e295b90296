package dev.ferrule.boringssl;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.hello.ClientHello;
import dev.ferrule.ssl.records.RecordInput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Refuses SHA-1 as a signature of a TLS 1.2 handshake (RFC 9155). BoringSSL accepts and makes such
 * signatures, and netty-tcnative has no option for it. So this class reads the offered schemes and
 * the scheme of a signature from the peer's unencrypted messages before BoringSSL gets them. For
 * one handshake and thread.
 */
final class HandshakeSignatures {
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;

  private static final int SERVER_HELLO = 2;
  private static final int SERVER_KEY_EXCHANGE = 12;
  private static final int CERTIFICATE_REQUEST = 13;
  private static final int CERTIFICATE_VERIFY = 15;
  private static final int HEADER = 4;
  private static final int TLS_1_2 = 0x0303;
  private static final int NAMED_CURVE = 3;
  private static final int SHA_1 = 2;

  private final @Nullable String key;
  private final byte[] message = new byte[1024]; // bytes beyond that are not examined
  private int got;
  private boolean done;

  /** Examines the peer of a side whose key has that algorithm; null without a key. */
  HandshakeSignatures(@Nullable String key) {
    this.key = key;
  }

  /** Whether a client offers only SHA-1 for a signature by the server's key. */
  static boolean leavesNone(SslHello hello, OfferedParameters choices) {
    Optional<Protocol> version =
        choices.versions().stream()
            .filter(own -> hello.versions().contains(own.toString()))
            .max(Comparator.naturalOrder());
    return version.equals(Optional.of(Protocol.TLS_1_2))
        && choices.suites().stream()
            .map(suite -> suite.iana())
            .anyMatch(suite -> suite.contains("_ECDHE_") && hello.cipherSuites().contains(suite))
        && !fits(choices.key(), hello.signatureSchemes());
  }

  /** Whether one of the schemes fits the key and has a stronger hash. */
  private static boolean fits(@Nullable String key, List<String> schemes) {
    String kind =
        key == null ? "" : key.startsWith("RSA") ? "rsa_" : key.equals("EC") ? "ecdsa_" : "ed";
    return schemes.stream().anyMatch(scheme -> scheme.startsWith(kind) && !scheme.endsWith("sha1"));
  }

  /**
   * Examines complete records of the peer.
   *
   * @param legacy whether the version is known to be older than TLS 1.2
   * @return what is refused; null when nothing is
   */
  @Nullable String look(ByteBuffer in, int from, int length, boolean legacy) {
    done |= legacy;
    for (int at = from; !done && at < from + length; ) {
      int type = in.get(at);
      int bytes = (in.get(at + 3) & 0xFF) << 8 | (in.get(at + 4) & 0xFF);
      int end = at + RecordInput.HEADER + bytes;
      // Later messages are encrypted; in TLS 1.3 all after the hello.
      done = type == CHANGE_CIPHER_SPEC || type == APPLICATION_DATA;
      for (int i = at + RecordInput.HEADER; type == HANDSHAKE && !done && i < end; i++) {
        String fault = take(in.get(i));
        if (fault != null) {
          done = true;
          return fault;
        }
      }
      at = end;
    }
    return null;
  }

  private @Nullable String take(byte next) {
    if (got < message.length) {
      message[got] = next;
    }
    got++;
    if (got < HEADER || got < HEADER + (u8(1) << 16 | u16(2))) {
      return null;
    }
    int bytes = Math.min(got, message.length);
    got = 0;
    return whole(bytes);
  }

  private @Nullable String whole(int bytes) {
    switch (u8(0)) {
      case SERVER_HELLO -> done = bytes < HEADER + 2 || u16(HEADER) != TLS_1_2;
      case SERVER_KEY_EXCHANGE -> {
        int scheme = bytes > HEADER + 3 ? HEADER + 4 + u8(HEADER + 3) : bytes;
        if (u8(HEADER) == NAMED_CURVE && scheme + 2 <= bytes && isWeak(scheme)) {
          return "the server signed the handshake with SHA-1";
        }
      }
      case CERTIFICATE_VERIFY -> {
        if (bytes >= HEADER + 2 && isWeak(HEADER)) {
          return "the client signed the handshake with SHA-1";
        }
      }
      case CERTIFICATE_REQUEST -> {
        if (key != null && !fits(key, schemes(bytes))) {
          return "the server takes no signature of this side's key but with SHA-1";
        }
      }
      default -> {}
    }
    return null;
  }

  private List<String> schemes(int bytes) {
    int at = HEADER + 1 + u8(HEADER);
    List<String> names = new ArrayList<>();
    int end = at + 2 <= bytes ? Math.min(bytes, at + 2 + u16(at)) : 0;
    for (at += 2; at + 2 <= end; at += 2) {
      names.add(ClientHello.schemeName(u16(at)));
    }
    return names;
  }

  /** SHA-1, or MD5 (RFC 5246 7.4.1.4.1). */
  private boolean isWeak(int at) {
    return u8(at) > 0 && u8(at) <= SHA_1;
  }

  private int u8(int at) {
    return message[at] & 0xFF;
  }

  private int u16(int at) {
    return u8(at) << 8 | u8(at + 1);
  }
}
