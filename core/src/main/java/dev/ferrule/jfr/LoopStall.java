package dev.ferrule.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** A part of a turn took long. On the loop's thread. */
@Name("dev.ferrule.LoopStall")
@Label("Loop Stall")
@Description("A callback, or another part of a turn, held its loop, and everything else on it")
@Category("Ferrule")
@StackTrace(false)
@Threshold("20 ms")
final class LoopStall extends Event {
  /** Asked whether this kind is recorded, and never recorded itself. */
  static final LoopStall PROBE = new LoopStall();

  @Label("Part")
  @Description("callback, action, timer, or connection: the library's own work for one")
  @Nullable String part;

  @Label("Class")
  @Description("Of the callback, action or timer; a lambda is named after its class")
  @Nullable String type;
}
