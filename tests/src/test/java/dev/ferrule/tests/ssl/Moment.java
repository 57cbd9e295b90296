package dev.ferrule.tests.ssl;

import dev.ferrule.SocketSetup;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.SslSocket;
import java.util.function.Consumer;

/** Each kind of callback that a secure socket has, and how to have code run in it once. */
enum Moment {
  CONNECT,
  SECURE,
  READ,
  WRITE,
  PER_WRITE,
  DRAIN,
  EVENT,
  CLOSE,
  STREAM;

  /** Code that is to run in one callback of one socket. */
  final class Act {
    private final Consumer<TcpSocket> code;
    private TcpSocket self;
    boolean ran;

    private Act(Consumer<TcpSocket> code) {
      this.code = code;
    }

    private void run() {
      if (!ran) {
        ran = true;
        code.accept(self);
      }
    }

    /** For the connect callback, which each setup has its own way to set. */
    void connected(TcpSocket socket) {
      self = socket;
      if (Moment.this == CONNECT) {
        run();
      }
    }

    /** For the callback of the handshake. */
    void secured(TcpSocket socket) {
      self = socket;
      switch (Moment.this) {
        case SECURE -> {
          socket.write("hello");
          run();
        }
        case PER_WRITE -> socket.write("told", done -> run());
        default -> socket.write("hello");
      }
    }
  }

  /**
   * Puts the code into this callback. The caller passes on {@code connected} and {@code secured}.
   */
  Act on(SocketSetup<SslSocket, ?> setup, Consumer<TcpSocket> code) {
    Act act = new Act(code);
    setup.waterMarks(0, 0); // every write says to hold off: drain comes
    switch (this) {
      case READ -> setup.onRead((socket, data) -> act.run());
      case STREAM -> setup.onStream((socket, stream) -> act.run());
      case WRITE -> setup.onWrite(socket -> act.run());
      case DRAIN -> setup.onDrain(socket -> act.run());
      case EVENT -> setup.onEvent(event -> act.run());
      case CLOSE -> setup.onClose(act::run);
      default -> {}
    }
    return act;
  }
}
