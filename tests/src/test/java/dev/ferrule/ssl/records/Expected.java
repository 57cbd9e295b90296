package dev.ferrule.ssl.records;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a receiver must make of the bytes on its link, written from RFC 8446 and not from the code.
 * Where several rules are broken at once, any of their alerts is right.
 */
final class Expected {
  /** How it ends. */
  enum End {
    /** With the peer's close_notify. */
    CLEAN,
    /** With one of {@link #alerts}, which this side sends. */
    REFUSED,
    /** With the error alert {@link #told}, which the peer sent. */
    TOLD,
    /** With the link, in front of close_notify. */
    CUT
  }

  private static final int MOST_IDLE = 32; // our limit, not the RFC's
  private static final int LONGEST_MESSAGE = 16_384; // too

  /** RFC 8446 B.2, but for the reserved ones. */
  private static final Map<Integer, String> ERRORS =
      Map.ofEntries(
          Map.entry(10, "unexpected_message"),
          Map.entry(20, "bad_record_mac"),
          Map.entry(22, "record_overflow"),
          Map.entry(40, "handshake_failure"),
          Map.entry(42, "bad_certificate"),
          Map.entry(43, "unsupported_certificate"),
          Map.entry(44, "certificate_revoked"),
          Map.entry(45, "certificate_expired"),
          Map.entry(46, "certificate_unknown"),
          Map.entry(47, "illegal_parameter"),
          Map.entry(48, "unknown_ca"),
          Map.entry(49, "access_denied"),
          Map.entry(50, "decode_error"),
          Map.entry(51, "decrypt_error"),
          Map.entry(70, "protocol_version"),
          Map.entry(71, "insufficient_security"),
          Map.entry(80, "internal_error"),
          Map.entry(86, "inappropriate_fallback"),
          Map.entry(109, "missing_extension"),
          Map.entry(110, "unsupported_extension"),
          Map.entry(112, "unrecognized_name"),
          Map.entry(113, "bad_certificate_status_response"),
          Map.entry(115, "unknown_psk_identity"),
          Map.entry(116, "certificate_required"),
          Map.entry(120, "no_application_protocol"));

  private final boolean server;
  private final PeerKeys keys;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final Set<String> alerts = new TreeSet<>();
  private End end = End.CUT;
  private int told;
  private byte[] messages = {};
  private int idle;
  private boolean done;

  /** A receiver; {@code keys} are those of its peer. */
  Expected(boolean server, PeerKeys keys, byte[] link) {
    this.server = server;
    this.keys = keys;
    for (int at = 0; !done && at + 5 <= link.length; ) {
      int length = number(link, at + 3, 2);
      boolean whole = at + 5 + length <= link.length;
      header(link, at, length, whole);
      if (!whole) {
        break;
      }
      if (!done) {
        record(Arrays.copyOfRange(link, at, at + 5 + length));
      }
      at += 5 + length;
    }
  }

  End end() {
    return end;
  }

  Set<String> alerts() {
    return alerts;
  }

  byte[] data() {
    return data.toByteArray();
  }

  /** Whether {@code alert} is the name of what the peer told. */
  boolean told(String alert) {
    String name = ERRORS.get(told);
    return name == null ? !ERRORS.containsValue(alert) : name.equals(alert);
  }

  private void refuse(String... right) {
    end = End.REFUSED;
    alerts.addAll(Set.of(right));
    done = true;
  }

  /** 5.1, 5.2: the version is ignored, but it is authenticated. */
  private void header(byte[] link, int at, int length, boolean whole) {
    if (length > 16_384 + 256) {
      refuse("record_overflow");
    }
    boolean type = link[at] != 23;
    boolean version = link[at + 1] != 3;
    if ((type && (whole || done || link[at] < 20 || link[at] > 24)) || version) {
      refuse("unexpected_message");
      if (version) {
        alerts.add("bad_record_mac");
      }
    }
  }

