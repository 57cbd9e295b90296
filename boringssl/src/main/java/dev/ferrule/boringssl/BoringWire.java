package dev.ferrule.boringssl;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.RecordedLink;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.library.LoggedSecrets;
import dev.ferrule.ssl.library.Resumption;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.records.ClearRecord;
import dev.ferrule.ssl.records.HandOver;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.records.RecordWire;
import dev.ferrule.ssl.records.TicketReceiver;
import dev.ferrule.ssl.records.TrafficSecrets;
import io.netty.internal.tcnative.SSL;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A wire on an SSL object of BoringSSL. BoringSSL reads records from the loop's input buffer and
 * writes records to the loop's output buffer: its BIO gets the address of one of them for each
 * call. An idle connection holds the SSL object only.
 *
 * <p>The BIO keeps the address that was set last. Each call that may read or write sets it before.
 */
final class BoringWire extends RecordWire {
  /** The most plain text of a record (RFC 8446 5.1). */
  private static final int RECORD = 16_384;

  /** The most that a record of any version adds, and a KeyUpdate that may go before it. */
  private static final int OVERHEAD = 256;

  /** The size of the BIO's own buffer: an alert fits, a flight of messages need not. */
  private static final int BIO_BUFFER = 64;

  final NativeContext context;
  final LoopBuffers loop;
  final long ssl;
  final long bio;
  private final Buffers buffers;
  private final @Nullable String host;
  final @Nullable Resumption resumption;
  private @Nullable Handshake handshake;
  private long recordsRead; // since the handshake
  private long recordsWritten;
  private int missing; // missing bytes of a record that BoringSSL has read in part
  private boolean pending; // the SSL object holds decrypted bytes
  private boolean awaitsTickets; // the SSL object is freed when they have come
  private boolean freed;
  private boolean extendedMasterSecret; // of TLS 1.2 and before
  private byte @Nullable [] exporter; // exporter_secret of TLS 1.3

  BoringWire(
      NativeContext context,
      Link link,
      Outlet outlet,
      Buffers buffers,
      @Nullable String host,
      int port) {
    super(outlet, new RecordInput(link, buffers, Memory.NATIVE, "record_overflow"));
    this.context = context;
    this.buffers = buffers;
    this.loop = LoopBuffers.of(buffers);
    this.host = host;
    this.resumption = Resumption.of(context.sessions, host, port);
    if (!context.choices.server()) {
      this.handshake = new Handshake(this, context.choices, null);
    }
    this.ssl = context.open(this);
    this.bio = SSL.bioNewByteBuffer(ssl, BIO_BUFFER);
    if (link instanceof RecordedLink recorded) {
      recorded.awaitSecrets();
    }
  }

