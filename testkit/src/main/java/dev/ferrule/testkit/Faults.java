package dev.ferrule.testkit;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * What goes wrong on a {@link SimulatedNetwork}, and the seed that decides all that is left open:
 * sizes, order, which bit changes. The same faults do the same again. All connections of the
 * network have them. {@link #toString} is the expression that makes them, to be printed by a test
 * that fails.
 *
 * <pre>{@code
 * Faults.of(42).splitEveryByte().dropCloseNotify(End.SERVER)
 * }</pre>
 *
 * <p>Immutable: any thread.
 */
public final class Faults {
  private enum Pieces {
    WHOLE,
    RANDOM,
    BYTES
  }

  /** What becomes of what one end writes. */
  private record Damage(long resetsAfter, Map<Integer, Integer> corrupted, boolean endLost) {
    static final Damage NONE = new Damage(Long.MAX_VALUE, Map.of(), false);
  }

  private final long seed;
  private final Pieces pieces;
  private final boolean stalling;
  private final Map<End, Damage> damages;
  private final String text;

  private Faults(
      long seed, Pieces pieces, boolean stalling, Map<End, Damage> damages, String text) {
    this.seed = seed;
    this.pieces = pieces;
    this.stalling = stalling;
    this.damages = new EnumMap<>(damages);
    this.text = text;
  }

  /** None yet: bytes move as far as the buffers of 256 KiB allow. */
  public static Faults of(long seed) {
    Map<End, Damage> none = new EnumMap<>(End.class);
    for (End end : End.values()) {
      none.put(end, Damage.NONE);
    }
    return new Faults(seed, Pieces.WHOLE, false, none, "Faults.of(" + seed + "L)");
  }

  /**
   * Any: bytes move whole, in pieces or one by one, with or without stalls, and in half of the
   * seeds a connection is cut, a record is changed or a close_notify is lost.
   */
  public static Faults random(long seed) {
    Random random = new Random(seed);
    Faults faults = of(seed);
    faults =
        switch (random.nextInt(8)) {
          case 0 -> faults.splitEveryByte();
          case 1, 2, 3, 4 -> faults.split();
          default -> faults;
        };
    faults = random.nextBoolean() ? faults.stall() : faults;
    End end = random.nextBoolean() ? End.CLIENT : End.SERVER;
    faults =
        switch (random.nextInt(6)) {
          case 0 -> faults.reset(end, (long) Math.pow(10, 1 + 4 * random.nextDouble()));
          case 1 -> faults.corruptRecord(end, random.nextInt(8));
          case 2 -> faults.dropCloseNotify(end);
          default -> faults;
        };
    return faults.said("Faults.random(" + seed + "L)");
  }

  /** The seed that was given. */
  public long seed() {
    return seed;
  }

  /** Reads and writes move one byte each. */
  public Faults splitEveryByte() {
    return new Faults(seed, Pieces.BYTES, stalling, damages, text + ".splitEveryByte()");
  }

  /** Reads and writes move random parts, and the buffers have a random size. */
  public Faults split() {
    return new Faults(seed, Pieces.RANDOM, stalling, damages, text + ".split()");
  }

  /** An end takes no bytes for a while, or what it took arrives late, again and again. */
  public Faults stall() {
    return new Faults(seed, pieces, true, damages, text + ".stall()");
  }

  /**
   * A RST cuts the connection.
   *
   * @param writer the end whose bytes count
   * @param bytes how many it has written by then, 0 or more, the handshake's included
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public Faults reset(End writer, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("the bytes before a reset are 0 or more, not " + bytes);
    }
    Damage old = damage(writer);
    return with(writer, new Damage(bytes, old.corrupted, old.endLost))
        .said(text + ".reset(End." + writer + ", " + bytes + "L)");
  }

  /**
   * A bit of a record changes on its way.
   *
   * @param writer the end that writes it
   * @param record its number, from 0, among the records of that end whose header says application
   *     data; in TLS 1.3 those of the encrypted handshake count as well
   * @throws IllegalArgumentException if {@code record} is negative
   */
  public Faults corruptRecord(End writer, int record) {
    if (record < 0) {
      throw new IllegalArgumentException("the number of a record is 0 or more, not " + record);
    }
    Damage old = damage(writer);
    Map<Integer, Integer> corrupted = new HashMap<>(old.corrupted);
    corrupted.put(record, new Random(seed + record).nextInt(1 << 14));
    return with(writer, new Damage(old.resetsAfter, corrupted, old.endLost))
        .said(text + ".corruptRecord(End." + writer + ", " + record + ")");
  }

  /** The close_notify that {@code writer} sends before its FIN is lost. */
  public Faults dropCloseNotify(End writer) {
    Damage old = damage(writer);
    return with(writer, new Damage(old.resetsAfter, old.corrupted, true))
        .said(text + ".dropCloseNotify(End." + writer + ")");
  }

  private Damage damage(End writer) {
    return damages.getOrDefault(writer, Damage.NONE);
  }

  private Faults with(End writer, Damage damage) {
    Map<End, Damage> changed = new EnumMap<>(damages);
    changed.put(writer, damage);
    return new Faults(seed, pieces, stalling, changed, text);
  }

  private Faults said(String expression) {
    return new Faults(seed, pieces, stalling, damages, expression);
  }

  /** The conditions of the end with that number: even ones are clients. */
  NetworkConditions conditions(int number) {
    End end = number % 2 == 0 ? End.CLIENT : End.SERVER;
    return new FaultyEnd(damage(end), new RandomConditions(31 * seed + number));
  }

  @Override
  public String toString() {
    return text;
  }

  /** One end under these faults. */
  private final class FaultyEnd implements NetworkConditions {
    private final Damage damage;
    private final RandomConditions random;

    FaultyEnd(Damage damage, RandomConditions random) {
      this.damage = damage;
      this.random = random;
    }

    @Override
    public int capacity() {
      return pieces == Pieces.RANDOM ? random.capacity() : NetworkConditions.super.capacity();
    }

    @Override
    public int accepts(int most) {
      return moved(most);
    }

    @Override
    public int gives(int most) {
      return Math.max(1, moved(most));
    }

    private int moved(int most) {
      return switch (pieces) {
        case WHOLE -> most;
        case RANDOM -> random.accepts(most);
        case BYTES -> Math.min(most, 1);
      };
    }

    @Override
    public int stalls() {
      return stalling ? random.stalls() : 0;
    }

    @Override
    public int delays() {
      return stalling ? random.delays() : 0;
    }

    @Override
    public long resetsAfter() {
      return damage.resetsAfter;
    }

    @Override
    public int corrupts(int record, int length) {
      Integer place = damage.corrupted.get(record);
      return place == null ? -1 : place % length;
    }

    @Override
    public boolean dropsCloseNotify() {
      return damage.endLost;
    }
  }
}
