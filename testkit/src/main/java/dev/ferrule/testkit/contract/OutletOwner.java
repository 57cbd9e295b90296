package dev.ferrule.testkit.contract;

import dev.ferrule.connection.Transport;
import dev.ferrule.event.Endpoint;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a wire is made for, without a connection: it only has the outlet. */
public final class OutletOwner implements Transport.Owner {
  private final Link link;
  private final Buffers buffers;
  private @Nullable Outlet outlet;

  /** The owner of a wire on {@code link}. */
  public OutletOwner(Link link, Buffers buffers) {
    this.link = link;
    this.buffers = buffers;
  }

  @Override
  public Outlet open(Memory memory) {
    Outlet opened = new Outlet(link, buffers, memory);
    outlet = opened;
    return opened;
  }

  /** The outlet that the wire has opened. */
  public Outlet outlet() {
    Outlet opened = outlet;
    if (opened == null) {
      throw new AssertionError("the wire must open an outlet");
    }
    return opened;
  }

  @Override
  public void call(Consumer<? super Endpoint> callback) {
    throw new AssertionError("there is no socket to call back with");
  }

  @Override
  public void notice(String sentence) {
    throw new AssertionError("nobody hears this: " + sentence);
  }

  @Override
  public void resume() {
    throw new AssertionError("nothing waits here");
  }
}
