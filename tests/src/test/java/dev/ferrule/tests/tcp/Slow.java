package dev.ferrule.tests.tcp;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A toy kind of socket whose handshake is a task, for what happens while one runs. */
final class Slow extends TcpSocket {
  final AtomicInteger releases;

  private Slow(AtomicInteger releases) {
    super((link, buffers, outlets) ->
        new TaskWire(new PlainWire(link, outlets.open(Memory.NATIVE)), releases));
    this.releases = releases;
  }

  /** How it is opened. */
  static final class Setup extends ClientSetup<Slow, Setup> {
    Setup(EventLoop loop, String host, int port) {
      super(loop, host, port);
    }

    @Override
    protected Slow socket() {
      return new Slow(new AtomicInteger());
    }
  }

  private static final class TaskWire implements Wire {
    private final AtomicInteger releases;
    private final Wire plain;
    private boolean worked;

    TaskWire(Wire plain, AtomicInteger releases) {
      this.releases = releases;
      this.plain = plain;
    }

    @Override
    public Memory memory() {
      return plain.memory();
    }

    @Override
    public int handshake() {
      return worked ? DONE : TASK;
    }

    @Override
    public Runnable task() {
      return () -> worked = true;
    }

    @Override
    public int read(ByteBuffer destination) throws IOException {
      return plain.read(destination);
    }

    @Override
    public boolean buffered() {
      return plain.buffered();
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      return plain.write(source);
    }

    @Override
    public int closeOutput() throws IOException {
      return plain.closeOutput();
    }

    @Override
    public void release() {
      releases.incrementAndGet();
    }
  }
}
