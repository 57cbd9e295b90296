package dev.ferrule.ssl.records;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What is changed in records: before they are protected, and on their way. */
final class Changes {
  private static final int[] TYPES = {0, 1, 20, 21, 22, 23, 24, 25, 255};

  private final Random random;

  Changes(Random random) {
    this.random = random;
  }

  /** Changes one of the records of a sender that protects what it should not send. */
  void before(List<Inner> all) {
    int at = random.nextInt(all.size());
    Inner inner = all.get(at);
    byte[] content = inner.content.clone();
    switch (random.nextInt(13)) {
      case 0 -> all.set(at, with(inner, TYPES[random.nextInt(TYPES.length)], content));
      case 1 -> all.set(at, with(inner, inner.type, flipped(content)));
      case 2 -> all.set(at, with(inner, inner.type, shorter(content)));
      case 3 -> all.set(at, with(inner, inner.type, Expected.joined(content, noise(6))));
      case 4 -> all.add(at, inner);
      case 5 -> Collections.swap(all, at, random.nextInt(all.size()));
      case 6 -> {
        Inner next = all.get(random.nextInt(all.size()));
        all.set(at, with(inner, inner.type, Expected.joined(content, next.content)));
      }
      case 7 -> {
        if (all.size() > 1) {
          all.remove(at);
        }
      }
      case 8 -> all.add(at, message());
      case 9 -> all.set(at, oversize(inner));
      case 10 -> all.add(at, Inner.padded(0, new byte[0], random.nextInt(4)));
      case 11 -> flood(all, at, inner);
      default -> all.add(at, Inner.of(Inner.ALERT, noise(4)));
    }
  }

  private Inner with(Inner inner, int type, byte[] content) {
    return new Inner(type, content, inner.padding, inner.updates);
  }

  private byte[] noise(int below) {
    return Inner.random(random, random.nextInt(below));
  }

  private byte[] flipped(byte[] bytes) {
    if (bytes.length > 0) {
      int first = random.nextBoolean() ? Math.min(bytes.length, 6) : bytes.length;
      bytes[random.nextInt(first)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  private byte[] shorter(byte[] bytes) {
    return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
  }

  /** A handshake message of any type, often one that says a length that it has not. */
  private Inner message() {
    byte[] body = noise(20);
    int said = random.nextInt(3) == 0 ? random.nextInt(1 << 24) : body.length;
    int type = random.nextBoolean() ? random.nextInt(26) : random.nextBoolean() ? 4 : 24;
    byte[] head = {(byte) type, (byte) (said >>> 16), (byte) (said >>> 8), (byte) said};
    return Inner.of(Inner.HANDSHAKE, Expected.joined(head, body));
  }

  /** At the limits: 2^14 + 1 bytes of inner plaintext, and 2^14 + 256 of the record. */
  private Inner oversize(Inner inner) {
    int inside = 16_384 + random.nextInt(260) - 5;
    if (random.nextBoolean()) {
      return with(inner, inner.type, Arrays.copyOf(inner.content, inside));
    }
    return new Inner(inner.type, inner.content, Math.max(0, inside - inner.content.length), false);
  }

  private void flood(List<Inner> all, int at, Inner inner) {
    for (int left = random.nextInt(45); left > 0; left--) {
      all.add(
          at,
          switch (random.nextInt(8)) {
            case 0 -> Inner.keyUpdate(random.nextBoolean());
            case 1 -> inner.content.length < 200 ? inner : Inner.keyUpdate(false);
            default -> Inner.padded(Inner.DATA, new byte[0], random.nextInt(3));
          });
    }
  }

  /** Changes one of the protected records on its way. */
  void after(List<byte[]> all) {
    int at = random.nextInt(all.size());
    byte[] record = all.get(at).clone();
    if (record.length < 5 + 16) {
      return; // it was cut before
    }
    switch (random.nextInt(11)) {
      case 0 -> record[random.nextInt(record.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> record[random.nextInt(5)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> record[0] = (byte) TYPES[random.nextInt(TYPES.length)];
      case 3 -> {
        int length = random.nextBoolean() ? random.nextInt(1 << 16) : random.nextInt(40);
        record[3] = (byte) (length >>> 8);
        record[4] = (byte) length;
      }
      case 4 -> record = Arrays.copyOf(record, random.nextInt(record.length));
      case 5 -> all.add(at, record);
      case 6 -> {
        Collections.swap(all, at, random.nextInt(all.size()));
        return;
      }
      case 7 -> record = together(record, all.get(random.nextInt(all.size())));
      case 8 -> record = new byte[0];
      case 9 -> {
        all.add(at, foreign());
        return;
      }
      default -> record = resized(Arrays.copyOf(record, record.length - 1 - random.nextInt(8)));
    }
    all.set(at, record);
  }

  /** Two records under one header. */
  private static byte[] together(byte[] record, byte[] next) {
    byte[] body = Arrays.copyOfRange(next, Math.min(5, next.length), next.length);
    return resized(Expected.joined(record, body));
  }

  private static byte[] resized(byte[] record) {
    record[3] = (byte) ((record.length - 5) >>> 8);
    record[4] = (byte) (record.length - 5);
    return record;
  }

  /** A record that is not protected, or by nobody who knows the keys. */
  private byte[] foreign() {
    byte[] body =
        switch (random.nextInt(4)) {
          case 0 -> new byte[] {1};
          case 1 -> new byte[] {2, (byte) random.nextInt(121)};
          case 2 -> noise(20);
          default -> Inner.random(random, 17 + random.nextInt(40));
        };
    int type = TYPES[2 + random.nextInt(5)];
    return Expected.joined(PeerKeys.header(type, body.length), body);
  }
}
