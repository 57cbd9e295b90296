package dev.ferrule.tests.ssl;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Changes handshake messages by a seed. Bytes of a vector are changed, removed, repeated or added,
 * and the lengths of all vectors around them are set right again, or on purpose are not: so a
 * parser comes further than by noise.
 */
final class ChangedMessage {
  private static final int HEADER = 4;
  private static final int DEEPEST = 12;

  /** A length field and the bytes that it counts. */
  private record Vector(int lengthAt, int width, int start, int end) {}

  private final Random random;

  ChangedMessage(Random random) {
    this.random = random;
  }

  /** The messages of a record, one of them changed; what is no message is changed as it is. */
  byte[] of(byte[] payload) {
    List<Vector> messages = new ArrayList<>();
    for (int at = 0; at + HEADER <= payload.length; ) {
      int end = at + HEADER + number(payload, at + 1, 3);
      if (end > payload.length) {
        break;
      }
      messages.add(new Vector(at + 1, 3, at + HEADER, end));
      at = end;
    }
    if (messages.isEmpty()) {
      return edited(payload, List.of(), 0, payload.length);
    }
    Vector message = any(messages);
    return random.nextInt(8) == 0 ? moved(payload, message) : inside(payload, message);
  }

  /** The whole message removed, repeated, or of another type. */
  private byte[] moved(byte[] payload, Vector message) {
    byte[] all = payload.clone();
    int type = message.lengthAt - 1;
    return switch (random.nextInt(3)) {
      case 0 -> spliced(all, type, message.end, new byte[0]);
      case 1 -> spliced(all, type, type, Arrays.copyOfRange(all, type, message.end));
      default -> {
        all[type] = (byte) random.nextInt(26);
        yield all;
      }
    };
  }

  /** Goes down to a vector at random, by what looks like a length. */
  private byte[] inside(byte[] payload, Vector message) {
    List<Vector> around = new ArrayList<>(List.of(message));
    while (around.size() < DEEPEST && random.nextInt(5) > 0) {
      List<Vector> deeper = vectors(payload, around.getLast());
      if (deeper.isEmpty()) {
        break;
      }
      around.add(any(deeper));
    }
    Vector last = around.getLast();
    return edited(payload, around, last.start, last.end);
  }

  /** What may be a vector in another: it ends there, or more of them follow until the end. */
  private static List<Vector> vectors(byte[] bytes, Vector in) {
    List<Vector> found = new ArrayList<>();
    for (int at = in.start; at < Math.min(in.end, in.start + 300); at++) {
      for (int width = 1; width <= 3 && at + width < in.end; width++) {
        int end = at + width + number(bytes, at, width);
        if (end == in.end && end > at + width) {
          found.add(new Vector(at, width, at + width, end));
        }
      }
    }
    for (int[] form : new int[][] {{0, 1}, {0, 2}, {0, 3}, {2, 2}}) {
      found.addAll(list(bytes, in, form[0], form[1]));
    }
    return found;
  }

  /** The vectors of a list whose items begin with so many other bytes; empty when it is none. */
  private static List<Vector> list(byte[] bytes, Vector in, int before, int width) {
    List<Vector> items = new ArrayList<>();
    int at = in.start;
    while (at + before + width <= in.end) {
      int start = at + before + width;
      at = start + number(bytes, at + before, width);
      if (at > in.end) {
        return List.of();
      }
      items.add(new Vector(start - width, width, start, at));
    }
    return at == in.end && items.size() > 1 ? items : List.of();
  }

  private byte[] edited(byte[] bytes, List<Vector> around, int from, int to) {
    int start = from + random.nextInt(to - from + 1);
    int end =
        Math.min(to, start + random.nextInt(to - from < 8 || random.nextInt(3) == 0 ? 40 : 5));
    byte[] part = Arrays.copyOfRange(bytes, start, end);
    byte[] instead =
        switch (random.nextInt(6)) {
          case 0 -> new byte[0];
          case 1 -> joined(part, part);
          case 2 -> noise(random.nextInt(6));
          case 3 -> noise(part.length);
          case 4 -> filled(part.length, random.nextBoolean() ? 0 : 0xFF);
          default -> flipped(part);
        };
    byte[] changed = spliced(bytes, start, end, instead);
    int grown = instead.length - part.length;
    for (Vector vector : around) {
      if (random.nextInt(24) > 0) {
        int length = vector.end - vector.start + grown;
        for (int i = 0; i < vector.width; i++) {
          changed[vector.lengthAt + i] = (byte) (length >> (8 * (vector.width - 1 - i)));
        }
      }
    }
    return changed;
  }

  private byte[] flipped(byte[] part) {
    if (part.length > 0) {
      part[random.nextInt(part.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return part;
  }

  byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static int number(byte[] bytes, int at, int width) {
    int value = 0;
    for (int i = 0; i < width; i++) {
      value = (value << 8) | (bytes[at + i] & 0xFF);
    }
    return value;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] instead) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(bytes, 0, from);
    all.writeBytes(instead);
    all.write(bytes, to, bytes.length - to);
    return all.toByteArray();
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
