package dev.ferrule.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A connection was accepted. On the thread of the loop that serves it. */
@Name("dev.ferrule.Accept")
@Label("Accept")
@Description(
    "A server accepted a connection; off unless it is asked for: Close tells the same later")
@Category("Ferrule")
@Enabled(false)
@StackTrace(false)
final class Accepted extends Event {
  /** Asked whether this kind is recorded, and never recorded itself. */
  static final Accepted PROBE = new Accepted();

  @Label("Server")
  @Description("The address that the server listens on")
  @Nullable String server;

  @Label("Peer")
  @Nullable String peer;
}
