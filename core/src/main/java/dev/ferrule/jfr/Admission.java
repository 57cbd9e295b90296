package dev.ferrule.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A client had to wait for its handshake, or got none. On the loop's thread. */
@Name("dev.ferrule.Admission")
@Label("Admission")
@Description("A client waited for a place among the handshakes, or was refused")
@Category("Ferrule")
@StackTrace(false)
final class Admission extends Event {
  /** Asked whether this kind is recorded, and never recorded itself. */
  static final Admission PROBE = new Admission();

  @Label("Outcome")
  @Description("admitted, refused, or left: the connection ended while it waited")
  @Nullable String outcome;

  @Label("Reason")
  @Description("handshakes: too many go on; address: too many of its address")
  @Nullable String reason;

  @Label("Peer")
  @Nullable String peer;

  @Label("Server Name")
  @Description("What the client asked for (SNI)")
  @Nullable String serverName;

  @Label("Waited")
  @Timespan(Timespan.NANOSECONDS)
  long waited;
}
