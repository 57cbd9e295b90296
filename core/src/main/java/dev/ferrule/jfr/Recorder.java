package dev.ferrule.jfr;

import java.net.SocketAddress;
import java.util.function.Function;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The way to the events of the Flight Recorder. While nobody records a kind of event, or the
 * runtime has no Flight Recorder, its method here answers null, or nothing happens: the question
 * costs a look at a static field. Any thread.
 *
 * <p>No class of an event is loaded before somebody has recorded something in this process: that
 * would start the recorder's machinery, a tenth of a second at the start of every program. From
 * then on a probe of each kind, which is never recorded itself, says whether it is recorded.
 *
 * <p>No other class than those of this package names a type of {@code jdk.jfr}, which may be
 * missing.
 */
public final class Recorder {
  private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private Recorder() {}

  private static boolean isOn() {
    return PRESENT && FlightRecorder.isInitialized();
  }

  /** The lookup of a name begins; null when it is not recorded. */
  public static @Nullable NameLookup lookup(String host) {
    if (!isOn() || !NameLookup.PROBE.isEnabled()) {
      return null;
    }
    NameLookup event = new NameLookup();
    event.host = Shown.of(host);
    event.begin();
    return event;
  }

  /** An address is tried from now on; null when it is not recorded. */
  public static @Nullable ConnectAttempt connect(
      SocketAddress address, Function<SocketAddress, String> text) {
    if (!isOn() || !ConnectAttempt.PROBE.isEnabled()) {
      return null;
    }
    ConnectAttempt event = new ConnectAttempt();
    event.address = Shown.of(text.apply(address));
    event.begin();
    return event;
  }

  /** Whether accepted connections are recorded. */
  public static boolean accepts() {
    return isOn() && Accepted.PROBE.isEnabled();
  }

  /** A connection was accepted; called where {@link #accepts}. */
  public static void accepted(@Nullable String server, @Nullable String peer) {
    Accepted event = new Accepted();
    event.server = Shown.of(server);
    event.peer = Shown.of(peer);
    event.commit();
  }

  /** A handshake begins; null when it is not recorded. */
  public static @Nullable Handshake handshake() {
    if (!isOn() || !Handshake.PROBE.isEnabled()) {
      return null;
    }
    Handshake event = new Handshake();
    event.begin();
    return event;
  }

  /** Whether the ends of connections are recorded. */
  public static boolean closes() {
    return isOn() && Closed.PROBE.isEnabled();
  }

  /** A connection has ended; called where {@link #closes}. */
  public static void closed(Ending ending) {
    new Closed(ending).commit();
  }

  /** Whether clients that wait for a place, or get none, are recorded. */
  public static boolean admissions() {
    return isOn() && Admission.PROBE.isEnabled();
  }

  /**
   * A client has waited for its place, or was refused; called where {@link #admissions}.
   *
   * @param reason why it had to wait or was refused
   * @param waitedNanos how long it waited; 0 when it was refused at once
   */
  public static void admission(
      String outcome,
      String reason,
      @Nullable String peer,
      @Nullable String serverName,
      long waitedNanos) {
    Admission event = new Admission();
    event.outcome = outcome;
    event.reason = reason;
    event.peer = Shown.of(peer);
    event.serverName = Shown.of(serverName);
    event.waited = waitedNanos;
    event.commit();
  }

  /** Files are read again, or were looked at; null when that is not recorded. */
  public static @Nullable Reload reload(String what) {
    if (!isOn() || !Reload.PROBE.isEnabled()) {
      return null;
    }
    Reload event = new Reload();
    event.what = what;
    event.begin();
    return event;
  }

  /** Whether stalls of loops are recorded: then a {@link StallWatch} measures them. */
  public static boolean stalls() {
    return isOn() && LoopStall.PROBE.isEnabled();
  }
}
