package dev.ferrule.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A connection has ended. On the loop's thread. */
@Name("dev.ferrule.Close")
@Label("Close")
@Description("A connection that had been up has ended")
@Category("Ferrule")
@StackTrace(false)
final class Closed extends Event {
  /** Asked whether this kind is recorded, and never recorded itself. */
  static final Closed PROBE = new Closed();

  @Label("Side")
  @Description("client for a connection that was opened, server for one that was accepted")
  @Nullable String side;

  @Label("Peer")
  @Nullable String peer;

  @Label("Reason")
  @Description("The code of the failure, or CLOSED, EOF, ABORTED, EXIT")
  @Nullable String reason;

  @Label("Ended By")
  @Description("program, peer, failure (of this side), limit or loop")
  @Nullable String endedBy;

  @Label("Received")
  @Description("Bytes that came over the network")
  @DataAmount
  long received;

  @Label("Sent")
  @Description("Bytes that the system took to be sent")
  @DataAmount
  long sent;

  @Label("Data Received")
  @Description("Bytes of the peer's program, after decryption")
  @DataAmount
  long dataReceived;

  @Label("Data Sent")
  @Description("Bytes of this program, before encryption")
  @DataAmount
  long dataSent;

  @Label("Records Received")
  @Description("Of TLS since the handshake; -1 without one")
  long recordsReceived;

  @Label("Records Sent")
  @Description("Of TLS since the handshake; -1 without one")
  long recordsSent;

  @Label("Open")
  @Description("How long the connection was there")
  @Timespan(Timespan.NANOSECONDS)
  long open;

  Closed() {}

  Closed(Ending ending) {
    side = ending.side();
    peer = Shown.of(ending.peer());
    reason = Shown.of(ending.reason());
    endedBy = ending.endedBy();
    received = ending.received();
    sent = ending.sent();
    dataReceived = ending.dataReceived();
    dataSent = ending.dataSent();
    recordsReceived = ending.recordsReceived();
    recordsSent = ending.recordsSent();
    open = ending.openNanos();
  }
}
