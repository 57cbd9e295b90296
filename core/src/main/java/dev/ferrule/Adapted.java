package dev.ferrule;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Event;
import dev.ferrule.jfr.Called;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The program's callbacks in the form in which a connection calls them. They still know whose code
 * they run, so that a recording can name it. A setup opens sockets of one kind only, S: that is why
 * the casts hold.
 */
final class Adapted {
  private Adapted() {}

  record Read<S extends TcpSocket>(ReadCallback<? super S> code)
      implements BiConsumer<Endpoint, ByteBuffer>, Called {
    @Override
    @SuppressWarnings("unchecked")
    public void accept(Endpoint socket, ByteBuffer data) {
      code.read((S) socket, data);
    }
  }

  record Stream<S extends TcpSocket>(StreamCallback<? super S> code)
      implements Consumer<Endpoint>, Called {
    @Override
    @SuppressWarnings("unchecked")
    public void accept(Endpoint socket) {
      code.ready((S) socket, ((S) socket).stream());
    }
  }

  record Plain<S extends TcpSocket>(Consumer<? super S> code)
      implements Consumer<Endpoint>, Called {
    @Override
    @SuppressWarnings("unchecked")
    public void accept(Endpoint socket) {
      code.accept((S) socket);
    }
  }

  record Ended(Runnable code) implements Consumer<Endpoint>, Called {
    @Override
    public void accept(Endpoint socket) {
      code.run();
    }
  }

  record Heard(Consumer<? super Event> code) implements Consumer<Event>, Called {
    Heard {
      Objects.requireNonNull(code);
    }

    @Override
    public void accept(Event event) {
      code.accept(event);
    }
  }

  record Main(Consumer<EventLoop> code, EventLoop loop) implements Runnable, Called {
    @Override
    public void run() {
      code.accept(loop);
    }
  }

  record Found(Consumer<List<InetAddress>> code, List<InetAddress> answer)
      implements Runnable, Called {
    @Override
    public void run() {
      code.accept(answer);
    }
  }
}
