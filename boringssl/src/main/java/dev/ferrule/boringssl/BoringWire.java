package dev.ferrule.boringssl;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.spi.SslWire;
import io.netty.internal.tcnative.SSL;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A wire on an SSL of BoringSSL. Ciphertext goes straight from the loop's input buffer into it and
 * from it into the loop's output buffer: both are set as its BIO's buffer for the length of a call.
 * An idle connection holds the SSL and no buffer.
 *
 * <p>The BIO keeps the address that was set last. That is safe, because every call that may read or
 * write sets an address first.
 */
final class BoringWire implements SslWire {
  /** The most plain text of a record (RFC 8446 5.1). */
  private static final int RECORD = 16_384;

  /**
   * The most bytes that encryption adds to a record in any version, and a KeyUpdate that may have
   * to be sent before it.
   */
  private static final int OVERHEAD = 256;

  /**
   * The size of the BIO's own buffer in bytes. An alert fits; a flight of handshake messages may
   * not.
   */
  private static final int ASIDE = 64;

  final NativeContext context;
  final Outlet outlet;
  final RecordInput input;
  final LoopBuffers loop;
  final long ssl;
  final long bio;
  private final @Nullable String host;
  private final @Nullable String peer;
  private @Nullable Handshake handshake;
  private @Nullable TcpError failure;
  private int owed; // bytes that a partly read record still lacks
  private boolean handshaken;
  private boolean legacy; // before TLS 1.3: half close does not exist
  private boolean pending; // the SSL holds decrypted bytes
  private boolean peerEnded;
  private boolean released;

  BoringWire(
      NativeContext context,
      Link link,
      Outlet outlet,
      Buffers buffers,
      @Nullable String host,
      int port) {
    this.context = context;
    this.outlet = outlet;
    this.input = new RecordInput(link, buffers, Memory.NATIVE, "record_overflow");
    this.loop = LoopBuffers.of(buffers);
    this.host = host;
    this.peer = host == null || context.sessions == null ? null : host + ":" + port;
    this.handshake = new Handshake(this, context.choices);
    this.ssl = context.open(this);
    this.bio = SSL.bioNewByteBuffer(ssl, ASIDE);
  }

  /** The server name that a client sends and finds sessions by. */
  @Nullable String host() {
    return host;
  }

  @Nullable String peer() {
    return peer;
  }

  @Nullable Handshake handshaking() {
    return handshake;
  }

  OfferedParameters choices() {
    return context.choices;
  }

  @Override
  public Memory memory() {
    return Memory.NATIVE;
  }

  // ---- the handshake

  @Override
  public int handshake() throws IOException {
    requireSound();
    ByteBuffer in = input.begin();
    try {
      int want = current().go(in);
      if (want == DONE) {
        handshaken = true;
        legacy = !"TLSv1.3".equals(SSL.getVersion(ssl));
      }
      return want;
    } catch (TcpError e) {
      throw stick(e);
    } finally {
      input.end(in);
    }
  }

  private Handshake current() {
    return Objects.requireNonNull(handshake, "the handshake is done");
  }

  @Override
  public Runnable task() {
    return current().task();
  }

  @Override
  public SslSession session() {
    SslSession agreed = current().session();
    handshake = null;
    return agreed;
  }

  // ---- in

  @Override
  public int read(ByteBuffer destination) throws IOException {
    requireSound();
    if (peerEnded) {
      return END;
    }
    int start = destination.position();
    ByteBuffer in = input.begin();
    int want;
    try {
      want = open(in, destination);
    } catch (TcpError e) {
      // What came whole before the fault is the program's; the fault comes with the next call.
      TcpError fault = stick(e);
      if (destination.position() == start) {
        throw fault;
      }
      return destination.position() - start;
    } finally {
      input.end(in);
    }
    int produced = destination.position() - start;
    return produced > 0 ? produced : want;
  }

  private int open(ByteBuffer in, ByteBuffer destination) throws IOException {
    loop.look(in, owed, legacy);
    if (!loop.whole && !loop.bad && !pending) {
      int n = input.fill(in);
      if (n < 0) {
        throw new SslTruncated(
            Stage.DATA,
            "the peer ended the connection without close_notify: what was received may not be all"
                + " that was sent",
            null);
      }
      if (n == 0) {
        return READ;
      }
      loop.look(in, owed, legacy);
    }
    int at = in.position();
    int fed = loop.end - at;
    if (fed == 0 && !pending) {
      input.record(in, Stage.DATA); // throws if the header is invalid
      return READ;
    }
    if (legacy && owed == 0 && LoopBuffers.isAlert(in) && outlet.clogged()) {
      // Before TLS 1.3 the peer's close_notify ends both sides (RFC 5246 7.2.1): what is queued
      // goes out before it is looked at.
      return WRITE;
    }
    int lacking = loop.owed;
    boolean bad = loop.bad;
    SSL.bioSetByteBuffer(bio, loop.remembered(in) + at, fed, false);
    int stopped = decrypt(destination);
    int left = SSL.bioLengthByteBuffer(bio);
    in.position(at + fed - left);
    owed = left == 0 ? lacking : 0;
    if (stopped <= 0) {
      return stopped(stopped);
    }
    if (bad && left == 0 && !pending) {
      input.record(in, Stage.DATA);
    }
    return READ;
  }

  /**
   * Reads plain text until there is none left. Returns 1, or the result of the last call when it
   * gave no data.
   */
  private int decrypt(ByteBuffer destination) {
    long address = loop.remembered(destination);
    for (int left = LoopBuffers.RECORDS; left > 0 && destination.hasRemaining(); left--) {
      int room = destination.remaining();
      int n = SSL.readFromSSL(ssl, address + destination.position(), room);
      if (n <= 0) {
        pending = false;
        return n;
      }
      destination.position(destination.position() + n);
      pending = n == room && SSL.sslPending(ssl) > 0;
      if (!pending && SSL.bioLengthByteBuffer(bio) == 0) {
        break; // the next call would only answer WANT_READ
      }
    }
    return 1;
  }

