package dev.ferrule.ssl.records;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.FileRange;
import dev.ferrule.spi.KernelRecords;
import dev.ferrule.spi.Memory;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.spi.KernelUse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The record layer of TLS 1.3 after a handshake that a provider made (RFC 8446 4.6 and 5). It knows
 * no provider: it gets the traffic secrets, and the link, outlet and input of the provider's wire.
 *
 * <p>Its details are BoringSSL's reasons, so that an error reads the same whoever serves the
 * records.
 */
final class Tls13Wire extends RecordWire implements RecordWire.Opener {
  /** The most content of a record (RFC 8446 5.1). */
  private static final int CONTENT = 16_384;

  /** The most that the sender's key protects; RFC 8446 5.5 allows 2^24.5 full records. */
  static final long RECORDS_PER_KEY = 1L << 24;

  /** The most records in a row that bring neither data nor the end. */
  private static final int MOST_IDLE = 32;

  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;

  private static final int WARNING = 1;
  private static final int FATAL = 2;
  private static final int CLOSE_NOTIFY = 0;
  private static final int USER_CANCELED = 90;

  private static final int KEY_UPDATE_ROOM =
      RecordProtection.OVERHEAD + LateMessage.KEY_UPDATE_BYTES;

  private final RecordProtection protection;
  private @Nullable KernelSwitch kernel; // when it was asked for
  private final boolean server;
  private final boolean showsCertificate;
  private final @Nullable X509Certificate shown;
  private @Nullable SslSession session;
  private @Nullable TicketReceiver tickets;
  private byte @Nullable [] partial; // the start of a handshake message
  private byte idle;
  private byte waitingAlert; // fatal, for which the outlet had no room
  private boolean gotTicket;
  private boolean outputEnded; // close_notify or a fatal alert is in the outlet
  private boolean owesUpdate;

  /** Goes on behind {@code handshaken}, which hands over. */
  Tls13Wire(RecordWire handshaken, HandOver from) {
    super(handshaken);
    TrafficSecrets secrets = from.secrets();
    this.protection = new RecordProtection(input.ciphers(secrets.suite), secrets); // may fail
    outlet.changeMemory(Memory.HEAP);
    input.tls13();
    this.server = from.server();
    this.showsCertificate = from.showsCertificate();
    this.shown = from.shown();
    this.session = from.session();
    this.tickets = from.tickets();
  }

  @Override
  public Memory memory() {
    return Memory.HEAP;
  }

  @Override
  protected int continueHandshake(ByteBuffer in) {
    return DONE;
  }

  @Override
  protected boolean negotiatedTls13() {
    return true;
  }

  @Override
  public Runnable task() {
    throw new IllegalStateException("a record layer has no tasks");
  }

  @Override
  public boolean resumed() {
    throw new IllegalStateException("asked for after the handshake");
  }

  @Override
  public SslSession session() {
    SslSession agreed = Objects.requireNonNull(session, "asked for once");
    session = null;
    return agreed;
  }

  @Override
  public byte[] export(String label, byte @Nullable [] context, int length) {
    return protection.export(label, context, length);
  }

  @Override
  public @Nullable X509Certificate serverCertificate(SslSession agreed) {
    return server || agreed.peerChain().isEmpty() ? shown : agreed.peerChain().getFirst();
  }

  @Override
  public void useKernel(KernelUse use) {
    KernelRecords records = input.link().kernelRecords();
    if (records == null) {
      use.refused(
          "the connection's link is none that Linux' kernel can protect (poller epoll, TCP,"
              + " no capture, not inside of SSL)");
      return;
    }
    KernelSwitch asked = new KernelSwitch(records, protection, input, outlet, use);
    kernel = asked;
    try {
      outlet.flush(); // now: what the kernel does shall be known from the beginning
    } catch (IOException e) {
      return; // the next flush says so, too
    }
    if (asked.writes() || !outlet.isEmpty()) {
      asked.reads(input.isEmpty() && tickets == null);
    }
  }

  // ---- in

  @Override
  protected int decrypt(ByteBuffer in, ByteBuffer destination) throws IOException {
    KernelSwitch asked = kernel;
    if (asked != null && asked.reads(!in.hasRemaining() && tickets == null)) {
      return readContent(asked.records(), destination);
    }
    input.exact(asked != null && asked.waitsToRead()); // else a stream may never pause at an end
    int want = decryptEach(in, destination, this);
    if (gotTicket && partial == null) {
      releaseTickets(); // most servers send all of them at once; a later one is not kept
    }
    return want;
  }

