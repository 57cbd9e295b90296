package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.AsyncStream;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslUpgradeSetup;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;

/** One side of a connection that is encrypted in some phases; checks each byte that it gets. */
final class Talker {
  private final Turns turns;
  private final boolean client;
  private final Random random;
  private int phase = -1;
  private long sent;
  private long received;
  private long due; // of received, at the end of this phase
  private boolean unwraps;
  private boolean ended;

  Talker(Turns turns, boolean client, long seed) {
    this.turns = turns;
    this.client = client;
    this.random = new Random(seed);
  }

  // ---- phases

  /** The connection has begun, or is plain again. */
  void isPlain(TcpSocket socket) {
    assertThat(socket).isNotInstanceOf(SslSocket.class);
    begin();
    if (client) {
      say(socket);
      if (isLast()) {
        socket.shutdownOutput();
      }
    }
    goOn(socket);
  }

  private void isSecure(SslSocket socket, SslSession session) {
    begin();
    say(socket);
    if (turns.ends(phase, client) && random.nextBoolean()) {
      unwrap(socket); // goes on reading
    }
    goOn(socket);
  }

  private void begin() {
    phase++;
    unwraps = false;
    due += turns.bytes(phase, !client);
    assertThat(received).isLessThan(due + 1);
  }

  private boolean isLast() {
    return phase == turns.phases() - 1;
  }

  /** All that was to come in this phase has come? */
  private void goOn(TcpSocket socket) {
    if (received < due) {
      return;
    }
    if (!Turns.isPlain(phase)) {
      if (turns.ends(phase, client)) {
        unwrap((SslSocket) socket);
      }
      return;
    }
    if (!client) {
      say(socket); // the client's hello comes behind it
    }
    if (!isLast()) {
      wrap(socket);
    } else if (ended) {
      socket.close();
    }
  }

  private void wrap(TcpSocket socket) {
    SslUpgradeSetup setup =
        client
            ? Ssl.wrap(socket).asClient("localhost").trust(Pki.TRUST)
            : Ssl.wrap(socket).asServer().credentials(Pki.LOCAL);
    if (client) {
      setup.maxProtocol(turns.version(phase + 1));
    }
    setup.onSecure(this::isSecure).onEvent(this::event);
    if (random.nextBoolean()) {
      setup.onStream(this::stream);
    } else {
      setup.onRead(this::read);
    }
    setup.open();
  }

  private void unwrap(SslSocket socket) {
    if (unwraps) {
      return;
    }
    unwraps = true;
    var setup = socket.unwrap().halfOpen().onConnect(this::isPlain).onEvent(this::event);
    if (random.nextBoolean()) {
      setup.onStream(this::stream);
    } else {
      setup.onRead(this::read);
    }
    setup.open();
  }

  // ---- bytes

  /** Byte {@code at} of what a side says. */
  private static byte pattern(boolean ofClient, long at) {
    return (byte) (at * 31 + (at >> 8) + (ofClient ? 7 : 0));
  }

  private void say(TcpSocket socket) {
    int left = turns.bytes(phase, client);
    while (left > 0) {
      byte[] piece = new byte[Math.min(left, 1 + random.nextInt(20_000))];
      for (int i = 0; i < piece.length; i++) {
        piece[i] = pattern(client, sent + i);
      }
      socket.write(piece);
      sent += piece.length;
      left -= piece.length;
    }
  }

  void read(TcpSocket socket, ByteBuffer data) {
    assertThat(socket instanceof SslSocket).isEqualTo(!Turns.isPlain(phase));
    while (data.hasRemaining()) {
      assertThat(data.get()).as("byte %s", received).isEqualTo(pattern(!client, received));
      received++;
    }
    assertThat(received).as("phase %s", phase).isLessThanOrEqualTo(due);
    goOn(socket);
  }

  /** Reads a part of it, the rest later. */
  private void stream(TcpSocket socket, AsyncStream stream) {
    ByteBuffer part = ByteBuffer.allocate(1 + random.nextInt(30_000));
    if (stream.read(part) > 0) {
      read(stream.socket(), part.flip());
    }
    if (stream.available() > 0) {
      socket
          .loop()
          .delay(
              Duration.ofMillis(1),
              () -> {
                if (stream.available() > 0) {
                  stream(stream.socket(), stream);
                }
              });
    }
  }

  void event(Event event) {
    assertThat(event).isInstanceOf(TcpEof.class);
    TcpSocket socket = ((TcpEof) event).socket();
    if (socket instanceof SslSocket secure) {
      unwrap(secure);
    } else {
      ended = true;
      if (received == due) {
        socket.close();
      }
    }
  }

  void assertWhole() {
    assertThat(phase).isEqualTo(turns.phases() - 1);
    assertThat(received).isEqualTo(due);
    assertThat(ended).as("a clean end").isTrue();
  }
}
