package dev.ferrule.openssl;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.RecordedLink;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.library.PeerJudgement;
import dev.ferrule.ssl.library.Resumption;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.records.ClearRecord;
import dev.ferrule.ssl.records.HandOver;
import dev.ferrule.ssl.records.KeyingMaterial;
import dev.ferrule.ssl.records.LateHandshake;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.records.RecordWire;
import dev.ferrule.ssl.records.TicketReceiver;
import dev.ferrule.ssl.records.TrafficSecrets;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A wire on an SSL of OpenSSL, which reads and writes BIOs in memory. Whole records are put into
 * the one, and the records that OpenSSL wrote are moved from the other into the loop's output
 * buffer, so that both are empty between two calls.
 */
final class OpensslWire extends RecordWire implements RecordWire.Opener {
  /** The most plain text of a record (RFC 8446 5.1). */
  private static final int RECORD = 16_384;

  /** The most that a record of any version adds, and a KeyUpdate or fragment that goes before. */
  private static final int OVERHEAD = 256;

  /** The most records in a row that bring no data, such as KeyUpdates and tickets. */
  private static final int MOST_IDLE = 32;

  private static final int HANDSHAKE_RECORD = 22;

  final NativeContext context;
  final long ssl;
  final Bios bios;
  private final Buffers buffers;
  private final @Nullable String host;
  final @Nullable Resumption resumption;
  private @Nullable Handshake handshake;
  private long recordsRead; // since the handshake
  private long recordsWritten;
  private int idle; // records in a row without data
  private int alert = -1; // the last that OpenSSL has written
  private boolean awaitsTickets; // the SSL is freed when they have come
  private boolean freed;
  private long offered; // the session that it wants to resume; 0 for none
  private @Nullable String asked; // the identity of the external PSK that OpenSSL got last
  boolean ended; // close_notify was made

  OpensslWire(
      NativeContext context,
      Link link,
      Outlet outlet,
      Buffers buffers,
      @Nullable String host,
      int port) {
    super(outlet, new RecordInput(link, buffers, Memory.NATIVE, "record_overflow"));
    this.context = context;
    this.buffers = buffers;
    this.host = host;
    this.resumption = Resumption.of(context.sessions, host, port);
    if (!context.choices.server()) {
      this.handshake = new Handshake(this, context.choices, null);
    }
    if (link instanceof RecordedLink recorded) {
      recorded.awaitSecrets();
    }
    // The last, for nobody gives them back when a constructor throws.
    this.bios = new Bios(outlet);
    this.ssl = context.open(this, bios.input, bios.output);
  }

  /** The name that its client sends. */
  @Nullable String host() {
    return host;
  }

  OfferedParameters choices() {
    return context.choices;
  }

  @Nullable Handshake handshaking() {
    return handshake;
  }

  @Override
  public Memory memory() {
    return Memory.NATIVE;
  }

  // ---- what OpenSSL calls back

  /** A line of the key log (RFC 9850), which is overwritten. */
  void logged(byte[] line) {
    Handshake current = handshake;
    if (current != null && context.recordsInJava) {
      current.secrets().take(line);
    }
    if (context.keyLog != null) {
      context.keyLog.write(line);
    }
    if (input.link() instanceof RecordedLink recorded) {
      recorded.secret(line);
    }
    Arrays.fill(line, (byte) 0);
  }

  /** OpenSSL got the external pre-shared key of this identity, and may use it or not. */
  void askedFor(String identity) {
    asked = identity;
  }

  /**
   * The identity of the external pre-shared key by which the handshake was authenticated; null
   * without. In TLS 1.3 OpenSSL calls it resumed, and no context with such keys resumes sessions.
   */
  @Nullable String externalPsk() {
    String identity = asked;
    if (identity == null) {
      return null;
    }
    boolean used =
        negotiatedTls13() ? LibSsl.resumed(ssl) : LibSsl.cipher(ssl).contains("PSK_WITH_");
    return used ? identity : null;
  }

  void alerted(int number) {
    alert = number;
  }

  /** Keeps a session that its server gave; false to leave it to OpenSSL. */
  boolean keep(long session) {
    return resumption != null
        && resumption.take(new Session(session, Protocol.of(LibSsl.versionName(ssl))));
  }

  /** OpenSSL does not tell of a session that was resumed by TLS 1.2 and came with a new ticket. */
  private void keepRenewed() {
    if (offered == 0 || !beforeTls13() || !resumed()) {
      return;
    }
    long session = LibSsl.session(ssl);
    if (session != 0 && (session == offered || !keep(session))) {
      LibSsl.freeSession(session);
    }
  }

  /** Makes the client resume a session, to which it takes a reference of its own. */
  void resume(Session session) {
    offered = session.address();
    LibSsl.resume(ssl, offered);
    ErrorQueue.clear();
  }