  /** What the kernel has decrypted: content of one type. */
  private int readContent(KernelRecords records, ByteBuffer destination) throws IOException {
    ByteBuffer content = input.content();
    content.limit(Math.min(content.capacity(), destination.remaining()));
    int n = records.read(content);
    switch (n) {
      case KernelRecords.NOTHING -> {
        return READ;
      }
      case KernelRecords.END -> throw truncated();
      case KernelRecords.NOT_AUTHENTIC -> throw badRecordMac();
      case KernelRecords.TOO_LONG ->
          throw fault("record_overflow", SslFailure.RECORD_TOO_LONG, "DATA_LENGTH_TOO_LONG");
      case KernelRecords.NOT_A_RECORD ->
          throw RecordInput.notARecord("unexpected_message", Stage.DATA);
      default -> {}
    }
    outlet.received(n);
    int at = destination.position();
    destination.put(content.flip());
    destination.position(at);
    int want = received(records.type(), destination.array(), destination.arrayOffset() + at, n);
    if (records.type() == APPLICATION_DATA) {
      destination.position(at + n);
    }
    return want == DONE ? READ : want;
  }

  @Override
  public int open(ByteBuffer in, int length, ByteBuffer destination) {
    byte[] record = in.array();
    int at = in.arrayOffset() + in.position();
    if (record[at] != APPLICATION_DATA) {
      throw fault("unexpected_message", SslFailure.UNEXPECTED_MESSAGE, "INVALID_OUTER_RECORD_TYPE");
    }
    byte[] plain = destination.array();
    int start = destination.arrayOffset() + destination.position();
    int n =
        length < RecordProtection.OVERHEAD - 1
            ? -1
            : protection.open(record, at, length, plain, start);
    if (n < 0) {
      throw badRecordMac();
    }
    in.position(in.position() + length);
    if (n > CONTENT + 1) {
      throw fault("record_overflow", SslFailure.RECORD_TOO_LONG, "DATA_LENGTH_TOO_LONG");
    }
    int end = start + n - 1; // of the content: padding and the type go off (RFC 8446 5.4)
    while (end >= start && plain[end] == 0) {
      end--;
    }
    int type = end < start ? 0 : plain[end];
    int content = Math.max(0, end - start);
    requireWholeMessage(type);
    if (tickets != null && type != APPLICATION_DATA) {
      tickets.receive(record, at, length); // all of them: the library counts records too
    }
    int want = received(type, plain, start, content);
    if (type == APPLICATION_DATA) {
      destination.position(destination.position() + content);
    }
    return want;
  }

  private void requireWholeMessage(int type) {
    if (partial != null && type != HANDSHAKE) {
      throw fault("unexpected_message", SslFailure.UNEXPECTED_MESSAGE, "UNEXPECTED_RECORD");
    }
  }

  /** Content of a record: {@link #DONE}, or {@link #END} behind the peer's close_notify. */
  private int received(int type, byte[] bytes, int at, int length) {
    requireWholeMessage(type);
    switch (type) {
      case APPLICATION_DATA -> data(length);
      case HANDSHAKE -> handshakeMessages(bytes, at, length);
      case ALERT -> {
        if (alert(bytes, at, length)) {
          return END; // what follows is kept: plain text, if this is unwrapped
        }
      }
      default ->
          throw fault("unexpected_message", SslFailure.UNEXPECTED_MESSAGE, "UNEXPECTED_RECORD");
    }
    return DONE;
  }

  private void data(int bytes) {
    releaseTickets(); // they come before data
    if (bytes == 0) {
      countIdle("TOO_MANY_EMPTY_FRAGMENTS");
    } else {
      idle = 0;
    }
  }

  private void countIdle(String detail) {
    if (++idle > MOST_IDLE) {
      throw fault("unexpected_message", SslFailure.TOO_MANY_IDLE_RECORDS, detail);
    }
  }

