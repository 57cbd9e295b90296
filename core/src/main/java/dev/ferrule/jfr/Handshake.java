package dev.ferrule.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A handshake is done, or has failed. On the loop's thread. */
@Name("dev.ferrule.Handshake")
@Label("Handshake")
@Description("A TLS handshake is done, or has failed")
@Category("Ferrule")
@StackTrace(false)
public final class Handshake extends Event {
  /** Asked whether this kind is recorded, and never recorded itself. */
  static final Handshake PROBE = new Handshake();

  /** The failure of one that this side gave up, by close or abort, before it was done. */
  public static final String CLOSED = "CLOSED";

  /** The failure of one that the loop's end broke off. */
  public static final String EXIT = "EXIT";

  @Label("Side")
  @Description("client or server")
  @Nullable String side;

  @Label("Peer")
  @Nullable String peer;

  @Label("Protocol")
  @Nullable String protocol;

  @Label("Cipher Suite")
  @Nullable String cipherSuite;

  @Label("Group")
  @Description("Of the key exchange, where it is known")
  @Nullable String group;

  @Label("Post-Quantum")
  boolean postQuantum;

  @Label("Resumed")
  boolean resumed;

  @Label("Server Name")
  @Description("What the client asked for (SNI)")
  @Nullable String serverName;

  @Label("ALPN")
  @Description("The application protocol that was agreed on")
  @Nullable String alpn;

  @Label("Provider")
  @Nullable String provider;

  @Label("Waiting for Peer")
  @Timespan(Timespan.NANOSECONDS)
  long waiting;

  @Label("Computing")
  @Description("The handshake's own work, on the loop's thread and in tasks")
  @Timespan(Timespan.NANOSECONDS)
  long computing;

  @Label("Program and Admission")
  @Description("Callbacks of the program, and waiting for a place")
  @Timespan(Timespan.NANOSECONDS)
  long program;

  @Label("Waiting for Threads")
  @Description("Tasks waited for a thread, or for the loop to go on behind them")
  @Timespan(Timespan.NANOSECONDS)
  long threads;

  @Label("Failure")
  @Description("The code of the failure; none when it is done")
  @Nullable String failure;

  @Label("Ended By")
  @Description("program, peer, failure (of this side), limit or loop; none when it is done")
  @Nullable String endedBy;

  @Label("Alert Sent")
  @Description("The name of the alert by which this side told the failure")
  @Nullable String alertSent;

  @Label("Alert Received")
  @Description("The name of the alert by which the peer did")
  @Nullable String alertReceived;

  Handshake() {}

  /** It has ended, and the time went there. */
  public void ended(long waited, long computed, long byProgram, long forThreads) {
    end();
    waiting = waited;
    computing = computed;
    program = byProgram;
    threads = forThreads;
  }

  /** Records it, which is done. */
  public void done(@Nullable String ofPeer, HandshakeFacts facts) {
    told(ofPeer, facts, null);
  }

  /** Records it, which failed by {@code code}, or was given up. */
  public void failed(
      @Nullable String ofPeer, HandshakeFacts facts, String code, FailureFacts known) {
    endedBy = known.endedBy();
    alertSent = Shown.of(known.alertSent());
    alertReceived = Shown.of(known.alertReceived());
    told(ofPeer, facts, code);
  }

  private void told(@Nullable String ofPeer, HandshakeFacts facts, @Nullable String code) {
    if (facts.side() == null || !shouldCommit()) {
      return; // of plain TCP behind a proxy, which has no handshake of its own
    }
    peer = Shown.of(ofPeer);
    side = facts.side();
    protocol = facts.protocol();
    cipherSuite = Shown.of(facts.cipherSuite());
    group = Shown.of(facts.group());
    postQuantum = facts.postQuantum();
    resumed = facts.resumed();
    serverName = Shown.of(facts.serverName());
    alpn = Shown.of(facts.alpn());
    provider = facts.provider();
    failure = Shown.of(code);
    commit();
  }
}
