package dev.ferrule.tests.interop;

import dev.ferrule.EventLoop;
import dev.ferrule.Timer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Ferrule's end of a connection: sends a little all the time, and keeps what comes. */
final class SteadyStream implements AutoCloseable {
  private static final int PIECE = 8192;

  final Witness witness = new Witness();
  private final Background loop;
  private final Random random = new Random(9);
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream(); // the loop's
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private @Nullable SslSocket socket;
  private @Nullable Timer timer;

  SteadyStream(Background loop) {
    this.loop = loop;
  }

  int serve() {
    return loop.call(running ->
        Ends.server(running)
            .onSecure(this::begin)
            .onRead((from, data) -> keep(data))
            .onEvent(witness.events::add)
            .onClose(() -> witness.closes.add("closed"))
            .open()
            .port());
  }

  void connect(int port) {
    SslSocket opened =
        loop.call(running ->
            Ends.client(running, port)
                .onSecure(this::begin)
                .onRead((from, data) -> keep(data))
                .onEvent(witness.events::add)
                .onClose(() -> witness.closes.add("closed"))
                .open());
    assert opened != null;
  }

  private void begin(SslSocket secure, SslSession session) {
    socket = secure;
    EventLoop running = secure.loop();
    timer = running.interval(Duration.ofMillis(1), this::sendPiece);
    witness.secured(secure, session);
  }

  private void sendPiece() {
    SslSocket to = socket;
    if (to == null || to.isClosed()) {
      stop();
      return;
    }
    byte[] piece = new byte[1 + random.nextInt(PIECE)];
    random.nextBytes(piece);
    sent.writeBytes(piece);
    to.write(piece);
  }

  private void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void keep(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    received.writeBytes(bytes);
  }

  /** Waits until so many bytes have come. */
  void awaitReceived(int bytes) {
    Loops.eventually(() -> loop.call(running -> received.size()) >= bytes);
  }

  /** Sends no more, and closes. */
  void end() {
    loop.call(running -> {
      stop();
      if (socket != null) {
        socket.close();
      }
      return true;
    });
    witness.awaitClosed(1);
  }

  byte[] sent() {
    return loop.call(running -> sent.toByteArray());
  }

  byte[] received() {
    return loop.call(running -> received.toByteArray());
  }

  @Override
  public void close() {
    loop.call(running -> {
      stop();
      return true;
    });
  }
}
