package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A wire that fails when its output ends, and has left an alert by then. */
class FailingWireTest {
  private final List<String> log = new ArrayList<>();

  private static final class Failing extends TcpSocket {
    Failing() {
      super((link, buffers, outlets) -> {
        Outlet outlet = outlets.open(Memory.NATIVE);
        return new FailingWire(new PlainWire(link, outlet), outlet, new AtomicBoolean());
      });
    }
  }

  private static final class Setup extends ClientSetup<Failing, Setup> {
    Setup(EventLoop loop, int port) {
      super(loop, "127.0.0.1", port);
    }

    @Override
    protected Failing socket() {
      return new Failing();
    }
  }

  private record FailingWire(Wire plain, Outlet outlet, AtomicBoolean failed) implements Wire {
    @Override
    public int closeOutput() {
      if (failed.getAndSet(true)) {
        return DONE; // it has left its alert
      }
      byte[] alert = "alert".getBytes(StandardCharsets.UTF_8);
      Objects.requireNonNull(outlet.room(alert.length)).put(alert);
      throw new TcpError("EFAULT", "the wire has failed", null, null);
    }

    @Override
    public Memory memory() {
      return plain.memory();
    }

    @Override
    public int handshake() {
      return DONE;
    }

    @Override
    public Runnable task() {
      return plain.task();
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
    public void release() {
      plain.release();
    }
  }

  @Test
  void still_sends_the_alert() {
    Loopback.Text got = new Loopback.Text();
    Loops.run(loop -> {
      TcpServer server = Loopback.server(loop).onRead(got).onEvent(event -> {}).open();
      new Setup(loop, server.port())
          .data("all ")
          .onConnect(TcpSocket::shutdownOutput)
          .onEvent(event -> log.add(event.message()))
          .onClose(server::close)
          .open();
    });
    assertThat(log).containsExactly("the wire has failed");
    assertThat(got).hasToString("all alert");
  }
}
