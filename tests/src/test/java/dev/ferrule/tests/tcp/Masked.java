package dev.ferrule.tests.tcp;

import dev.ferrule.TcpSocket;
import dev.ferrule.UpgradeSetup;
import dev.ferrule.connection.Transport;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A toy kind of socket to upgrade to: a handshake of one byte each way, then masked bytes. */
final class Masked extends TcpSocket {
  private static final byte MASK = 0x55;

  private Masked(Transport transport) {
    super(transport);
  }

  private record Masking(Runnable whenSecured, boolean breaks, boolean waits) implements Transport {
    @Override
    public Wire wire(Link link, Buffers buffers, Owner owner) throws IOException {
      if (breaks) {
        throw new IOException("no such wire");
      }
      return new MaskWire(link, owner.open(Memory.HEAP), waits);
    }

    @Override
    public void secured(Endpoint socket, Wire wire) {
      whenSecured.run();
    }
  }

  /** How it is put on a socket. */
  static final class Setup extends UpgradeSetup<Masked, Setup> {
    private Runnable secured = () -> {};
    private boolean breaks;
    private boolean waits;
    private Masked made;

    Setup(TcpSocket old) {
      super(old);
    }

    Setup onSecure(Runnable callback) {
      secured = callback;
      return this;
    }

    /** Makes it fail before there is a wire. */
    Setup breaking() {
      breaks = true;
      return this;
    }

    /** Lets the peer greet first, as a server does. */
    Setup waiting() {
      waits = true;
      return this;
    }

    @Override
    protected void whenOpen(Consumer<? super Masked> action) {
      Runnable before = secured;
      secured =
          () -> {
            before.run();
            action.accept(made);
          };
    }

    @Override
    protected Masked socket() {
      made = new Masked(new Masking(() -> secured.run(), breaks, waits));
      return made;
    }

    @Override
    protected TcpError injected(long bytes) {
      return new TcpError("EINJECTED", bytes + " bytes behind the upgrade", null, null);
    }
  }

  private static final class MaskWire implements Wire {
    private final Link link;
    private final Outlet outlet;
    private final boolean waits; // for the peer's greeting, before it gives its own
    private boolean greeted;

    MaskWire(Link link, Outlet outlet, boolean waits) {
      this.link = link;
      this.outlet = outlet;
      this.waits = waits;
    }

    @Override
    public Memory memory() {
      return Memory.HEAP;
    }

    @Override
    public int handshake() throws IOException {
      if (waits && !heard()) {
        return READ;
      }
      if (!greeted) {
        ByteBuffer room = outlet.room(1);
        if (room == null) {
          return WRITE;
        }
        room.put((byte) '!');
        greeted = true;
      }
      boolean done = waits || heard();
      return done ? DONE : READ;
    }

    private boolean heard() throws IOException {
      ByteBuffer one = ByteBuffer.allocate(1);
      int n = link.read(one);
      if (n < 0) {
        throw new IOException("ended in the handshake");
      }
      if (n > 0 && one.get(0) != '!') {
        throw new TcpError("EGREETING", "not a masked peer", null, null);
      }
      return n > 0;
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
      int start = destination.position();
      int n = link.read(destination);
      mask(destination, start, destination.position());
      return n > 0 ? n : n == 0 ? READ : END;
    }

    @Override
    public boolean buffered() {
      return false;
    }

    @Override
    public int write(ByteBuffer source) {
      ByteBuffer room = outlet.room(1);
      if (room == null) {
        return WRITE;
      }
      int start = room.position();
      int n = Math.min(room.remaining(), source.remaining());
      room.put(source.slice(source.position(), n));
      source.position(source.position() + n);
      mask(room, start, room.position());
      return n;
    }

    private static void mask(ByteBuffer bytes, int from, int to) {
      for (int i = from; i < to; i++) {
        bytes.put(i, (byte) (bytes.get(i) ^ MASK));
      }
    }

    @Override
    public int closeOutput() {
      return DONE;
    }

    @Override
    public Runnable task() {
      throw new IllegalStateException("no tasks");
    }

    @Override
    public void release() {}
  }
}
