package dev.ferrule.ssl.jdk;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.LateHandshake;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.spi.SslWire;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A wire on the JDK's SSLEngine. Its buffers are arrays, on which the JDK's ciphers are fastest,
 * and belong to the loop: an idle connection holds the engine and no buffer.
 */
final class JdkWire implements SslWire {
  /** Room for one record of any version, as the engine demands before it writes one. */
  private static final int PACKET = 18 * 1024;

  /** Records per call, so that a burst of tiny ones does not starve other connections. */
  private static final int RECORDS_PER_READ = 256;

  private static final int ALERT_RECORD = 21;
  private static final int HANDSHAKE_RECORD = 22;

  /**
   * The shortest ClientHello of TLS 1.2 in bytes, with the least that encryption adds (RFC 5246
   * 7.4.1.2).
   */
  private static final int SHORTEST_CLIENT_HELLO = 4 + 2 + 32 + 1 + 2 + 2 + 1 + 1 + 16;

  /** The header of a record that every engine refuses. */
  private static final byte[] UNACCEPTABLE = {22, 3, 3, (byte) 0xFF, (byte) 0xFF};

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final Outlet outlet;
  private final Buffers buffers;
  private final RecordInput input;
  private final JdkFacts facts;
  private HelloObserver hellos;
  private long beganMillis;
  private @Nullable TcpError failure;
  private @Nullable EarlyDataSkip earlyData; // in the handshake, where a client announces it
  private boolean handshaken;
  private boolean legacy; // before TLS 1.3: renegotiation exists, half close does not
  private boolean peerEnded;
  private boolean taskWaits; // found behind data that went out first

  JdkWire(SSLEngine engine, boolean identity, Link link, Outlet outlet, Buffers buffers) {
    this.engine = engine;
    this.outlet = outlet;
    this.buffers = buffers;
    this.input = new RecordInput(link, buffers, Memory.HEAP, "unexpected_message");
    this.facts = new JdkFacts(engine, identity);
    this.hellos = new HelloObserver(!engine.getUseClientMode(), facts);
  }

  @Override
  public Memory memory() {
    return Memory.HEAP;
  }

  // ---- the handshake

  @Override
  public int handshake() throws IOException {
    requireSound();
    ByteBuffer in = input.begin();
    try {
      return shakeHands(in);
    } catch (SSLException e) {
      throw failed(e);
    } catch (TcpError e) {
      throw stick(e);
    } finally {
      input.end(in);
    }
  }

