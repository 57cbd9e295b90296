package dev.ferrule.ssl.jdk;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.ClearRecord;
import dev.ferrule.ssl.records.LateHandshake;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.records.RecordWire;
import dev.ferrule.ssl.trust.Verifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A wire on the JDK's SSLEngine. Its buffers are arrays, because the JDK's ciphers are fastest on
 * them, and belong to the loop: an idle connection holds the engine only.
 */
final class JdkWire extends RecordWire implements RecordWire.Opener {
  /** Room for one record of any version, as the engine demands before it writes one. */
  private static final int PACKET = 18 * 1024;

  private static final int HANDSHAKE_RECORD = 22;

  /** Steps of a handshake that move no byte, in a row, after which an engine has stalled. */
  private static final int MOST_IDLE = 16;

  /** Of TLS 1.2, with what its shortest encryption adds (RFC 5246 7.4.1.2). */
  private static final int SHORTEST_CLIENT_HELLO = 4 + 2 + 32 + 1 + 2 + 2 + 1 + 1 + 16;

  /** The header of a record that every engine refuses. */
  private static final byte[] UNACCEPTABLE = {22, 3, 3, (byte) 0xFF, (byte) 0xFF};

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final Buffers buffers;
  private final JdkFacts facts;
  private HelloObserver hellos;
  private long beganMillis;
  private boolean readsClear; // the record that was read last is in the clear
  private long recordsRead; // since the handshake
  private long recordsWritten;
  private long exported; // what tells the keys of this connection from others' of its session
  private @Nullable EarlyDataSkip earlyData; // in the handshake, where a client announces it

  JdkWire(SSLEngine engine, boolean identity, Link link, Outlet outlet, Buffers buffers) {
    super(outlet, new RecordInput(link, buffers, Memory.HEAP, "unexpected_message"));
    this.engine = engine;
    this.buffers = buffers;
    this.facts = new JdkFacts(engine, identity);
    this.hellos = new HelloObserver(facts, null);
  }

  @Override
  public Memory memory() {
    return Memory.HEAP;
  }

  // ---- the handshake

  @Override
  protected void clientHello(SslHello hello) {
    hellos = new HelloObserver(facts, hello);
    earlyData = EarlyDataSkip.of(engine, hello);
  }

  @Override
  protected int continueHandshake(ByteBuffer in) throws IOException {
    try {
      return driveHandshake(in);
    } catch (SSLException e) {
      throw failed(e, readsClear && ClearRecord.isForbidden(hellos));
    }
  }

  @Override
  protected boolean negotiatedTls13() {
    return Protocol.of(engine.getSession().getProtocol()) == Protocol.TLS_1_3;
  }