  /** True for close_notify. In TLS 1.3 every other alert but user_canceled is an error (6). */
  private boolean alert(byte[] bytes, int at, int length) {
    if (length == 0) {
      throw fault(
          "unexpected_message",
          SslFailure.UNEXPECTED_MESSAGE,
          "UNEXPECTED_MESSAGE"); // RFC 8446 5.4
    }
    if (length != 2) {
      throw fault("decode_error", SslFailure.MALFORMED_MESSAGE, "BAD_ALERT");
    }
    int level = bytes[at];
    int number = Byte.toUnsignedInt(bytes[at + 1]);
    if (level != WARNING && level != FATAL) {
      throw fault("illegal_parameter", SslFailure.ILLEGAL_PARAMETER, "UNKNOWN_ALERT_TYPE");
    }
    if (number == CLOSE_NOTIFY) {
      return true;
    }
    if (number != USER_CANCELED) {
      throw received(Alerts.name(number));
    }
    countIdle("TOO_MANY_WARNING_ALERTS");
    return false;
  }

  /** Messages may share a record, and one may be split over several (RFC 8446 5.1). */
  private void handshakeMessages(byte[] bytes, int at, int length) {
    if (length == 0) {
      throw fault("unexpected_message", SslFailure.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE");
    }
    byte[] before = partial;
    int kept = before == null ? 0 : before.length;
    byte[] all = new byte[kept + length];
    if (before != null) {
      System.arraycopy(before, 0, all, 0, kept);
    }
    System.arraycopy(bytes, at, all, kept, length);
    int start = 0;
    for (int end; (end = LateMessage.end(all, start, server)) > 0; start = end) {
      if (all[start] == LateMessage.KEY_UPDATE) {
        keyUpdate(all[end - 1], end == all.length);
      } else {
        long early = LateMessage.ticketsEarlyData(all, start, end);
        if (tickets != null) {
          tickets.allowsEarlyData(early);
        }
        gotTicket = true;
      }
    }
    partial = start == all.length ? null : Arrays.copyOfRange(all, start, all.length);
  }

  /** RFC 8446 4.6.3. An answer goes out before the next data, one for all that asked. */
  private void keyUpdate(byte request, boolean endsRecord) {
    if (request != 0 && request != 1) {
      throw fault("illegal_parameter", SslFailure.ILLEGAL_PARAMETER, "INVALID_KEY_UPDATE");
    }
    if (!endsRecord) {
      throw fault(
          "unexpected_message",
          SslFailure.UNEXPECTED_MESSAGE,
          "EXCESS_HANDSHAKE_DATA"); // the keys change behind it
    }
    countIdle("TOO_MANY_KEY_UPDATES");
    releaseTickets();
    protection.updateRead();
    if (kernel != null && kernel.hasReading()) {
      kernel.updateRead();
    }
    owesUpdate |= request == 1;
  }

  private void releaseTickets() {
    TicketReceiver receiver = tickets;
    if (receiver != null) {
      tickets = null;
      receiver.release();
    }
  }

  // ---- out

  @Override
  public boolean endStopsOutput() {
    return false;
  }

  @Override
  protected void encrypt(ByteBuffer source) throws IOException {
    try {
      if (kernel != null && kernel.writes()) {
        if (hasKeysInKernel(kernel)) {
          int before = source.remaining();
          kernel.plain.write(source);
          kernel.wrote(before - source.remaining());
        }
        return;
      }
      seal(source);
    } catch (SslError brokenCipher) {
      throw alertSent(brokenCipher); // there is nothing to encrypt an alert with, or it has gone
    }
  }

  @Override
  public int sendFile(FileRange file) throws IOException {
    if (kernel == null || !kernel.writes()) {
      return BYTES;
    }
    try {
      int n = hasKeysInKernel(kernel) ? kernel.plain.sendFile(file) : WRITE;
      kernel.wrote(Math.max(n, 0));
      return n;
    } catch (SslError noKeys) {
      throw alertSent(noKeys);
    }
  }

  /** Whether data may go out; false when a KeyUpdate must go before, and cannot now. */
  private boolean hasKeysInKernel(KernelSwitch used) throws IOException {
    if (!owesUpdate && !used.isWorn()) {
      return true;
    }
    try {
      if (!outlet.isEmpty() || !used.updateWrite()) {
        return false;
      }
      owesUpdate = false;
      return true;
    } catch (SslError keepsKeys) {
      outputEnded |= used.isKeyless();
      throw fail(keepsKeys);
    }
  }

  private void seal(ByteBuffer source) {
    while (source.hasRemaining()) {
      ByteBuffer room = outlet.room(recordRoom(source));
      if (room == null) {
        return;
      }
      do {
        if (owesUpdate || protection.written() >= RECORDS_PER_KEY) {
          updateWriteKeys(room);
        }
        protection.seal(APPLICATION_DATA, source, Math.min(source.remaining(), CONTENT), room);
      } while (source.hasRemaining() && room.remaining() >= recordRoom(source));
    }
  }

  /** For the next record, and a KeyUpdate before it. */
  private static int recordRoom(ByteBuffer source) {
    return Math.min(source.remaining(), CONTENT) + RecordProtection.OVERHEAD + KEY_UPDATE_ROOM;
  }

  private void updateWriteKeys(ByteBuffer room) {
    ByteBuffer message = LateMessage.keyUpdate();
    protection.seal(HANDSHAKE, message, message.remaining(), room);
    protection.updateWrite();
    owesUpdate = false;
  }

  @Override
  public int closeOutput() {
    if (waitingAlert != 0) {
      return sendAlert(FATAL, waitingAlert) ? DONE : WRITE;
    }
    return failure() != null || sendAlert(WARNING, CLOSE_NOTIFY) ? DONE : WRITE;
  }

  /** The last record of this side; false when the outlet had no room. */
  private boolean sendAlert(int level, int number) {
    if (outputEnded) {
      return true;
    }
    if (kernel != null && kernel.hasWriting()) {
      outputEnded = sendAlertByKernel(kernel.records(), level, number);
      waitingAlert = outputEnded ? 0 : waitingAlert;
      return outputEnded;
    }
    ByteBuffer room = outlet.room(RecordProtection.OVERHEAD + 2);
    if (room == null) {
      return false;
    }
    outputEnded = true;
    waitingAlert = 0;
    protection.seal(ALERT, ByteBuffer.wrap(new byte[] {(byte) level, (byte) number}), 2, room);
    return true;
  }

  private boolean sendAlertByKernel(KernelRecords records, int level, int number) {
    if (!outlet.isEmpty() || outlet.clogged()) {
      return false;
    }
    try {
      if (records.write(ALERT, new byte[] {(byte) level, (byte) number})) {
        return true;
      }
    } catch (IOException e) {
      return true; // the link is broken, which reading tells
    }
    outlet.full();
    return false;
  }

  /** The kernel does not tell how many it made. */
  @Override
  public long recordsRead() {
    return kernel != null && kernel.hasReading() ? -1 : protection.allRead();
  }

  @Override
  public long recordsWritten() {
    return kernel != null && kernel.hasWriting() ? -1 : protection.allWritten();
  }

  // ---- faults

  @Override
  protected TcpError sendAlert(TcpError fault) {
    if (fault instanceof SslError error && error.side() == Side.OURS) {
      int number = Alerts.number(error.alert().orElse("internal_error"));
      if (!sendAlert(FATAL, number)) {
        waitingAlert = (byte) number;
      }
    } else if (fault instanceof SslTruncated || !(fault instanceof SslError)) {
      sendAlert(WARNING, CLOSE_NOTIFY);
    }
    return fault;
  }

  private static SslError fault(String alert, SslFailure failure, String detail) {
    return LateMessage.refused(alert, failure, detail);
  }

  private static SslError badRecordMac() {
    return new SslError(
        Side.OURS,
        Stage.DATA,
        "bad_record_mac",
        SslFailure.BAD_RECORD_MAC,
        "a record was changed on its way, or was made by somebody else (bad record MAC)",
        "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
        null);
  }

  /** In TLS 1.3 a client is done before its server has looked at its certificate. */
  private SslError received(String alert) {
    Stage stage = Alerts.stage(alert) == Stage.CERTIFICATE ? Stage.CERTIFICATE : Stage.DATA;
    return new SslError(
        Side.PEER,
        stage,
        alert,
        Alerts.receivedFailure(alert, showsCertificate),
        Alerts.received(alert, showsCertificate),
        null);
  }

  @Override
  public void release() {
    try {
      releaseTickets();
    } finally {
      protection.erase();
      super.release();
    }
  }
}
