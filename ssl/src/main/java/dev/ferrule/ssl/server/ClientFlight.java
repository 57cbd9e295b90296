package dev.ferrule.ssl.server;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.hello.HelloReader;
import dev.ferrule.ssl.hello.PlainPeer;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.records.RecordInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's first bytes until its hello is whole, however it is split over segments and
 * records. It says what a client speaks that does not speak SSL, and answers a browser. At most
 * {@link HelloReader#LONGEST_HELLO} bytes of hello are kept, and {@link Buffers#INPUT} of records.
 */
final class ClientFlight {
  private static final int ENOUGH_FOR_SSL2 = 5;
  private static final int ALERT = 21;
  private static final int ALERT_BYTES = 2;
  private static final int HANDSHAKE = 22;

  /** The alert protocol_version, in a record of the oldest version, SSL 3.0. */
  private static final byte[] PROTOCOL_VERSION = {ALERT, 3, 0, 0, 2, 2, 70};

  private final RecordInput input;
  private final Outlet outlet;
  private final HelloReader reader = HelloReader.ofClient();
  private int fed; // bytes of the input that the reader has seen
  private boolean looked;
  private boolean plain;

  ClientFlight(Link link, Buffers buffers, Memory memory, Outlet outlet) {
    this.input = new RecordInput(link, buffers, memory, "unexpected_message");
    this.outlet = outlet;
  }

  /** The bytes so far, ready to be read from; {@link #end} keeps those that remain. */
  ByteBuffer begin() {
    return input.begin();
  }

  void end(ByteBuffer in) {
    input.end(in);
  }

  void release() {
    input.release();
  }

  /** Whether the client does not speak SSL, and so understands no alert. */
  boolean isPlain() {
    return plain;
  }

  /**
   * Reads the link once.
   *
   * @return the hello; null while it is not whole
   * @throws SslError when there will be none
   */
  @Nullable SslHello read(ByteBuffer in) throws IOException {
    int n = fill(in);
    if (n < 0) {
      throw HelloObserver.endedEarly(input.receivedAny());
    }
    if (!looked && !look(in)) {
      return null;
    }
    ByteBuffer fresh = in.slice(in.position() + fed, in.remaining() - fed);
    fed = in.remaining();
    return switch (reader.feed(fresh)) {
      case DONE -> reader.clientHello();
      case NONE -> {
        if (isAlert(in) && in.remaining() < RecordInput.HEADER + ALERT_BYTES) {
          yield null; // it says what it is when it is whole
        }
        throw noHello(in);
      }
      case MORE -> {
        if (in.limit() == in.capacity()) {
          throw tooLong();
        }
        yield null;
      }
    };
  }

  /**
   * Reads the link once, where the hello is whole and waits for an answer.
   *
   * @throws SslError when the client has left
   */
  void readOn(ByteBuffer in) throws IOException {
    int n = in.limit() < in.capacity() ? fill(in) : 0;
    if (n < 0) {
      throw HelloObserver.endedEarly(true);
    }
  }

  private int fill(ByteBuffer in) throws IOException {
    int n = input.fill(in);
    outlet.received(n);
    return n;
  }

  /** False while it cannot be told what the client speaks. */
  private boolean look(ByteBuffer in) {
    if (in.remaining() < PlainPeer.ENOUGH
        || (in.get(in.position()) < 0 && in.remaining() < ENOUGH_FOR_SSL2)) {
      return false;
    }
    looked = true;
    if (PlainPeer.startsRecord(in)) {
      return true;
    }
    plain = true;
    if (PlainPeer.isHttpRequest(in)) {
      send(PlainPeer.httpAnswer());
    }
    if (PlainPeer.isSsl2Hello(in)) {
      // Without an encrypted connection: such a client may offer TLS and understand the alert.
      send(ByteBuffer.wrap(PROTOCOL_VERSION));
      throw refused(
          "protocol_version",
          SslFailure.NO_SHARED_PROTOCOL,
          "the peer sends a hello in the form of SSL 2.0, which is refused (RFC 6176)");
    }
    throw PlainPeer.notSsl(in, true);
  }

  /** Sends an alert before anything is encrypted. */
  void alert(String name) {
    send(ByteBuffer.wrap(new byte[] {ALERT, 3, 3, 0, 2, 2, (byte) Alerts.number(name)}));
  }

  private void send(ByteBuffer bytes) {
    ByteBuffer room = outlet.room(bytes.remaining());
    if (room != null) {
      room.put(bytes);
    }
  }

  private static boolean isAlert(ByteBuffer in) {
    return in.get(in.position()) == ALERT && in.getShort(in.position() + 3) == ALERT_BYTES;
  }

  // ---- faults

  private SslError noHello(ByteBuffer in) {
    int length = input.record(in, Stage.HELLO); // throws if the header is invalid
    int type = in.get(in.position());
    if (isAlert(in)) {
      String alert = Alerts.name(in.get(in.position() + length - 1));
      return new SslError(
          Side.PEER,
          Stage.HELLO,
          alert,
          Alerts.receivedFailure(alert, true),
          Alerts.received(alert, true),
          null);
    }
    if (type != HANDSHAKE || reader.otherMessage()) {
      return refused(
          "unexpected_message",
          SslFailure.UNEXPECTED_MESSAGE,
          "the peer's handshake was refused: it does not begin with a client's hello");
    }
    return reader.tooLong()
        ? tooLong()
        : refused(
            "decode_error",
            SslFailure.MALFORMED_MESSAGE,
            "the client's hello was refused: it is malformed (RFC 8446 4.1.2)");
  }

  private static SslError tooLong() {
    return refused(
        "illegal_parameter",
        SslFailure.MESSAGE_TOO_LONG,
        "the client's hello was refused: it has more than "
            + HelloReader.LONGEST_HELLO
            + " bytes, or too many records");
  }

  private static SslError refused(String alert, SslFailure failure, String sentence) {
    return new SslError(Side.OURS, Stage.HELLO, alert, failure, sentence, null);
  }
}
