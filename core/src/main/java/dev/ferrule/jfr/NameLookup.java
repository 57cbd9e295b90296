package dev.ferrule.jfr;

import dev.ferrule.event.EventError;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A name was resolved, or could not be. Ended on the thread that asked the resolver. */
@Name("dev.ferrule.NameLookup")
@Label("Name Lookup")
@Description("A host name was resolved, or could not be; with the time that it waited for a thread")
@Category("Ferrule")
@StackTrace(false)
public final class NameLookup extends Event {
  /** Asked whether this kind is recorded, and never recorded itself. */
  static final NameLookup PROBE = new NameLookup();

  private static final int MOST = 8; // addresses that are shown

  @Label("Host")
  @Nullable String host;

  @Label("Addresses")
  @Description("How many addresses were found")
  int addresses;

  @Label("Found")
  @Description("The addresses, of many the first 8")
  @Nullable String found;

  @Label("Failure")
  @Description("The code of the failure; none when addresses were found")
  @Nullable String failure;

  NameLookup() {}

  /** It has an answer. */
  public void found(List<InetAddress> all) {
    end();
    if (shouldCommit()) {
      addresses = all.size();
      found =
          all.stream()
              .limit(MOST)
              .map(InetAddress::getHostAddress)
              .collect(Collectors.joining(" "));
      commit();
    }
  }

  /** It has none. */
  public void failed(EventError error) {
    end();
    failure = Shown.of(error.code());
    commit();
  }
}