  private void record(byte[] record) {
    byte[] plain = record.length < 5 + 16 ? null : keys.open(record);
    if (plain == null) {
      refuse("bad_record_mac");
      return;
    }
    if (plain.length > 16_384 + 1) {
      refuse("record_overflow"); // 5.4
      return;
    }
    int at = plain.length - 1;
    while (at >= 0 && plain[at] == 0) {
      at--;
    }
    if (at < 0) {
      refuse("unexpected_message"); // 5.4
      return;
    }
    byte[] content = Arrays.copyOf(plain, at);
    if (messages.length > 0 && plain[at] != 22) {
      refuse("unexpected_message"); // 5.1
      return;
    }
    switch (plain[at]) {
      case 21 -> alert(content);
      case 22 -> handshake(content);
      case 23 -> data(content);
      default -> refuse("unexpected_message"); // 5
    }
  }

  private void data(byte[] content) {
    data.writeBytes(content);
    if (content.length == 0) {
      countIdle();
    } else {
      idle = 0;
    }
  }

  private void countIdle() {
    if (++idle > MOST_IDLE) {
      refuse("unexpected_message");
    }
  }

  /** 5.1, 5.4 and 6. */
  private void alert(byte[] content) {
    if (content.length == 0) {
      refuse("unexpected_message");
    } else if (content.length != 2) {
      refuse("decode_error", "unexpected_message");
    } else if (content[0] != 1 && content[0] != 2) {
      refuse("illegal_parameter"); // an invalid enum, 6
    } else if (content[1] == 0) {
      end = End.CLEAN;
      done = true;
    } else if (content[1] != 90) {
      end = End.TOLD;
      told = content[1] & 0xFF;
      done = true;
    } else {
      countIdle();
    }
  }

  /** 4.6, 5.1. */
  private void handshake(byte[] content) {
    if (content.length == 0) {
      refuse("unexpected_message");
      return;
    }
    messages = joined(messages, content);
    while (!done && messages.length > 0) {
      boolean update = messages[0] == 24;
      if (!update && (messages[0] != 4 || server)) {
        refuse("unexpected_message");
        return;
      }
      if (messages.length < 4) {
        return;
      }
      int length = number(messages, 1, 3);
      if (update && length != 1) {
        refuse("decode_error");
        return;
      }
      if (length > LONGEST_MESSAGE) {
        refuse("illegal_parameter");
        return;
      }
      if (messages.length < 4 + length) {
        return;
      }
      byte[] body = Arrays.copyOfRange(messages, 4, 4 + length);
      messages = Arrays.copyOfRange(messages, 4 + length, messages.length);
      if (update) {
        keyUpdate(body[0]);
      } else if (!isTicket(body)) {
        refuse("decode_error");
      }
    }
  }

  /** 4.6.3 and 5.1. */
  private void keyUpdate(byte request) {
    if (request != 0 && request != 1) {
      refuse("illegal_parameter");
    }
    if (messages.length > 0) {
      refuse("unexpected_message");
    }
    if (!done) {
      keys.update();
      countIdle();
    }
  }

  /** 4.6.1. */
  private static boolean isTicket(byte[] body) {
    int nonce = 8;
    int ticket = vectorEnd(body, nonce, 1);
    int extensions = vectorEnd(body, ticket, 2);
    if (extensions < 0
        || extensions == ticket + 2
        || vectorEnd(body, extensions, 2) != body.length) {
      return false;
    }
    int at = extensions + 2;
    while (at >= 0 && at < body.length) {
      at = vectorEnd(body, at + 2, 2);
    }
    return at >= 0;
  }

  /** The end of a vector; -1 when it is not all there. */
  private static int vectorEnd(byte[] body, int at, int width) {
    if (at < 0 || at + width > body.length) {
      return -1;
    }
    int end = at + width + number(body, at, width);
    return end > body.length ? -1 : end;
  }

  static int number(byte[] bytes, int at, int width) {
    int value = 0;
    for (int i = 0; i < width; i++) {
      value = (value << 8) | (bytes[at + i] & 0xFF);
    }
    return value;
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Override
  public String toString() {
    return end + " " + alerts + (end == End.TOLD ? told : "") + " after " + data.size() + " bytes";
  }
}
