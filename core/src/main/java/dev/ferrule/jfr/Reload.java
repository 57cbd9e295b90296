package dev.ferrule.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * What came of files that are looked at while servers serve; lasts while they are read and checked.
 * On the thread that looks.
 */
@Name("dev.ferrule.Reload")
@Label("Reload")
@Description("A context or its ticket keys were loaded again, or were not, or something expires")
@Category("Ferrule")
@StackTrace(false)
public final class Reload extends Event {
  /** Asked whether this kind is recorded, and never recorded itself. */
  static final Reload PROBE = new Reload();

  @Label("What")
  @Description("context or ticket keys")
  @Nullable String what;

  @Label("Outcome")
  @Description("The kind of SslReloadEvent: Reloaded, Kept, Expiry or StapleExpired")
  @Nullable String outcome;

  @Label("Message")
  @Nullable String message;

  Reload() {}

  /** Records it: what came of it, and in which words. */
  public void told(String kind, String words) {
    end();
    outcome = kind;
    message = Shown.of(words);
    commit();
  }
}
