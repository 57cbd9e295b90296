package dev.ferrule.ssl;

import dev.ferrule.ssl.server.AddressBudget;
import dev.ferrule.ssl.server.Admission;
import dev.ferrule.ssl.server.Budgets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds on the handshakes of servers, so that clients that only begin handshakes do not keep the
 * processor from everybody else. It counts for all servers and loops that are given the same
 * object. A client is judged when its hello is whole, before any key is used: it goes on, waits, or
 * is refused with the alert internal_error.
 *
 * <p>Clients that ask to resume a session go first, and a quarter of the places and of the queue,
 * rounded down, is theirs alone: clients that say hello and stall do not keep them out. From 4
 * places on, that is.
 *
 * <p>What was refused is told as a {@link dev.ferrule.event.Notice}, at most once a second. Any
 * thread.
 */
public final class SslAdmission {
  private static final int QUEUE = 1024;

  final Admission admission;

  private SslAdmission(Admission admission) {
    this.admission = admission;
  }

  /** Bounds to be chosen; at least one is. */
  public static Builder limits() {
    return new Builder();
  }

  /**
   * Which client addresses may begin a handshake, where more than this process counts: that of a
   * fleet, for example ({@link Builder#perAddress(AddressLimit)}). An address is a number, another
   * one for each IPv4 address and each /64 of IPv6. Called on the threads of loops, with a lock
   * held: it answers at once.
   */
  public interface AddressLimit {
    /** Whether a full handshake may begin; if so, it counts. */
    boolean takeFull(long address);

    /** Whether one may begin that asks to resume a session; if so, it counts. */
    boolean takeResuming(long address);

    /** A handshake that counts did resume a session: it does not count any more. */
    void giveBack(long address);
  }

  /** The bounds of a {@link SslAdmission}. Used by one thread. */
  public static final class Builder {
    private int handshakes;
    private int perLoop;
    private int queue = QUEUE;
    private @Nullable AddressBudget budgets;

    private Builder() {}

    /**
     * How many handshakes may go on at once on all loops, at least 1; no bound by default. A
     * quarter of them is for clients that ask to resume a session.
     */
    public Builder handshakes(int most) {
      handshakes = positive(most, "handshakes");
      return this;
    }

    /**
     * How many may go on at once on each loop, at least 1; no bound by default. A quarter of them
     * is for clients that ask to resume a session.
     */
    public Builder handshakesPerLoop(int most) {
      perLoop = positive(most, "handshakesPerLoop");
      return this;
    }

    /**
     * How many clients may wait for a place, 1,024 by default; with 0 they are refused. A quarter
     * of them is for clients that ask to resume a session.
     */
    public Builder queue(int most) {
      if (most < 0) {
        throw new SslConfigException("queue is at least 0, not " + most);
      }
      queue = most;
      return this;
    }

    /**
     * How many handshakes one client address may begin in a time; no bound by default. They may
     * come at once, and grow back evenly. An IPv6 address counts with all of its /64. A handshake
     * that resumed a session does not count, and a client that asks to resume one is let in while
     * its address is over the budget by less than as much again. A client that found no place, nor
     * room in the queue, does not count either.
     */
    public Builder perAddress(int most, Duration time) {
      positive(most, "perAddress");
      if (!time.isPositive()) {
        throw new SslConfigException("the time of perAddress is above 0, not " + time);
      }
      budgets = new Budgets(most, time.toNanos());
      return this;
    }

    /**
     * A limit of client addresses that others keep, in the place of a number and a time. A client
     * that found no place, nor room in the queue, is not asked about.
     */
    public Builder perAddress(AddressLimit limit) {
      budgets =
          new AddressBudget() {
            @Override
            public boolean take(long key, boolean resumes, long now) {
              return key == NONE || (resumes ? limit.takeResuming(key) : limit.takeFull(key));
            }

            @Override
            public void giveBack(long key) {
              if (key != NONE) {
                limit.giveBack(key);
              }
            }
          };
      return this;
    }

    private static int positive(int most, String name) {
      if (most < 1) {
        throw new SslConfigException(name + " is at least 1, not " + most);
      }
      return most;
    }

    /**
     * The bounds as chosen.
     *
     * @throws SslConfigException when none was
     */
    public SslAdmission build() {
      if (handshakes == 0 && perLoop == 0 && budgets == null) {
        throw new SslConfigException(
            "an admission without bounds admits everybody: say handshakes, handshakesPerLoop or"
                + " perAddress");
      }
      Admission.Bounds bounds = new Admission.Bounds(handshakes, perLoop, queue);
      return new SslAdmission(new Admission(bounds, budgets, System::nanoTime));
    }
  }

  /**
   * The numbers of an admission.
   *
   * @param inFlight handshakes that go on
   * @param waiting clients that wait for a place
   * @param admitted handshakes that have begun, so far
   * @param delayed clients that had to wait first, so far
   * @param refused clients that were refused, so far
   * @param overBudget those of them that were over the budget of their address
   */
  public record Stats(
      int inFlight, int waiting, long admitted, long delayed, long refused, long overBudget) {}

  /** The numbers so far. */
  public Stats stats() {
    Admission.Numbers now = admission.numbers();
    return new Stats(
        now.inFlight(),
        now.waiting(),
        now.admitted(),
        now.delayed(),
        now.refused(),
        now.overBudget());
  }
}