  /** The name that its client sends. */
  @Nullable String host() {
    return host;
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
  protected void clientHello(SslHello hello) {
    Handshake begun = new Handshake(this, context.choices, hello);
    handshake = begun;
    begun.requireSignature(hello);
  }

  @Override
  protected int continueHandshake(ByteBuffer in) throws IOException {
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

  @Override
  public @Nullable HelloObserver hellos() {
    Handshake current = handshake;
    return current == null ? null : current.hellos();
  }

  private Handshake current() {
    return Objects.requireNonNull(handshake, "the handshake is done");
  }

  @Override
  public Runnable task() {
    return current().task();
  }

  @Override
  public void abandonTask() {
    current().answer.abandon();
  }

  @Override
  public boolean resumed() {
    return SSL.isSessionReused(ssl);
  }

  @Override
  public SslSession session() {
    Handshake done = current();
    SslSession session = done.session(RecordLayer.LIBRARY);
    exporter = done.exporter();
    extendedMasterSecret = done.hellos().extendedMasterSecret();
    handshake = null;
    context.handshaken(ssl);
    return session;
  }

  @Override
  protected @Nullable HandOver handOver() {
    Handshake done = current();
    TrafficSecrets secrets = done.trafficSecrets();
    if (secrets == null) {
      return null;
    }
    SslSession session = loop.shared(done.session(RecordLayer.JAVA));
    boolean shows = choices().showsCertificate();
    handshake = null;
    awaitsTickets = resumption != null;
    TicketReceiver tickets = resumption == null ? null : new Tickets(this, resumption, buffers);
    return new HandOver(secrets, session, choices().server(), shows, shown(), tickets);
  }

  // ---- exported keys and channel bindings

  @Override
  public byte[] export(String label, byte @Nullable [] context, int length) {
    if (freed) {
      throw new IllegalStateException("the connection has ended");
    }
    byte[] secret = exporter;
    return secret == null
        ? Exporter.tls12(ssl, extendedMasterSecret, label, context, length)
        : Exporter.tls13(ssl, secret, label, context, length);
  }

  @Override
  public @Nullable X509Certificate serverCertificate(SslSession session) {
    if (choices().server()) {
      return shown();
    }
    return session.peerChain().isEmpty() ? null : session.peerChain().getFirst();
  }

  /**
   * The certificate that this server showed. A session that was resumed with keys that others have
   * too may be of one that showed another.
   */
  private @Nullable X509Certificate shown() {
    ServerTickets tickets = context.tickets;
    boolean others = tickets != null && tickets.areShared() && SSL.isSessionReused(ssl);
    return others ? null : context.identity.certificate();
  }

  // ---- in

  @Override
  protected int decrypt(ByteBuffer in, ByteBuffer destination) throws IOException {
    loop.look(in, missing);
    if (!loop.whole && !loop.bad && !pending) {
      if (fillData(in) == 0) {
        return READ;
      }
      loop.look(in, missing);
    }
    int at = in.position();
    int fed = loop.end - at;
    if (fed == 0 && !pending) {
      input.record(in, Stage.DATA); // throws if the header is invalid
      return READ;
    }
    int nextMissing = loop.missing;
    int whole = loop.records;
    int begins = at + missing;
    boolean bad = loop.bad;
    SSL.bioSetByteBuffer(bio, loop.remembered(in) + at, fed, false);
    int result = readPlain(destination);
    int left = SSL.bioLengthByteBuffer(bio);
    in.position(at + fed - left);
    recordsRead += left == 0 ? whole : records(in, at, begins);
    missing = left == 0 ? nextMissing : 0;
    if (result <= 0) {
      return answer(result);
    }
    if (bad && left == 0 && !pending) {
      input.record(in, Stage.DATA);
    }
    return READ;
  }

  /**
   * Reads until nothing is left and returns 1, or the result of the first call that gave no data.
   */
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
        break; // another call would only return WANT_READ
      }
    }
    return 1;
  }

  private int answer(int result) {
    int error = SSL.getError(ssl, result);
    if (error == SSL.SSL_ERROR_WANT_READ) {
      return READ;
    }
    if (error == SSL.SSL_ERROR_ZERO_RETURN) {
      return END;
    }
    SslError fault = nativeFault();
    if (fault.side() == Side.OURS) {
      recordsRead--; // the record that could not be read
    }
    throw fault;
  }

  /** How many end between {@code at} and the position, the second of which begins at a place. */
  private static int records(ByteBuffer in, int at, int begins) {
    int first = begins > at && begins <= in.position() ? 1 : 0;
    return first + LoopBuffers.records(in, begins, in.position());
  }

  @Override
  public long recordsRead() {
    return handshaken() ? recordsRead : -1;
  }

  @Override
  public long recordsWritten() {
    return handshaken() ? recordsWritten : -1;
  }

  @Override
  public boolean buffered() {
    return pending || super.buffered();
  }

  // ---- out

  /** BoringSSL can write after the peer's close_notify in every version. */
  @Override
  public boolean endStopsOutput() {
    return false;
  }

  @Override
  protected void encrypt(ByteBuffer source) {
    while (source.hasRemaining()) {
      ByteBuffer room = output(Math.min(source.remaining(), RECORD) + OVERHEAD, false);
      if (room == null) {
        break;
      }
      seal(source, room);
    }
  }

  /**
   * Encrypts as many records as there is room for. Bytes of an array are copied to the place of
   * their record: BoringSSL encrypts into a buffer of its own before it writes the record there.
   */
  private void seal(ByteBuffer source, ByteBuffer room) {
    long target = loop.remembered(room);
    long plain = source.isDirect() ? loop.address(source) : 0;
    int start = room.position();
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
        written(room, start);
        throw nativeFault();
      }
      source.position(source.position() + taken);
    } while (source.hasRemaining());
    room.position(room.limit() - left);
    written(room, start);
  }

  /** Counts the records behind {@code start}; one is not always that of one call: KeyUpdates. */
  private void written(ByteBuffer room, int start) {
    if (handshaken()) {
      recordsWritten += LoopBuffers.records(room, start, room.position());
    }
  }

  @Override
  public int closeOutput() {
    if (failure() != null || !handshaken()) {
      return DONE; // no close_notify before the handshake is done, or after a failure
    }
    return OutgoingAlerts.closeNotify(this) ? DONE : WRITE;
  }

  /**
   * The output buffer, set as the BIO's; null without room. {@code flush} first moves what is in
   * the BIO's own buffer there.
   */
  @Nullable ByteBuffer output(int bytes, boolean flush) {
    ByteBuffer room = outlet.room(bytes);
    if (room != null) {
      SSL.bioSetByteBuffer(bio, loop.remembered(room) + room.position(), room.remaining(), true);
      if (flush) {
        SSL.bioFlushByteBuffer(bio); // before any write: the BIO counts it wrongly later
      }
    }
    return room;
  }

  /** Moves the position behind the bytes that the BIO wrote, which are whole records. */
  void filled(ByteBuffer room) {
    int start = room.position();
    room.position(room.limit() - SSL.bioLengthByteBuffer(bio));
    written(room, start);
  }

  // ---- faults

  /**
   * The error that the native library just reported; its alert is in the outlet if there was room.
   */
  SslError nativeFault() {
    return nativeFault(false);
  }

  /** The same; {@code clear} where the record that was read last is in the clear, and may not. */
  SslError nativeFault(boolean clear) {
    int error = BoringFailure.take();
    String sent = OutgoingAlerts.alert(this);
    Handshake current = handshaken() ? null : handshake;
    SslError verification = current == null ? null : current.verificationError();
    if (verification != null) {
      return alertSent(verification);
    }
    SslError found =
        BoringFailure.of(error, sent, choices(), current == null ? null : current.hellos());
    return alertSent(clear ? ClearRecord.instead(found) : found);
  }

  /** A fault that was found before anything was encrypted; its alert is unencrypted. */
  SslError refuse(int alert, Stage stage, SslFailure failure, String sentence) {
    OutgoingAlerts.unencrypted(this, alert);
    return alertSent(new SslError(Side.OURS, stage, Alerts.name(alert), failure, sentence, null));
  }

  /** A fault that this class found after the handshake; its alert is encrypted. */
  SslError refuseSealed(Stage stage, SslFailure failure, String sentence) {
    OutgoingAlerts.breakOff(this, true);
    SSL.clearError();
    return alertSent(new SslError(Side.OURS, stage, "record_overflow", failure, sentence, null));
  }

  @Override
  protected TcpError sendAlert(TcpError fault) {
    if (handshake != null && handshake.hellos().isPlain()) {
      return fault; // the peer does not speak TLS, or was answered already
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
    if (!awaitsTickets) {
      free();
    }
    super.release();
  }

  /** Frees the SSL object, with its BIO; once. */
  void free() {
    if (!freed) {
      freed = true;
      Handshake unfinished = handshake;
      if (unfinished != null) {
        unfinished.eraseSecrets();
      }
      LoggedSecrets.erase(exporter);
      exporter = null;
      context.free(ssl);
    }
  }
}