  // ---- the handshake

  @Override
  protected void clientHello(SslHello hello) {
    handshake = new Handshake(this, context.choices, hello);
  }

  @Override
  public void resumeBy(Runnable resume) {
    ClientPsks psks = current().psks();
    if (psks != null) {
      psks.resumeBy(resume);
    }
  }

  @Override
  protected int continueHandshake(ByteBuffer in) throws IOException {
    return current().go(in);
  }

  @Override
  protected boolean negotiatedTls13() { // also while it shakes hands
    return LibSsl.version(ssl) == LibContext.TLS_1_3;
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
  public boolean resumed() {
    return LibSsl.resumed(ssl) && externalPsk() == null;
  }

  @Override
  public SslSession session() {
    Handshake done = current();
    SslSession session = done.session(RecordLayer.LIBRARY);
    keepRenewed();
    done.eraseSecrets();
    handshake = null;
    return session;
  }

  @Override
  protected @Nullable HandOver handOver() {
    Handshake done = current();
    TrafficSecrets secrets = done.trafficSecrets();
    if (secrets == null) {
      return null;
    }
    SslSession session = done.session(RecordLayer.JAVA);
    boolean shows = choices().showsCertificate();
    handshake = null;
    awaitsTickets = resumption != null;
    TicketReceiver tickets = resumption == null ? null : new Tickets(this, resumption, buffers);
    return new HandOver(secrets, session, choices().server(), shows, shown(), tickets);
  }

  /** A record that the record layer in Java has found to be a ticket, or part of one. */
  void receiveTicket(ByteBuffer record) {
    long address = MemorySegment.ofBuffer(record).address();
    int length = record.remaining();
    bios.feed(address, length);
    LibSsl.read(ssl, address, length); // there is no data to read
    bios.discard();
    ErrorQueue.clear(); // a ticket that OpenSSL does not take is a session less
  }

  // ---- exported keys and channel bindings

  @Override
  public byte[] export(String label, byte @Nullable [] context, int length) {
    if (freed) {
      throw new IllegalStateException("the connection has ended");
    }
    KeyingMaterial.requireExtended(!beforeTls13() || LibSsl.hasExtendedMasterSecret(ssl));
    ErrorQueue.clear();
    return LibSsl.export(ssl, label, context, length);
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
    if (context.isOutside()) {
      List<X509Certificate> own = PeerJudgement.unverified(LibSsl.ownCertificate(ssl));
      return own.isEmpty() || LibSsl.resumed(ssl) ? null : own.getFirst();
    }
    boolean others = context.tickets != null && LibSsl.resumed(ssl);
    boolean byKeyAlone = externalPsk() != null && !LibSsl.cipher(ssl).contains("_RSA_PSK_");
    return others || byKeyAlone ? null : context.certificate();
  }

  // ---- in

  @Override
  protected int decrypt(ByteBuffer in, ByteBuffer destination) throws IOException {
    return decryptEach(in, destination, this);
  }

  @Override
  public int open(ByteBuffer in, int length, ByteBuffer destination) {
    boolean late = beforeTls13() && in.get(in.position()) == HANDSHAKE_RECORD;
    boolean clear = !beforeTls13() && ClearRecord.isAt(in, in.position());
    ErrorQueue.clear(); // a program's own calls may have left something on this thread
    bios.feed(MemorySegment.ofBuffer(in).address(), length);
    in.position(in.position() + length);
    recordsRead++;
    int n =
        LibSsl.read(ssl, MemorySegment.ofBuffer(destination).address(), destination.remaining());
    if (n > 0) {
      destination.position(destination.position() + n);
      idle = 0;
      return DONE;
    }
    int error = LibSsl.error(ssl, n);
    if (error == LibSsl.ERROR_ZERO_RETURN) {
      return END;
    }
    if (error != LibSsl.ERROR_WANT_READ) {
      SslError fault = nativeFault(clear);
      if (fault.side() == Side.OURS) {
        recordsRead--; // the record that could not be read
      }
      throw fault;
    }
    boolean flushed = flush(); // such as the answer to a KeyUpdate
    if (late) {
      throw alertSent(
          new SslError(
              Side.OURS,
              Stage.DATA,
              "no_renegotiation", // which OpenSSL has sent
              SslFailure.RENEGOTIATION,
              choices().server() ? LateHandshake.LATE_MESSAGE : LateHandshake.HELLO_REQUEST,
              null));
    }
    if (++idle > MOST_IDLE) {
      throw refuseSealed(
          Stage.DATA,
          SslFailure.TOO_MANY_IDLE_RECORDS,
          "the peer sent more than "
              + MOST_IDLE
              + " records in a row that have no data, such as key updates");
    }
    return flushed ? DONE : WRITE;
  }

  @Override
  public long recordsRead() {
    return handshaken() ? recordsRead : -1;
  }

  @Override
  public long recordsWritten() {
    return handshaken() ? recordsWritten : -1;
  }

  // ---- out

  /** OpenSSL can write after the peer's close_notify in every version. */
  @Override
  public boolean endStopsOutput() {
    return false;
  }

  @Override
  protected void encrypt(ByteBuffer source) {
    if (!flush()) {
      return;
    }
    ErrorQueue.clear(); // a program's own calls may have left something on this thread
    while (source.hasRemaining()) {
      int n = Math.min(source.remaining(), RECORD);
      ByteBuffer room = outlet.room(n + OVERHEAD);
      if (room == null) {
        return;
      }
      long from;
      if (source.isDirect()) {
        from = address(source);
      } else { // bytes of an array are copied to the place of their record, which comes later
        room.put(room.position(), source, source.position(), n);
        from = MemorySegment.ofBuffer(room).address();
      }
      int taken = LibSsl.write(ssl, from, n);
      flush();
      if (taken <= 0) {
        throw nativeFault(false);
      }
      source.position(source.position() + taken);
    }
  }

  /** Native code does not check that the memory of a program's buffer was not freed. */
  private static long address(ByteBuffer buffer) {
    MemorySegment memory = MemorySegment.ofBuffer(buffer);
    if (!memory.scope().isAlive()) {
      throw new IllegalStateException("the buffer's memory has been freed (its arena was closed)");
    }
    return memory.address();
  }

  /** Moves what OpenSSL wrote into the outlet; false while that has no room for all. */
  boolean flush() {
    int waiting = handshaken() ? bios.waitingRecords() : 0;
    boolean moved = bios.flush(choices().server() ? hellos() : null);
    recordsWritten += moved ? waiting : 0; // what has to wait is counted when it goes
    return moved;
  }

  @Override
  public int closeOutput() {
    if (failure() != null || !handshaken()) {
      return DONE; // no close_notify before the handshake is done, or after a failure
    }
    return OutgoingAlerts.closeNotify(this) ? DONE : WRITE;
  }

  // ---- faults

  /**
   * The error that OpenSSL just reported on this thread; its alert is in the outlet if there was
   * room. {@code clear} where the record that was read last is in the clear, and may not.
   */
  private SslError nativeFault(boolean clear) {
    return fault(ErrorQueue.take(), clear);
  }

  /** The same, for an error that was taken before. */
  SslError fault(ErrorQueue.Entry error, boolean clear) {
    Handshake current = handshaken() ? null : handshake;
    if (current != null && current.isHeldBack()) {
      OutgoingAlerts.inTheClear(this, alert); // the rest of what OpenSSL wrote is not for this peer
    } else {
      flush();
    }
    SslError judged = current == null ? null : current.judgement().error();
    if (judged != null) {
      return alertSent(judged);
    }
    String sent = alert < 0 ? null : Alerts.name(alert);
    SslError refused = context.isOutside() ? Outside.refused(ssl, error, sent) : null;
    if (refused != null) {
      return alertSent(refused);
    }
    SslError found =
        OpensslFailure.of(
            error,
            sent,
            choices(),
            current == null ? null : current.hellos(),
            asked,
            current == null ? null : current.psks());
    return alertSent(clear ? ClearRecord.instead(found) : found);
  }

  /** Refuses what a server has shown, before TLS 1.3 and before anything is encrypted. */
  SslError refuseShown(SslError judged, String alert) {
    OutgoingAlerts.inTheClear(this, Alerts.number(alert));
    return alertSent(judged);
  }

  /** A fault that this class found after the handshake; its alert is record_overflow. */
  SslError refuseSealed(Stage stage, SslFailure failure, String sentence) {
    OutgoingAlerts.breakOff(this);
    return alertSent(new SslError(Side.OURS, stage, "record_overflow", failure, sentence, null));
  }

  @Override
  protected TcpError sendAlert(TcpError fault) {
    if (handshake != null && handshake.hellos().isPlain()) {
      return fault; // the peer does not speak TLS, or was answered already
    }
    if (fault instanceof SslError error && error.side() == Side.OURS) {
      OutgoingAlerts.breakOff(this);
    } else if (handshaken()) {
      OutgoingAlerts.closeNotify(this);
    }
    return fault;
  }

  @Override
  public void release() {
    if (!awaitsTickets) {
      free();
    }
    super.release();
  }

  /** Frees the SSL, with its BIOs; once. */
  void free() {
    if (!freed) {
      freed = true;
      Handshake unfinished = handshake;
      try {
        if (unfinished != null) {
          unfinished.abandon(); // which cancels a stage of the program's
        }
      } finally {
        if (awaitsTickets) {
          LibSsl.isShutDown(ssl); // else OpenSSL would drop its session, as of one that was cut
        }
        context.free(ssl);
      }
    }
  }
}
