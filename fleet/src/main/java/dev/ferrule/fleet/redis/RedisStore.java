package dev.ferrule.fleet.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.fleet.rotation.FleetStore;
import dev.ferrule.fleet.rotation.Generation;
import dev.ferrule.fleet.rotation.Schedule;
import dev.ferrule.fleet.rotation.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The store in a Redis. It has one connection, which it makes when it is needed and drops when
 * anything fails. Used by one thread, which it blocks for as long as the timeouts allow.
 */
public final class RedisStore implements FleetStore, AutoCloseable {
  private static final String LARGEST = "256"; // bytes of an entry
  private static final int DIGITS = 16; // of a time

  private final RedisConnector connector;
  private final String keys;
  private final String leaseKey;
  private final String owner;
  private final Schedule schedule;
  private @Nullable Connection connection;

  /**
   * Connects later.
   *
   * @param fleet what the names of the fleet's keys in Redis begin with
   * @param owner this server, as nobody else is called
   */
  public RedisStore(RedisConnector connector, String fleet, String owner, Schedule schedule) {
    this.connector = connector;
    // What is in braces decides the place in a cluster: both are in one.
    this.keys = "{" + fleet + "}:keys";
    this.leaseKey = "{" + fleet + "}:lease";
    this.owner = owner;
    this.schedule = schedule;
  }

  @Override
  public Snapshot read() {
    List<?> answer = (List<?>) call(Scripts.READ, List.of(ascii(Schedule.MOST), ascii(LARGEST)));
    try {
      long time = (Long) answer.get(0);
      boolean intact = (Long) answer.get(1) == 1;
      List<Entry> entries = new ArrayList<>();
      for (int i = 2; i + 1 < answer.size(); i += 2) {
        entries.add(entry((byte[]) answer.get(i), (byte[]) answer.get(i + 1)));
      }
      return new Snapshot(time, intact, entries);
    } catch (ClassCastException | IndexOutOfBoundsException e) {
      drop();
      throw new StoreException("it answers as no Redis would", e);
    }
  }

  /** What is not of our form is an entry too: it is refused for what it holds. */
  private static Entry entry(byte[] name, byte[] value) {
    int colon = 0;
    long put = 0;
    while (colon < value.length && colon < DIGITS && value[colon] >= '0' && value[colon] <= '9') {
      put = put * 10 + value[colon] - '0';
      colon++;
    }
    byte[] sealed = new byte[Math.max(0, value.length - colon - 1)];
    System.arraycopy(value, value.length - sealed.length, sealed, 0, sealed.length);
    return new Entry(new String(name, ISO_8859_1), put, new Sealed(sealed));
  }

  @Override
  public long lease(String asker, long millis) {
    Object token = call(Scripts.LEASE, List.of(ascii(asker), ascii(millis)));
    return token instanceof byte[] digits ? Long.parseLong(new String(digits, US_ASCII)) : 0;
  }

  @Override
  public boolean write(Change change) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(ascii(change.token() + " " + owner));
    arguments.add(ascii(change.clear() ? 1 : 0));
    arguments.add(ascii(schedule.notice()));
    arguments.add(ascii(schedule.expiry(schedule.period() + 2 * schedule.notice())));
    arguments.add(ascii(change.made().size()));
    for (Generation made : change.made()) {
      arguments.add(ascii(made.activation()));
      arguments.add(ascii(made.id()));
      arguments.add(made.sealed());
    }
    arguments.add(ascii(change.restored().size()));
    for (Generation restored : change.restored()) {
      arguments.add(ascii(restored.id()));
      arguments.add(restored.sealed());
    }
    change.removed().forEach(name -> arguments.add(name.getBytes(ISO_8859_1)));
    return Long.valueOf(1).equals(call(Scripts.WRITE, arguments));
  }

  private Object call(String script, List<byte[]> arguments) {
    return call(script, List.of(keys, leaseKey), arguments);
  }

  /** Runs a script; what it answers is null, a Long, bytes, or a list of those. */
  Object call(String script, List<String> places, List<byte[]> arguments) {
    List<byte[]> all = new ArrayList<>();
    all.add(ascii(script));
    all.add(ascii(places.size()));
    places.forEach(place -> all.add(ascii(place)));
    all.addAll(arguments);
    try {
      if (connection == null) {
        connection = connector.connect();
      }
      connection.sendCommand(Command.EVAL, all.toArray(byte[][]::new));
      return connection.getOne();
    } catch (JedisException e) {
      drop();
      throw new StoreException(connector + ": " + reason(e), e);
    }
  }

  /** Redis' own words, or those of the system: neither repeats a password. */
  static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }

  static byte[] ascii(Object value) {
    return value.toString().getBytes(US_ASCII);
  }

  /** Ends the connection; the next call makes another. */
  void drop() {
    Connection old = connection;
    connection = null;
    if (old != null) {
      try {
        old.disconnect();
      } catch (JedisException e) {
        // it is gone
      }
    }
  }

  @Override
  public void close() {
    drop();
  }
}