  private int shakeHands(ByteBuffer in) throws IOException {
    boolean filled = false;
    if (beganMillis == 0) {
      if (!engine.getUseClientMode()) {
        // The hello is looked at before the engine's settings are fixed.
        int length = firstRecord(in);
        if (length == 0) {
          return READ;
        }
        filled = true;
        earlyData = EarlyDataSkip.of(engine, in, length);
      }
      beganMillis = System.currentTimeMillis();
      engine.beginHandshake();
    }
    while (true) {
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
            int n = filled ? 0 : input.fill(in);
            filled = true;
            if (n < 0) {
              throw HelloObserver.endedEarly(input.received());
            }
            hellos.look(in, outlet);
            if (!recordReady(in)) {
              return READ;
            }
          }
          if (earlyData == null || !skipped(earlyData, in)) {
            unwrapHandshake(in);
          }
        }
        case NOT_HANDSHAKING, FINISHED -> {
          handshaken = true;
          earlyData = null;
          legacy = Protocol.of(engine.getSession().getProtocol()) != Protocol.TLS_1_3;
          return DONE;
        }
      }
    }
  }

  /** The length of the client's first record; 0 when it is not all there. */
  private int firstRecord(ByteBuffer in) throws IOException {
    int length = input.record(in, Stage.HANDSHAKE);
    if (length > 0) {
      return length;
    }
    if (input.fill(in) < 0) {
      throw HelloObserver.endedEarly(input.received());
    }
    hellos.look(in, outlet);
    return input.record(in, Stage.HANDSHAKE);
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
    if (!engine.getUseClientMode()) {
      hellos.serverRecords(room, start, room.position() - start);
    }
    return result.getStatus() != Status.BUFFER_OVERFLOW;
  }

  private void unwrapHandshake(ByteBuffer in) throws SSLException {
    facts.seen(hellos, in);
    SSLEngineResult result = engine.unwrap(in, buffers.plain(Memory.HEAP));
    if (result.getStatus() == Status.CLOSED) {
      throw HelloObserver.closedByPeer();
    }
  }

  // ---- in

  @Override
  public int read(ByteBuffer destination) throws IOException {
    requireSound();
    if (peerEnded) {
      return END;
    }
    if (taskWaits) {
      taskWaits = false;
      return TASK;
    }
    int start = destination.position();
    ByteBuffer in = input.begin();
    int want;
    try {
      want = unwrap(in, destination);
    } catch (SSLException e) {
      // What came whole before the fault is the program's; the fault comes with the next call.
      TcpError fault = failed(e);
      if (destination.position() == start) {
        throw fault;
      }
      return destination.position() - start;
    } catch (TcpError e) {
      TcpError fault = stick(e);
      if (destination.position() == start) {
        throw fault;
      }
      return destination.position() - start;
    } finally {
      input.end(in);
    }
    int produced = destination.position() - start;
    if (produced > 0) {
      return produced;
    }
    taskWaits = false;
    return want;
  }

  private int unwrap(ByteBuffer in, ByteBuffer destination) throws IOException {
    int start = destination.position();
    boolean filled = false;
    for (int left = RECORDS_PER_READ; left > 0; left--) {
      int length = input.record(in, Stage.DATA);
      if (length == 0) {
        int n = filled || destination.position() > start ? 0 : input.fill(in);
        if (n < 0) {
          throw new SslTruncated(
              Stage.DATA,
              "the peer ended the connection without close_notify: what was received may not be all"
                  + " that was sent",
              null);
        }
        filled = true;
        length = input.record(in, Stage.DATA);
        if (length == 0) {
          return READ;
        }
      }
      if (destination.remaining() < length) {
        return READ;
      }
      if (legacy && in.get(in.position()) == ALERT_RECORD) {
        // Before TLS 1.3 the peer's close_notify ends the engine's output too (RFC 5246 7.2.1):
        // what came before it is answered first, and what is queued goes out.
        if (destination.position() > start) {
          return READ;
        }
        if (outlet.clogged()) {
          return WRITE;
        }
      }
      boolean late = legacy && in.get(in.position()) == HANDSHAKE_RECORD;
      if (late && mayBeClientHello(length)) {
        throw renegotiation(LateHandshake.LATE_MESSAGE);
      }
      SSLEngineResult result = engine.unwrap(in, destination);
      if (result.getStatus() == Status.CLOSED) {
        peerEnded = true;
        return END;
      }
      if (late && result.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
        throw renegotiation(LateHandshake.HELLO_REQUEST);
      }
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && !wrapHandshake()) {
        return WRITE;
      }
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        taskWaits = true;
        return TASK;
      }
    }
    return READ;
  }

  /**
   * A server's engine cannot send an alert once it has seen a ClientHello; anything shorter than
   * the shortest of those it refuses itself, by its name.
   */
  private boolean mayBeClientHello(int length) {
    return !engine.getUseClientMode() && length >= RecordInput.HEADER + SHORTEST_CLIENT_HELLO;
  }

  private static SslError renegotiation(String sentence) {
    return new SslError(
        SslError.Side.OURS, Stage.DATA, "unexpected_message", "RENEGOTIATION", sentence, null);
  }

  @Override
  public boolean buffered() {
    return input.hasRecord() || failure != null || peerEnded || taskWaits;
  }

  // ---- out

  @Override
  public int write(ByteBuffer source) throws IOException {
    requireSound();
    int start = source.position();
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
          throw new SslError(
              SslError.Side.PEER,
              Stage.CLOSE,
              "close_notify",
              "OUTPUT_CLOSED",
              "the peer ended the connection, and before TLS 1.3 that ends both sides: what was"
                  + " written after it is lost (RFC 5246 7.2.1)",
              null);
        }
      }
    } catch (SSLException e) {
      throw failed(e);
    }
    int taken = source.position() - start;
    return taken > 0 ? taken : WRITE;
  }

  @Override
  public int closeOutput() {
    if (!handshaken && hellos.isPlain()) {
      return DONE;
    }
    return SentAlert.wrap(engine, outlet).kind() == SentAlert.Kind.WAITING ? WRITE : DONE;
  }

  @Override
  public boolean halfCloses() {
    return !legacy;
  }

  // ---- the rest

  @Override
  public Runnable task() {
    return () -> {
      Runnable task;
      while ((task = engine.getDelegatedTask()) != null) {
        task.run();
      }
    };
  }

  @Override
  public SslSession session() {
    SslSession agreed = facts.session(hellos, beganMillis);
    hellos = new HelloObserver(!engine.getUseClientMode(), facts); // drops the recorded hellos
    return agreed;
  }

  @Override
  public void release() {
    input.release();
  }

  private void requireSound() {
    if (failure != null) {
      throw failure;
    }
  }

  private TcpError failed(SSLException e) {
    if (failure == null) {
      failure = JdkFailure.of(e, handshaken, hellos, SentAlert.wrap(engine, outlet, e));
    }
    return failure;
  }

  /**
   * The first failure counts. One that was found outside the engine is told by the engine, and the
   * error names the alert that went out.
   */
  private TcpError stick(TcpError fault) {
    if (failure == null) {
      failure = fault;
      if (!handshaken && hellos.isPlain()) {
        return fault; // it would not understand an alert, and may have been answered already
      }
      boolean ours = fault instanceof SslError error && error.side() == SslError.Side.OURS;
      if (ours) {
        breakOff();
      }
      SentAlert sent = SentAlert.wrap(engine, outlet);
      if (ours) {
        failure = sent.correct((SslError) fault);
      }
    }
    return failure;
  }

  /**
   * Makes the engine send a fatal alert for a fault that it did not find itself, by giving it an
   * invalid record; a close_notify would look like a clean end to the peer. It has no effect when
   * the engine has failed already.
   */
  private void breakOff() {
    try {
      engine.unwrap(ByteBuffer.wrap(UNACCEPTABLE), NOTHING);
    } catch (SSLException e) {
      return; // as intended: wrap now writes the alert unexpected_message
    }
  }
}
