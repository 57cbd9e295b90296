package dev.ferrule.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** An address was tried. On the loop's thread. */
@Name("dev.ferrule.Connect")
@Label("Connect")
@Description("A client tried an address: each that it tries is an event")
@Category("Ferrule")
@StackTrace(false)
public final class ConnectAttempt extends Event {
  /** Asked whether this kind is recorded, and never recorded itself. */
  static final ConnectAttempt PROBE = new ConnectAttempt();

  /** A failure that is none: another address was quicker, or nobody waited any more. */
  public static final String CANCELLED = "CANCELLED";

  @Label("Address")
  @Nullable String address;

  @Label("Failure")
  @Description("The code of the failure; none when it was connected")
  @Nullable String failure;

  ConnectAttempt() {}

  /** It has ended; {@code code} is null when it is connected. */
  public void ended(@Nullable String code) {
    end();
    failure = Shown.of(code);
    commit();
  }
}
