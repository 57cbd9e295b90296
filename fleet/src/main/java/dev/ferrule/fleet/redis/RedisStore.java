package dev.ferrule.fleet.redis;

import static dev.ferrule.fleet.redis.RedisSession.ascii;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.fleet.rotation.FleetStore;
import dev.ferrule.fleet.rotation.Generation;
import dev.ferrule.fleet.rotation.Schedule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The store in a Redis. Used by one thread, which it blocks for as long as the timeouts allow; it
 * ends the session.
 */
public final class RedisStore implements FleetStore, AutoCloseable {
  private static final String LARGEST = "256"; // bytes of an entry
  private static final int DIGITS = 16; // of a time

  private final RedisSession session;
  private final String keys;
  private final String leaseKey;
  private final String owner;
  private final Schedule schedule;

  /**
   * Asks for nothing yet.
   *
   * @param fleet what the names of the fleet's keys in Redis begin with
   * @param owner this server, as nobody else is called
   */
  public RedisStore(RedisSession session, String fleet, String owner, Schedule schedule) {
    this.session = session;
    // What is in braces decides the place in a cluster: both are in one.
    this.keys = "{" + fleet + "}:keys";
    this.leaseKey = "{" + fleet + "}:lease";
    this.owner = owner;
    this.schedule = schedule;
  }

  @Override
  public Snapshot read() {
    List<?> answer =
        session.list(
            Scripts.READ,
            List.of(ascii(keys), ascii(leaseKey)),
            List.of(ascii(Schedule.MOST), ascii(LARGEST)));
    try {
      long time = (Long) answer.get(0);
      boolean intact = (Long) answer.get(1) == 1;
      List<Entry> entries = new ArrayList<>();
      for (int i = 2; i + 1 < answer.size(); i += 2) {
        entries.add(entry((byte[]) answer.get(i), (byte[]) answer.get(i + 1)));
      }
      return new Snapshot(time, intact, entries);
    } catch (ClassCastException | IndexOutOfBoundsException e) {
      throw session.strange(e);
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

  private @Nullable Object call(String script, List<byte[]> arguments) {
    return session.eval(script, List.of(ascii(keys), ascii(leaseKey)), arguments);
  }

  @Override
  public void close() {
    session.close();
  }
}
