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
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.records.RecordWire;
import io.netty.internal.tcnative.SSL;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A wire on an SSL of BoringSSL. Ciphertext goes straight from the loop's input buffer into it and
 * from it into the loop's output buffer: both are lent to its BIO for a call, and an idle
 * connection has the SSL and nothing else.
 *
 * <p>The BIO keeps the address that was set last. That is harmless: each call that may read or
 * write sets its own before.
 */
final class BoringWire extends RecordWire {
  /** The most plain text of a record (RFC 8446 5.1). */
  private static final int RECORD = 16_384;

  /** What a record may add, any version's, and a KeyUpdate that has to go before it. */
  private static final int OVERHEAD = 256;

  /** The BIO's own bytes: an alert fits, a flight need not. */
  private static final int ASIDE = 64;

  final NativeContext context;
  final LoopBuffers loop;
  final long ssl;
  final long bio;
  private final @Nullable String host;
  private final @Nullable String peer;
  private @Nullable Handshake handshake;
  private int owed; // of a record that was fed in part
  private boolean pending; // decrypted bytes are left in the SSL
  private boolean released;

  BoringWire(
      NativeContext context,
      Link link,
      Outlet outlet,
      Buffers buffers,
      @Nullable String host,
      int port) {
    super(outlet, new RecordInput(link, buffers, Memory.NATIVE, "record_overflow"));
    this.context = context;
    this.loop = LoopBuffers.of(buffers);
    this.host = host;
    this.peer = host == null || context.sessions == null ? null : host + ":" + port;
    this.handshake = new Handshake(this, context.choices);
    this.ssl = context.open(this);
    this.bio = SSL.bioNewByteBuffer(ssl, ASIDE);
  }

  /** The name that its client sends and resumes sessions by. */
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
  protected int shakeHands(ByteBuffer in) throws IOException {
    return current().go(in);
  }

  @Override
  protected boolean negotiatedTls13() {
    return "TLSv1.3".equals(SSL.getVersion(ssl));
  }

  /** Reads the link, as {@link #fillHandshake} says, for the handshake. */
  void fill(ByteBuffer in, HelloObserver hellos) throws IOException {
    fillHandshake(in, hellos);
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
  protected int decrypt(ByteBuffer in, ByteBuffer destination) throws IOException {
    loop.look(in, owed);
    if (!loop.whole && !loop.bad && !pending) {
      if (fillData(in) == 0) {
        return READ;
      }
      loop.look(in, owed);
    }
    int at = in.position();
    int fed = loop.end - at;
    if (fed == 0 && !pending) {
      input.record(in, Stage.DATA); // throws when that is why
      return READ;
    }
    int lacking = loop.owed;
    boolean bad = loop.bad;
    SSL.bioSetByteBuffer(bio, loop.remembered(in) + at, fed, false);
    int stopped = readPlain(destination);
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

  /** Until nothing is left: 1; or what the last call answered, when that was no data. */
  private int readPlain(ByteBuffer destination) {
    long address = loop.remembered(destination);
    for (int left = RECORDS_PER_READ; left > 0 && destination.hasRemaining(); left--) {
      int room = destination.remaining();
      int n = SSL.readFromSSL(ssl, address + destination.position(), room);
      if (n <= 0) {
        pending = false;
        return n;
      }
      destination.position(destination.position() + n);
      pending = n == room && SSL.sslPending(ssl) > 0;
      if (!pending && SSL.bioLengthByteBuffer(bio) == 0) {
        break; // a call more would only say that it wants input
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
      return END;
    }
    throw nativeFault();
  }

  @Override
  public boolean buffered() {
    return pending || super.buffered();
  }

  // ---- out

  /** BoringSSL goes on writing, whatever the version. */
  @Override
  protected boolean endStopsOutput() {
    return false;
  }

  @Override
  protected void encrypt(ByteBuffer source) {
    while (source.hasRemaining()) {
      ByteBuffer room = sink(Math.min(source.remaining(), RECORD) + OVERHEAD, false);
      if (room == null) {
        break;
      }
      seal(source, room);
    }
  }

  /**
   * As many records as there is room for. What is not native is put where its record will be: it is
   * sealed elsewhere before the record is written there.
   */
  private void seal(ByteBuffer source, ByteBuffer room) {
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
        throw nativeFault();
      }
      source.position(source.position() + taken);
    } while (source.hasRemaining());
    room.position(room.limit() - left);
  }

  @Override
  public int closeOutput() {
    if (failure() != null || !handshaken()) {
      return DONE; // a handshake that was cut off has nothing more to say
    }
    return OutgoingAlerts.closeNotify(this) ? DONE : WRITE;
  }

  /**
   * The output buffer, lent to the BIO; what the BIO kept aside goes first where there may be any.
   */
  @Nullable ByteBuffer sink(int bytes, boolean aside) {
    ByteBuffer room = outlet.room(bytes);
    if (room != null) {
      SSL.bioSetByteBuffer(bio, loop.remembered(room) + room.position(), room.remaining(), true);
      if (aside) {
        SSL.bioFlushByteBuffer(bio); // before all else: the BIO miscounts it
      }
    }
    return room;
  }

  /** Moves the position behind what was put into it. */
  void filled(ByteBuffer room) {
    room.position(room.limit() - SSL.bioLengthByteBuffer(bio));
  }

  // ---- faults

  /** What the native library just found; its alert is in the outlet, where there was room. */
  SslError nativeFault() {
    int error = BoringFailure.take();
    String sent = OutgoingAlerts.alert(this);
    Handshake current = handshaken() ? null : handshake;
    SslError verdict = current == null ? null : current.verdict();
    return alertSent(
        verdict != null
            ? verdict
            : BoringFailure.of(error, sent, choices(), current == null ? null : current.hellos()));
  }

  /** A fault that was found before anything was encrypted; it is told in the clear. */
  SslError refuse(int alert, Stage stage, String code, String sentence) {
    OutgoingAlerts.inTheClear(this, alert);
    return alertSent(new SslError(Side.OURS, stage, Alerts.name(alert), code, sentence, null));
  }

  /** A fault that was found when the handshake was done, natively. */
  SslError refuseSealed(Stage stage, String code, String sentence) {
    OutgoingAlerts.breakOff(this, true);
    SSL.clearError();
    return alertSent(new SslError(Side.OURS, stage, "record_overflow", code, sentence, null));
  }

  @Override
  protected TcpError sendAlert(TcpError fault) {
    if (handshake != null && handshake.hellos().isPlain()) {
      return fault; // it would not understand an alert, or has it already
    }
    if (fault instanceof SslError error && error.side() == Side.OURS) {
      OutgoingAlerts.breakOff(this, handshaken());
    } else if (handshaken()) {
      OutgoingAlerts.closeNotify(this);
    }
    SSL.clearError();
    return fault;
  }

  @Override
  public void release() {
    if (!released) {
      released = true;
      try {
        context.free(ssl);
      } finally {
        super.release();
      }
    }
  }
}
