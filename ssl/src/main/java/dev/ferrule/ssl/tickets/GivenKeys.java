package dev.ferrule.ssl.tickets;

import dev.ferrule.ssl.SslConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Keys that never change. Immutable. */
public final class GivenKeys extends TicketKeys {
  /** The most that may be given. */
  public static final int MOST_GIVEN = 16;

  private static final long NUMBER = 1;

  private final List<byte[]> keys;

  private GivenKeys(List<byte[]> keys) {
    this.keys = keys;
  }

  /**
   * Copies the keys.
   *
   * @param source what they come from, for messages
   * @throws SslConfigException when they are none or more than 16, or one is not what a key should
   *     be
   */
  public static GivenKeys of(List<byte[]> keys, String source) {
    if (keys.isEmpty() || keys.size() > MOST_GIVEN) {
      throw new SslConfigException(
          "%s: there are 1 to %d ticket keys, not %d".formatted(source, MOST_GIVEN, keys.size()));
    }
    List<byte[]> copies = new ArrayList<>();
    Set<List<Byte>> names = new HashSet<>();
    for (byte[] key : keys) {
      if (key.length != LENGTH) {
        throw new SslConfigException(
            "%s: a ticket key has %d bytes (name, AES-128 key, HMAC key), not %d"
                .formatted(source, LENGTH, key.length));
      }
      if (Arrays.equals(key, NAME, LENGTH, new byte[LENGTH - NAME], 0, LENGTH - NAME)) {
        throw new SslConfigException(source + ": a ticket key is nothing but zeros");
      }
      if (!names.add(name(key))) {
        throw new SslConfigException(
            "%s: two ticket keys have the same name, which is their first %d bytes"
                .formatted(source, NAME));
      }
      copies.add(key.clone());
    }
    return new GivenKeys(List.copyOf(copies));
  }

  /** How many they are. */
  public int size() {
    return keys.size();
  }

  /** The keys themselves, the one that encrypts first: whoever takes them over wipes them. */
  List<byte[]> keys() {
    return keys;
  }

  private static List<Byte> name(byte[] key) {
    List<Byte> name = new ArrayList<>(NAME);
    for (int i = 0; i < NAME; i++) {
      name.add(key[i]);
    }
    return name;
  }

  @Override
  public boolean isPresent(long number) {
    return number == NUMBER;
  }

  @Override
  public long give(Duration lifetime, Consumer<List<byte[]>> taker) {
    handOver(keys.stream().map(byte[]::clone).toList(), taker);
    return NUMBER;
  }
}