  private int driveHandshake(ByteBuffer in) throws IOException {
    boolean filled = false;
    if (beganMillis == 0) {
      beganMillis = System.currentTimeMillis();
      engine.beginHandshake();
    }
    int idle = 0;
    while (true) {
      long moved = outlet.produced() + in.position();
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          return TASK;
        }
        case NEED_WRAP -> {
          if (!wrapHandshake()) {
            return WRITE;
          }
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!recordReady(in)) {
            if (!filled) {
              filled = true;
              fillHandshake(in, hellos);
            }
            if (!recordReady(in)) {
              return READ;
            }
          }
          if (earlyData == null || !skipped(earlyData, in)) {
            unwrapHandshake(in);
          }
        }
        case NOT_HANDSHAKING, FINISHED -> {
          earlyData = null;
          return DONE;
        }
      }
      idle = outlet.produced() + in.position() == moved ? idle + 1 : 0;
      if (idle > MOST_IDLE) {
        throw stalled();
      }
    }
  }

  private boolean skipped(EarlyDataSkip early, ByteBuffer in) {
    int length = input.record(in, Stage.HANDSHAKE);
    return length > 0 && early.skips(in, length);
  }

  private boolean recordReady(ByteBuffer in) {
    return engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP_AGAIN
        || input.record(in, Stage.HANDSHAKE) > 0;
  }

  /** False when the outlet has no room. */
  private boolean wrapHandshake() throws SSLException {
    ByteBuffer room = outlet.room(PACKET);
    if (room == null) {
      return false;
    }
    int start = room.position();
    SSLEngineResult result = engine.wrap(NOTHING, room);
    if (handshaken()) {
      recordsWritten += result.bytesProduced() > 0 ? 1 : 0;
    } else if (!engine.getUseClientMode()) {
      hellos.serverRecords(room, start, room.position() - start);
    }
    return result.getStatus() != Status.BUFFER_OVERFLOW;
  }

  private void unwrapHandshake(ByteBuffer in) throws SSLException {
    facts.seen(hellos, in);
    readsClear = ClearRecord.isAt(in, in.position());
    SSLEngineResult result = engine.unwrap(in, buffers.plain(Memory.HEAP));
    if (result.getStatus() == Status.CLOSED) {
      throw HelloObserver.closedByPeer();
    }
  }

  // ---- in

  @Override
  protected int decrypt(ByteBuffer in, ByteBuffer destination) throws IOException {
    try {
      return decryptEach(in, destination, this);
    } catch (SSLException e) {
      TcpError fault = failed(e, readsClear && !beforeTls13());
      if (fault instanceof SslError error && error.side() == SslError.Side.PEER) {
        recordsRead++; // its alert was decrypted
      }
      throw fault;
    }
  }

  @Override
  public int open(ByteBuffer in, int length, ByteBuffer destination) throws IOException {
    boolean late = beforeTls13() && in.get(in.position()) == HANDSHAKE_RECORD;
    if (late && mayBeClientHello(length)) {
      throw renegotiation(LateHandshake.LATE_MESSAGE);
    }
    readsClear = ClearRecord.isAt(in, in.position());
    SSLEngineResult result = engine.unwrap(in, destination);
    recordsRead++;
    if (result.getStatus() == Status.CLOSED) {
      return END;
    }
    if (late && result.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      throw renegotiation(LateHandshake.HELLO_REQUEST);
    }
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && !wrapHandshake()) {
      return WRITE;
    }
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      return TASK;
    }
    return DONE;
  }

  /**
   * A server's engine cannot send an alert once it has seen a SslHello; anything shorter than the
   * shortest of those it refuses itself, by its name.
   */
  private boolean mayBeClientHello(int length) {
    return !engine.getUseClientMode() && length >= RecordInput.HEADER + SHORTEST_CLIENT_HELLO;
  }

  private static SslError renegotiation(String sentence) {
    return new SslError(
        SslError.Side.OURS,
        Stage.DATA,
        "unexpected_message",
        SslFailure.RENEGOTIATION,
        sentence,
        null);
  }

  // ---- out

  @Override
  public boolean endStopsOutput() {
    return beforeTls13();
  }

  @Override
  protected void encrypt(ByteBuffer source) throws IOException {
    try {
      while (source.hasRemaining()) {
        ByteBuffer room = outlet.room(PACKET);
        if (room == null) {
          break;
        }
        SSLEngineResult result = engine.wrap(source, room);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
          break;
        }
        if (result.getStatus() == Status.CLOSED) {
          throw outputClosed();
        }
        if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
          break; // an engine that takes nothing is told apart from a full outlet by the caller
        }
        recordsWritten++;
      }
    } catch (SSLException e) {
      throw failed(e, false);
    }
  }

  @Override
  public int closeOutput() {
    if (!handshaken() && hellos.isPlain()) {
      return DONE;
    }
    SentAlert sent = counted(SentAlert.wrap(engine, outlet));
    return sent.kind() == SentAlert.Kind.WAITING ? WRITE : DONE;
  }

  // ---- the rest

  @Override
  public long recordsRead() {
    return handshaken() ? recordsRead : -1;
  }

  @Override
  public long recordsWritten() {
    return recordsWritten;
  }

  @Override
  public Runnable task() {
    HelloObserver observer = hellos;
    ScopedValue.Carrier scope = ScopedValue.where(Verifier.SHOWN, observer::shown);
    SslHello said = observer.offered();
    ScopedValue.Carrier whole = said == null ? scope : scope.where(Verifier.HELLO, said);
    return () -> whole.run(this::work);
  }

  private void work() {
    Runnable task;
    while ((task = engine.getDelegatedTask()) != null) {
      task.run();
    }
  }

  @Override
  public @Nullable HelloObserver hellos() {
    return handshaken() ? null : hellos;
  }

  @Override
  public boolean resumed() {
    return facts.resumed(beganMillis);
  }

  @Override
  public SslSession session() {
    SslSession agreed = facts.session(hellos, beganMillis);
    hellos = new HelloObserver(facts, null); // what was kept is dropped
    exported = beforeTls13() ? facts.probe() : 0;
    return agreed;
  }

  @Override
  public byte[] export(String label, byte @Nullable [] context, int length) {
    return facts.export(label, context, length, exported);
  }

  @Override
  public @Nullable X509Certificate serverCertificate(SslSession session) {
    return facts.serverCertificate(session);
  }

  private SentAlert counted(SentAlert sent) {
    recordsWritten += handshaken() ? sent.records() : 0;
    return sent;
  }

  /**
   * The engine has written its alert, or none is due; {@code clear} where it read such a record.
   */
  private TcpError failed(SSLException e, boolean clear) {
    TcpError first = failure();
    if (first != null) {
      return first;
    }
    SentAlert sent = counted(SentAlert.wrap(engine, outlet, e));
    SslError found = JdkFailure.of(e, handshaken(), hellos, sent);
    return alertSent(clear ? ClearRecord.instead(found) : found);
  }

  /** The engine writes the alert, and the error names the one that went out. */
  @Override
  protected TcpError sendAlert(TcpError fault) {
    if (!handshaken() && hellos.isPlain()) {
      return fault; // the peer does not speak TLS, and may have been answered already
    }
    boolean ours = fault instanceof SslError error && error.side() == SslError.Side.OURS;
    if (ours) {
      breakOff();
    }
    SentAlert sent = counted(SentAlert.wrap(engine, outlet));
    return ours ? sent.correct((SslError) fault) : fault;
  }

  /**
   * A fault that was found outside the engine: a close_notify would look like a clean end to the
   * peer, so the engine is given what no engine takes, and has a fatal alert to send. Nothing when
   * it has failed already.
   */
  private void breakOff() {
    try {
      engine.unwrap(ByteBuffer.wrap(UNACCEPTABLE), NOTHING);
    } catch (SSLException e) {
      return; // as intended: the alert unexpected_message waits to be wrapped
    }
  }
}
