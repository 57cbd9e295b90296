package dev.ferrule.tests.race;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.connection.Transport;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import dev.ferrule.tests.race.ScriptedNetwork.ScriptedLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A socket with a handshake that ends as its link's {@link Fate} says. */
final class ShakingSocket extends TcpSocket {
  private ShakingSocket(Consumer<Wire> secured) {
    super(new Shaking(secured));
  }

  /** Its settings. */
  static final class Setup extends ClientSetup<ShakingSocket, Setup> {
    private final Consumer<Wire> secured;

    Setup(EventLoop loop, String host, int port, Consumer<Wire> secured) {
      super(loop, host, port);
      this.secured = secured;
    }

    @Override
    protected ShakingSocket socket() {
      return new ShakingSocket(secured);
    }
  }

  private record Shaking(Consumer<Wire> done) implements Transport {
    @Override
    public Wire wire(Link link, Buffers buffers, Owner owner) throws IOException {
      Outlet outlet = owner.open(Memory.NATIVE);
      return new ShakingWire(new PlainWire(link, outlet), (ScriptedLink) link);
    }

    @Override
    public void secured(Endpoint socket, Wire wire) {
      done.accept(wire);
    }
  }

  private record ShakingWire(Wire plain, ScriptedLink link) implements Wire {
    @Override
    public int handshake() {
      if (!link.isShaken()) {
        return READ;
      }
      if (link.fate.handshake() != Fate.End.DONE) {
        throw new TcpError("EFAULT", "the handshake has failed", null, null);
      }
      return DONE;
    }

    @Override
    public Memory memory() {
      return plain.memory();
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
      return plain.read(destination);
    }

    @Override
    public boolean buffered() {
      return false;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      return plain.write(source);
    }

    @Override
    public int closeOutput() {
      return DONE;
    }

    @Override
    public Runnable task() {
      return plain.task();
    }

    @Override
    public void release() {}
  }
}
