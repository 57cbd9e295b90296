package dev.ferrule.ssl.records;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A record before it is protected. */
final class Inner {
  static final int ALERT = 21;
  static final int HANDSHAKE = 22;
  static final int DATA = 23;

  private static final int FULL = 16_384;
  private static final int[] SIZES = {1, 2, 3, 15, 16, 17, 40, 100, 300};

  final int type;
  final byte[] content;
  final int padding;

  /** Whether the sender uses its next keys behind it. */
  final boolean updates;

  Inner(int type, byte[] content, int padding, boolean updates) {
    this.type = type;
    this.content = content;
    this.padding = padding;
    this.updates = updates;
  }

  static Inner of(int type, byte... content) {
    return new Inner(type, content, 0, false);
  }

  static Inner padded(int type, byte[] content, int padding) {
    return new Inner(type, content, padding, false);
  }

  static Inner keyUpdate(boolean request) {
    return new Inner(HANDSHAKE, keyUpdateMessage(request), 0, true);
  }

  static Inner closeNotify() {
    return of(ALERT, (byte) 1, (byte) 0);
  }

  private static byte[] keyUpdateMessage(boolean request) {
    return new byte[] {24, 0, 0, 1, (byte) (request ? 1 : 0)};
  }

  /** What it is to the receiver, who takes a type of 0 for padding (RFC 8446 5.4). */
  byte[] data() {
    int end = content.length;
    int last = type;
    while (last == 0 && end > 0) {
      last = content[--end];
    }
    return last == DATA ? Arrays.copyOf(content, end) : new byte[0];
  }

  byte[] sealed(PeerKeys keys) {
    byte[] record = keys.seal(type, content, padding);
    if (updates) {
      keys.update();
    }
    return record;
  }

  /** Records that a peer may send, in this order. */
  static List<Inner> valid(Random random, boolean toServer) {
    List<Inner> all = new ArrayList<>();
    for (int left = random.nextInt(7); left > 0; left--) {
      addValid(all, random, toServer);
    }
    switch (random.nextInt(8)) {
      case 0 -> {}
      case 1 -> all.add(of(ALERT, (byte) (1 + random.nextInt(2)), (byte) random.nextInt(130)));
      default -> all.add(closeNotify());
    }
    if (all.isEmpty() || random.nextInt(10) == 0) {
      all.add(of(DATA, random(random, 5))); // maybe behind close_notify
    }
    return all;
  }

  private static void addValid(List<Inner> all, Random random, boolean toServer) {
    switch (random.nextInt(toServer ? 7 : 10)) {
      case 0 -> {
        int size = size(random);
        int padding = Math.min(random.nextInt(300), FULL - size);
        all.add(padded(DATA, random(random, size), padding));
      }
      case 1 -> all.add(padded(DATA, new byte[0], random.nextInt(3)));
      case 2 -> all.add(keyUpdate(random.nextBoolean()));
      case 3 -> all.add(of(ALERT, (byte) 1, (byte) 90));
      case 4 -> all.addAll(split(random, keyUpdateMessage(random.nextBoolean()), true));
      case 7 -> all.add(of(HANDSHAKE, ticket(random)));
      case 8 -> {
        byte[] two = Expected.joined(ticket(random), ticket(random));
        boolean last = random.nextBoolean();
        byte[] content = last ? Expected.joined(two, keyUpdateMessage(false)) : two;
        all.add(new Inner(HANDSHAKE, content, 0, last));
      }
      case 9 -> all.addAll(split(random, ticket(random), false));
      default -> all.add(of(DATA, random(random, size(random))));
    }
  }

  private static int size(Random random) {
    return random.nextInt(60) == 0 ? FULL - random.nextInt(2) : SIZES[random.nextInt(SIZES.length)];
  }

  private static List<Inner> split(Random random, byte[] message, boolean updates) {
    List<Inner> parts = new ArrayList<>();
    int at = 0;
    while (at < message.length) {
      int end = at + 1 + random.nextInt(message.length - at);
      byte[] part = Arrays.copyOfRange(message, at, end);
      int padding = random.nextInt(4) == 0 ? random.nextInt(20) : 0;
      parts.add(new Inner(HANDSHAKE, part, padding, updates && end == message.length));
      at = end;
    }
    return parts;
  }

  static byte[] ticket(Random random) {
    byte[] nonce = random(random, random.nextInt(9));
    byte[] ticket = random(random, 1 + random.nextInt(60));
    byte[] extensions = random.nextBoolean() ? new byte[] {0, 42, 0, 4, 0, 0, 4, 0} : new byte[0];
    byte[] body =
        Expected.joined(
            new byte[] {0, 0, 28, 32},
            random(random, 4),
            new byte[] {(byte) nonce.length},
            nonce,
            new byte[] {0, (byte) ticket.length},
            ticket,
            new byte[] {0, (byte) extensions.length},
            extensions);
    return Expected.joined(new byte[] {4, 0, 0, (byte) body.length}, body);
  }

  static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
