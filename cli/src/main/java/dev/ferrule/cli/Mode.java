package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslSocket;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * What a server does with its connections. A mode has no state for each connection and allocates
 * nothing while data is transferred. Any loop may use it.
 */
enum Mode {
  /** Sends back what it receives; while the peer does not read, its data is not read. */
  ECHO {
    @Override
    void read(TcpSocket socket, ByteBuffer data) {
      if (!socket.write(data)) {
        socket.disableReading();
      }
    }

    @Override
    void drained(TcpSocket socket) {
      socket.enableReading();
    }
  },

  /** Sends without end. */
  SOURCE {
    @Override
    void ready(TcpSocket socket) {
      send(socket);
    }

    @Override
    void flushed(TcpSocket socket) {
      send(socket);
    }

    @Override
    void drained(TcpSocket socket) {
      send(socket);
    }

    // A round is bounded, so that a fast peer does not starve other connections.
    private void send(TcpSocket socket) {
      ByteBuffer block = (likesArrays(socket) ? ARRAY : NATIVE).get();
      for (int left = BLOCKS_PER_ROUND; left > 0; left--) {
        if (!socket.write(block.clear())) {
          return; // continues at the drain callback, or else when all is flushed
        }
      }
    }
  },

  /** Reads and discards. */
  SINK,

  /** Answers with a fixed line, and closes. */
  LINE {
    @Override
    void read(TcpSocket socket, ByteBuffer data) {
      socket.write(
          LINE_TEXT.duplicate()); // the position of a shared buffer would be shared by all loops
      socket.close();
    }
  };

  private static final int BLOCK = 128 * 1024;

  /** The bytes of one write; more would be copied to a queue when the socket is full. */
  private static final int BLOCKS_PER_ROUND = 2;

  private static final ThreadLocal<ByteBuffer> ARRAY =
      ThreadLocal.withInitial(() -> filled(ByteBuffer.allocate(BLOCK)));
  private static final ThreadLocal<ByteBuffer> NATIVE =
      ThreadLocal.withInitial(() -> filled(ByteBuffer.allocateDirect(BLOCK)));
  private static final ByteBuffer LINE_TEXT =
      ByteBuffer.wrap("THIS IS A SECURE LINE!\n".getBytes(UTF_8));

  /** The connection is ready for data: the handshake is done, if there is one. */
  void ready(TcpSocket socket) {}

  /** Bytes came. */
  void read(TcpSocket socket, ByteBuffer data) {}

  /** All that was written has gone out. */
  void flushed(TcpSocket socket) {}

  /** Writing may go on. */
  void drained(TcpSocket socket) {}

  /** The word for the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The JDK's ciphers read arrays without a copy; a native library reads native memory. */
  private static boolean likesArrays(TcpSocket socket) {
    return socket instanceof SslSocket secure
        && secure
            .session()
            .filter(
                agreed -> agreed.records() == RecordLayer.JAVA || agreed.provider().equals("jdk"))
            .isPresent();
  }

  private static ByteBuffer filled(ByteBuffer block) {
    while (block.hasRemaining()) {
      block.put((byte) ('!' + block.position() % 94)); // printable, for the reader of a dump
    }
    return block;
  }
}