  private int stopped(int result) {
    int error = SSL.getError(ssl, result);
    if (error == SSL.SSL_ERROR_WANT_READ) {
      return READ;
    }
    if (error == SSL.SSL_ERROR_ZERO_RETURN) {
      peerEnded = true;
      return END;
    }
    throw nativeFault();
  }

  @Override
  public boolean buffered() {
    return input.hasRecord() || pending || failure != null || peerEnded;
  }

  // ---- out

  @Override
  public int write(ByteBuffer source) throws IOException {
    requireSound();
    if (legacy && peerEnded) {
      throw new SslError(
          Side.PEER,
          Stage.CLOSE,
          "close_notify",
          "OUTPUT_CLOSED",
          "the peer ended the connection, and before TLS 1.3 that ends both sides: what was"
              + " written after it is lost (RFC 5246 7.2.1)",
          null);
    }
    int start = source.position();
    while (source.hasRemaining()) {
      ByteBuffer room = sink(Math.min(source.remaining(), RECORD) + OVERHEAD, false);
      if (room == null) {
        break;
      }
      encrypt(source, room);
    }
    int taken = source.position() - start;
    return taken > 0 ? taken : WRITE;
  }

  /**
   * Encrypts as many records as fit. A source in the heap is first copied to where its record will
   * stand: BoringSSL encrypts into a buffer of its own before it writes the record there.
   */
  private void encrypt(ByteBuffer source, ByteBuffer room) {
    long target = loop.remembered(room);
    long plain = source.isDirect() ? loop.address(source) : 0;
    int left = room.remaining();
    do {
      int n = Math.min(source.remaining(), RECORD);
      if (n + OVERHEAD > left) {
        break;
      }
      long from;
      if (plain == 0) {
        int at = room.limit() - left;
        room.put(at, source, source.position(), n);
        from = target + at;
      } else {
        from = plain + source.position();
      }
      int taken = SSL.writeToSSL(ssl, from, n);
      left = SSL.bioLengthByteBuffer(bio);
      if (taken <= 0) {
        room.position(room.limit() - left);
        throw stick(nativeFault());
      }
      source.position(source.position() + taken);
    } while (source.hasRemaining());
    room.position(room.limit() - left);
  }

  @Override
  public int closeOutput() {
    if (failure != null || !handshaken) {
      return DONE; // before the end of the handshake there is no close_notify
    }
    return OutgoingAlerts.closeNotify(this) ? DONE : WRITE;
  }

  @Override
  public boolean halfCloses() {
    return !legacy;
  }

  /**
   * The output buffer, set as the BIO's target; null when the outlet has no room. With {@code
   * aside}, bytes that the BIO holds in its own buffer are written first.
   */
  @Nullable ByteBuffer sink(int bytes, boolean aside) {
    ByteBuffer room = outlet.room(bytes);
    if (room != null) {
      SSL.bioSetByteBuffer(bio, loop.remembered(room) + room.position(), room.remaining(), true);
      if (aside) {
        SSL.bioFlushByteBuffer(bio); // must come first: the BIO miscounts these bytes
      }
    }
    return room;
  }

  /** Moves the position behind the bytes that the BIO wrote. */
  void filled(ByteBuffer room) {
    room.position(room.limit() - SSL.bioLengthByteBuffer(bio));
  }

  // ---- faults

  private void requireSound() {
    if (failure != null) {
      throw failure;
    }
  }

  /** The error that the native library just found. Its alert is in the outlet if that had room. */
  SslError nativeFault() {
    int error = BoringFailure.take();
    String sent = OutgoingAlerts.alert(this);
    Handshake current = handshaken ? null : handshake;
    SslError verdict = current == null ? null : current.verdict();
    SslError fault =
        verdict != null
            ? verdict
            : BoringFailure.of(error, sent, choices(), current == null ? null : current.hellos());
    failure = fault;
    return fault;
  }

  /** A fault that was found before records are encrypted; its alert is sent unencrypted. */
  SslError refuse(int alert, Stage stage, String code, String sentence) {
    OutgoingAlerts.inTheClear(this, alert);
    SslError fault = new SslError(Side.OURS, stage, Alerts.name(alert), code, sentence, null);
    failure = fault;
    return fault;
  }

  /** A fault that was found after the native handshake was done; its alert is encrypted. */
  SslError refuseSealed(Stage stage, String code, String sentence) {
    OutgoingAlerts.breakOff(this, true);
    SSL.clearError();
    SslError fault = new SslError(Side.OURS, stage, "record_overflow", code, sentence, null);
    failure = fault;
    return fault;
  }

  /** The first failure counts. One that was found outside the native library is told by it. */
  private TcpError stick(TcpError fault) {
    if (failure == null) {
      failure = fault;
      boolean plain = handshake != null && handshake.hellos().isPlain();
      if (plain) {
        return fault; // a peer that speaks no TLS cannot read an alert
      }
      if (fault instanceof SslError error && error.side() == Side.OURS) {
        OutgoingAlerts.breakOff(this, handshaken);
      } else if (handshaken) {
        OutgoingAlerts.closeNotify(this);
      }
      SSL.clearError();
    }
    return failure;
  }

  @Override
  public void release() {
    if (!released) {
      released = true;
      try {
        context.free(ssl);
      } finally {
        input.release();
      }
    }
  }
}
