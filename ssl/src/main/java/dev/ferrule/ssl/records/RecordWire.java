package dev.ferrule.ssl.records;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.hello.Observed;
import dev.ferrule.ssl.spi.SslWire;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the wires of all providers have in common: when the link is read, in which order data and
 * failures are given to the caller, and how a connection ends. A provider supplies the handshake,
 * decryption and encryption.
 *
 * <ul>
 *   <li>A call reads the link at most once.
 *   <li>Data that was complete before a fault is given first; the fault is thrown by the next call.
 *   <li>The first failure is kept, and every later call throws it again.
 * </ul>
 *
 * <p>Used on the loop's thread. The buffers that the methods get are the loop's; only {@link
 * #input} keeps bytes of its own, while a record is incomplete.
 */
public abstract class RecordWire implements SslWire, Observed {
  /** The most records of one call, so that many small ones do not starve other connections. */
  public static final int RECORDS_PER_READ = 256;

  private static final int ALERT = 21;

  /** Where this wire writes its records. */
  public final Outlet outlet;

  /** The records of the peer. */
  public final RecordInput input;

  private @Nullable TcpError failure;
  private boolean handshaken;
  private boolean beforeTls13;
  private boolean peerEnded;
  private boolean handedOver; // the outlet and the input are another wire's
  private boolean asksForKernel;
  private boolean taskWaits; // for the next call, because this one returned data

  /** A wire that reads records from {@code input} and writes to {@code outlet}. */
  protected RecordWire(Outlet outlet, RecordInput input) {
    this.outlet = outlet;
    this.input = input;
  }

  /** A wire that goes on where {@code handshaken} handed over. */
  RecordWire(RecordWire handshaken) {
    this.outlet = handshaken.outlet;
    this.input = handshaken.input;
    this.handshaken = true;
    this.asksForKernel = handshaken.asksForKernel;
  }

  @Override
  public final void askForKernel() {
    asksForKernel = true;
  }

  @Override
  public final boolean asksForKernel() {
    return asksForKernel;
  }

  // ---- what a provider supplies

  /**
   * Continues the handshake; returns as {@link #handshake}. The records from {@code in} that it
   * does not consume are kept for the next call.
   */
  protected abstract int continueHandshake(ByteBuffer in) throws IOException;

  /** Whether TLS 1.3 was negotiated; called when the handshake is done. */
  protected abstract boolean negotiatedTls13();

  /**
   * Decrypts records from {@code in}, which it fills with {@link #fillData}, into {@code
   * destination}: {@link #READ}, {@link #WRITE}, {@link #TASK} or {@link #END}. What it puts into
   * {@code destination} is given to the caller before that answer counts.
   */
  protected abstract int decrypt(ByteBuffer in, ByteBuffer destination) throws IOException;

  /**
   * Whether the provider's library writes nothing more once it has read the peer's close_notify, as
   * RFC 5246 7.2.1 asks before TLS 1.3. An alert then waits until what is queued has gone out.
   */
  @Override
  public abstract boolean endStopsOutput();

  /** Encrypts bytes of {@code source} into the outlet, as many as it has room for. */
  protected abstract void encrypt(ByteBuffer source) throws IOException;

  /**
   * Sends the alert for a fault that the provider's library did not find itself.
   *
   * @return the fault, with the alert that was sent where that is another than it says
   */
  protected abstract TcpError sendAlert(TcpError fault);

  /**
   * What another record layer needs to go on after the handshake, if the provider can tell; null to
   * go on by itself. After that, this wire is released and must leave {@link #input} alone.
   */
  protected @Nullable HandOver handOver() {
    return null;
  }

  /** A server's client has said {@code hello}; called before the handshake. */
  protected void clientHello(SslHello hello) {}

  // ---- the handshake

  /** {@inheritDoc} */
  @Override
  public @Nullable HelloObserver hellos() {
    return null;
  }

  @Override
  public final void begin(SslHello hello, ByteBuffer received) {
    input.begin(received);
    try {
      clientHello(hello);
    } catch (TcpError e) {
      throw fail(e);
    }
  }

  @Override
  public final Wire established() {
    HandOver from = failure == null ? handOver() : null;
    if (from == null) {
      return this;
    }
    try {
      Tls13Wire next = new Tls13Wire(this, from);
      handedOver = true;
      return next;
    } catch (RuntimeException | Error e) {
      // The library's objects may be gone: nothing more is asked of it.
      TcpError fault = e instanceof TcpError known ? known : RecordProtection.broken(e);
      failure = fault;
      from.release();
      if (e instanceof Error error) {
        throw error;
      }
      throw fault;
    }
  }

  @Override
  public final int handshake() throws IOException {
    throwFailure();
    ByteBuffer in = input.begin();
    try {
      int want = continueHandshake(in);
      if (want == DONE) {
        handshaken = true;
        beforeTls13 = !negotiatedTls13();
      }
      return want;
    } catch (TcpError e) {
      throw fail(e);
    } finally {
      input.end(in);
    }
  }

  /** Reads the link once during the handshake; throws when it ended or a server speaks no TLS. */
  protected final void fillHandshake(ByteBuffer in, HelloObserver hellos) throws IOException {
    int n = input.fill(in);
    outlet.received(n);
    if (n < 0) {
      throw HelloObserver.endedEarly(input.receivedAny());
    }
    hellos.look(in);
  }

  // ---- in

  @Override
  public final int read(ByteBuffer destination) throws IOException {
    throwFailure();
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
      want = decrypt(in, destination);
    } catch (TcpError e) {
      TcpError fault = fail(e);
      if (destination.position() == start) {
        throw fault;
      }
      return destination.position() - start;
    } finally {
      input.end(in);
    }
    peerEnded = want == END;
    int produced = destination.position() - start;
    if (produced > 0) {
      taskWaits = want == TASK;
      return produced;
    }
    return want;
  }

  /**
   * Reads the link once after the handshake: the number of bytes.
   *
   * @throws SslTruncated when the link ended
   */
  protected final int fillData(ByteBuffer in) throws IOException {
    int n = input.fill(in);
    outlet.received(n);
    if (n < 0) {
      throw truncated();
    }
    return n;
  }

  static SslTruncated truncated() {
    return new SslTruncated(
        Stage.DATA,
        "the peer ended the connection without close_notify: what was received may not be all"
            + " that was sent",
        null);
  }

  /** Decrypts one record at a time. */
  public interface Opener {
    /**
     * Decrypts the record of {@code length} bytes, header included, at the position of {@code in}
     * into {@code destination}, which has room for it: {@link #DONE} to go on, or an answer as
     * {@link #decrypt} gives it.
     */
    int open(ByteBuffer in, int length, ByteBuffer destination) throws IOException;
  }

  /** {@link #decrypt} for a provider that decrypts one record at a time. */
  protected final int decryptEach(ByteBuffer in, ByteBuffer destination, Opener opener)
      throws IOException {
    int start = destination.position();
    boolean filled = false;
    for (int left = RECORDS_PER_READ; left > 0; left--) {
      int length = input.record(in, Stage.DATA);
      if (length == 0) {
        if (filled || destination.position() > start) {
          return READ;
        }
        filled = true;
        fillData(in);
        length = input.record(in, Stage.DATA);
        if (length == 0) {
          return READ;
        }
      }
      if (destination.remaining() < length) {
        return READ;
      }
      if (endStopsOutput() && isAlert(in)) {
        if (destination.position() > start) {
          return READ; // the program may answer the data before the alert ends the output
        }
        if (outlet.clogged()) {
          return WRITE; // the queue is sent first
        }
      }
      int before = in.position();
      int want = opener.open(in, length, destination);
      if (want != DONE) {
        return want;
      }
      if (in.position() == before) {
        throw stalled();
      }
    }
    return READ;
  }

  private static boolean isAlert(ByteBuffer in) {
    return in.hasRemaining() && in.get(in.position()) == ALERT;
  }

  @Override
  public boolean buffered() {
    return input.hasRecord() || failure != null || peerEnded || taskWaits;
  }

  @Override
  public int takeRest(ByteBuffer destination) {
    return peerEnded ? input.takeRest(destination) : 0;
  }

  // ---- out

  @Override
  public final int write(ByteBuffer source) throws IOException {
    throwFailure();
    int start = source.position();
    encrypt(source);
    int taken = source.position() - start;
    return taken > 0 ? taken : WRITE;
  }

  /** The error of a provider's library that says all is well and takes nothing. */
  protected static TcpError stalled() {
    return new TcpError("ESTALLED", "the SSL provider takes no more bytes", null, null);
  }

  /** The error of a write after the peer's close_notify, before TLS 1.3. */
  protected static SslError outputClosed() {
    return new SslError(
        Side.PEER,
        Stage.CLOSE,
        "close_notify",
        SslFailure.OUTPUT_CLOSED,
        "the peer ended the connection, and before TLS 1.3 that ends both sides with this SSL"
            + " provider: what was written after it is lost (RFC 5246 7.2.1)",
        null);
  }

  @Override
  public void release() {
    if (!handedOver) {
      input.release();
    }
  }

  // ---- state and faults

  /** Whether the handshake is done. */
  protected final boolean handshaken() {
    return handshaken;
  }

  /** Whether a version before TLS 1.3 was negotiated. */
  protected final boolean beforeTls13() {
    return beforeTls13;
  }

  /** Whether the peer's close_notify was read. */
  protected final boolean peerEnded() {
    return peerEnded;
  }

  /** The first failure; null while there is none. */
  protected final @Nullable TcpError failure() {
    return failure;
  }

  private void throwFailure() {
    if (failure != null) {
      throw failure;
    }
  }

  /** Keeps a fault and sends its alert, unless something failed before: what is to be thrown. */
  protected final TcpError fail(TcpError fault) {
    if (failure == null) {
      failure = fault;
      failure = sendAlert(fault);
    }
    return failure;
  }

  /** Keeps a fault whose alert the provider's library has sent or will not send. */
  protected final <E extends TcpError> E alertSent(E fault) {
    failure = fault;
    return fault;
  }
}
