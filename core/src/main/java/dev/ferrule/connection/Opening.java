package dev.ferrule.connection;

import dev.ferrule.connection.Connection.State;
import dev.ferrule.connection.OpeningTimes.Phase;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.event.TcpError;
import dev.ferrule.jfr.Called;
import dev.ferrule.jfr.FailureFacts;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a connection becomes open: its link, the wire of its transport on that, the wire's handshake,
 * and the same once more when it is upgraded.
 */
public final class Opening {
  private final Connection connection;
  private Transport transport;
  private @Nullable OpeningTimes times; // null when it is open
  private @Nullable HandshakeAttempt attempt; // that it is of; null for what a program holds
  private boolean connectTold; // to the program
  private int portBehind; // of the peer that proxies lead to; 0 for none

  Opening(Connection connection, Transport transport) {
    this.connection = connection;
    this.transport = transport;
  }

  /** Whether the peer says by {@code error} that it does not accept this side. */
  boolean isRefusal(EventError error) {
    return transport.isRefusal(error);
  }

  /** Whether it is, or will be, opened without encryption. */
  boolean isPlain() {
    return transport == Transport.PLAIN;
  }

  /** Where its time went so far; null when it is open, or was released. */
  public @Nullable OpeningTimes times() {
    return times;
  }

  /** It was released: what is still under way will not end. */
  void dropped() {
    recordsFailure(null);
    dropTimes();
  }

  private void dropTimes() {
    times = null;
  }

  private OpeningTimes measure(Phase first) {
    OpeningTimes fresh = new OpeningTimes(connection.loop::clock, first);
    times = fresh;
    return fresh;
  }

  /** Whether it goes by proxies, or did. */
  boolean isBehind() {
    return transport instanceof TransportBehind;
  }

  /** The port of the peer that proxies have led to, for who is wrapped there; 0 for none. */
  int portBehind() {
    return portBehind;
  }

  /** The client's address: a proxy's word for it where the connection has come through one. */
  @Nullable SocketAddress client(Link link) {
    ProxyHeader header = proxyHeader();
    SocketAddress named = header == null ? null : header.source().orElse(null);
    return named == null ? link.remoteAddress() : named;
  }

  /** What the proxy of an accepted connection has said; null when there is none. */
  public @Nullable ProxyHeader proxyHeader() {
    return transport instanceof Proxied proxied ? proxied.header() : null;
  }

  /** Connects to a host, by name or address. */
  public void connect(String host, int port, ConnectSettings settings) {
    measure(Phase.CONNECTING);
    connection.connector = Connector.toHost(connection, host, port, settings);
    connection.times.connectBegins();
  }

  /** Connects to an address. */
  public void connect(SocketAddress address, ConnectSettings settings) {
    measure(Phase.CONNECTING);
    connection.connector = Connector.toAddress(connection, address, settings);
    connection.times.connectBegins();
  }

  /** What attempts at several addresses shake hands with; null when TCP decides their race. */
  @Nullable Transport raced(ConnectSettings settings) {
    return settings.decidedBy() == ConnectSettings.Decision.HANDSHAKE && !isPlain()
        ? transport
        : null;
  }

  /** It is but this attempt: its handshake done, it tells that instead of becoming open. */
  void isOf(HandshakeAttempt raced) {
    attempt = raced;
  }

  /** The link is there: connected by the connector, or accepted by a server. */
  public void connected(Link opened) {
    connection.connector = null;
    connection.link = opened;
    opened.attach(connection);
    connection.changed();
    try {
      opened.noDelay(!connection.limits().nagle());
      install();
    } catch (IOException | RuntimeException e) {
      connection.failing().fail(Failures.of(e, connection.socket()));
      return;
    }
    if (connection.wire instanceof PlainWire) {
      opened(); // before the callback, which may upgrade it
    }
    OpeningTimes.note(times, Phase.PROGRAM);
    if (!transport.connectsLater()) {
      tellConnected();
    }
    proceed();
  }

  /** The program has been told that it is connected, or is about to be. */
  void connectIsTold() {
    connectTold = true;
  }

  private void tellConnected() {
    connectIsTold();
    Consumer<Endpoint> callback = connection.callbacks().connect;
    if (callback != null && !connection.closing().asked()) {
      connection.call(callback);
    }
  }

  /**
   * Takes over from the attempt that has won the race: its handshake is done, and the program hears
   * of its connection and of its security one after the other.
   */
  void adopt(Connection winner, List<Notice> notices) {
    Link opened = winner.link;
    Wire wire = winner.wire;
    if (opened == null || wire == null) {
      throw new IllegalStateException("no handshake was done");
    }
    connection.connector = null;
    connection.link = opened;
    connection.outlet = winner.outlet;
    connection.wire = wire;
    times = winner.opening().times; // its handshake is recorded as that of this connection
    winner.givenAway();
    opened.interest(0);
    opened.attach(connection);
    connection.state = State.SECURING;
    connection.want = Wire.READ;
    connection.times.handshakeBegins();
    connection.changed();
    notices.forEach(notice -> EventDelivery.tell(connection, notice));
    tellConnected();
    if (connection.state == State.SECURING) {
      secured(wire);
    }
  }

  /** Puts the wire of its transport on the link. */
  private void install() throws IOException {
    Link opened = connection.link;
    if (opened == null) {
      throw new IllegalStateException("no link yet");
    }
    HandshakeAttempt raced = attempt;
    Connection told = raced == null ? connection : raced.program();
    opened = ConnectionCapture.of(connection, opened, told);
    connection.link = opened;
    connection.state = State.SECURING;
    connection.want = Wire.READ;
    connection.times.handshakeBegins();
    measureHandshake();
    Wire old = connection.wire;
    connection.wire = transport.wire(opened, connection.loop.buffers(), new WireOwner(connection));
    if (old != null && old != connection.wire) {
      old.release();
    }
  }

  private void measureHandshake() {
    if (transport == Transport.PLAIN) {
      return; // it has none
    }
    OpeningTimes current = times;
    if (current == null) {
      current = measure(Phase.COMPUTING);
    }
    current.recording = HandshakeRecording.begin();
    Outlet outlet = connection.outlet;
    current.handshakeBegins(
        outlet == null ? 0 : outlet.sent(), outlet == null ? 0 : outlet.received());
  }

  /**
   * Hands the connection to another socket and puts its wire on, at once or when it is connected.
   * From here on nothing goes out over the old wire, whatever fails: the program already writes
   * what nobody else may read.
   */
  public void upgrade(Endpoint next, Transport over, Callbacks calls, Limits bounds) {
    become(over);
    connection.handOver(next, calls, bounds);
    connection.queue.upgraded();
    if (connection.state == State.CONNECTING) {
      return;
    }
    try {
      install();
    } catch (IOException | RuntimeException e) {
      connection.failing().failSoon(e);
      return;
    }
    OpeningTimes.note(times, Phase.PROGRAM);
    // Later: the call must have returned before the handshake's callbacks come.
    connection.want = Wire.WRITE;
  }

  /** As {@link #upgrade}, but it must not be: the socket fails soon, and sends nothing before. */
  public void refuseUpgrade(
      Endpoint next, Transport over, Callbacks calls, Limits bounds, TcpError reason) {
    become(over);
    connection.handOver(next, calls, bounds);
    connection.state = State.SECURING;
    connection.times.handshakeBegins();
    measureHandshake();
    connection.failing().failSoon(reason);
  }

  /** It fails, and the program is about to be told: what is known of the handshake is added. */
  void failed(EventError error) {
    OpeningTimes measured = times;
    if (measured == null || transport == Transport.PLAIN) {
      return;
    }
    Outlet outlet = connection.outlet;
    Wire wire = connection.taskRuns ? null : connection.wire;
    long sent = outlet == null ? 0 : outlet.produced() - measured.sentBefore();
    long received = outlet == null ? 0 : outlet.received() - measured.receivedBefore();
    transport.failed(error, connection.socket(), wire, measured, sent, received);
  }

  /** The same where the handshake was done here, and the peer refuses it by {@code error}. */
  void refusedLate(EventError error) {
    if (times == null && isRefusal(error)) {
      transport.refusedLate(error, connection.socket());
    }
  }

  /** What a recording shows of a failure. */
  FailureFacts about(EventError failure) {
    return transport.about(failure);
  }

  /** Goes on with whatever comes next, after connecting or a task. */
  void proceed() {
    connection.changed();
    if (connection.state == State.SECURING) {
      handshake();
    } else if (connection.state == State.OPEN && connection.closing().asked()) {
      connection.closing().drain();
    }
  }

  /** Goes on with the wire's handshake. */
  void handshake() {
    Wire current = connection.wire;
    if (current == null || connection.taskRuns || connection.failing().failsSoon()) {
      return;
    }
    OpeningTimes.note(times, Phase.COMPUTING);
    try {
      connection.want = current.handshake();
    } catch (IOException | RuntimeException e) {
      connection.failing().fail(Failures.of(e, connection.socket()));
      return;
    }
    switch (connection.want) {
      case Wire.DONE -> established(current);
      case Wire.TASK -> WireTask.begin(connection, current);
      case Wire.LATER -> {
        OpeningTimes.note(times, Phase.PROGRAM);
        callBack();
      }
      // the poller, or the again-list, brings us back
      default -> OpeningTimes.note(times, Phase.PEER);
    }
  }

  /** Another wire may go on from here. */
  private void established(Wire handshaken) {
    Wire next;
    try {
      next = handshaken.established();
    } catch (IOException | RuntimeException e) {
      connection.failing().fail(Failures.of(e, connection.socket()));
      return;
    }
    if (next != handshaken) {
      connection.wire = next;
      handshaken.release();
    }
    HandshakeAttempt raced = attempt;
    if (raced != null) {
      raced.established();
      return;
    }
    secured(next);
  }

  private void opened() {
    connection.state = State.OPEN;
    connection.want = Wire.READ;
    connection.times.handshakeEnds();
    dropTimes();
  }

  /** What a proxy has said of the peer stays known, and SSL to a proxy stays below. */
  private void become(Transport next) {
    if (transport instanceof Tunnel tunnel) {
      portBehind = tunnel.port();
    }
    if (connection.wire instanceof NestedWire nested) {
      transport = nested.over(next);
    } else {
      transport = transport instanceof Proxied proxied ? proxied.after(next) : next;
    }
  }

  /** The wire is the identity again. */
  void plainAgain() {
    become(Transport.PLAIN);
    opened();
    connection.changed();
    Consumer<Endpoint> callback = connection.callbacks().connect;
    if (callback != null) {
      connection.call(callback);
    }
  }

  private void secured(Wire current) {
    HandshakeRecording recording = HandshakeRecording.end(times);
    secure(current);
    if (recording != null) {
      recording.done(connection, transport, current);
    }
  }

  /** The handshake has failed by {@code error}; null when this side gave it up. Nothing if done. */
  void recordsFailure(@Nullable EventError error) {
    HandshakeRecording recording = HandshakeRecording.end(times);
    if (recording != null) {
      recording.failed(connection, transport, error);
    }
  }

  /** Tells the program; a callback that still knows whose code it runs. */
  private record Secured(Transport transport, Wire wire) implements Consumer<Endpoint>, Called {
    @Override
    public void accept(Endpoint socket) {
      transport.secured(socket, wire);
    }

    @Override
    public Object code() {
      return transport;
    }
  }

  private void secure(Wire current) {
    opened();
    if (!connection.queue.isEmpty() || connection.queue.isDirty() || connection.out().ended()) {
      connection.out().flush(); // what was held goes first, in order
    }
    if (connection.state != State.OPEN) {
      return;
    }
    if (connection.closing().asked()) {
      connection.closing().drain();
      return;
    }
    if (!connectTold) {
      tellConnected(); // a plain socket behind a proxy: its callback may upgrade it
      if (connection.state != State.OPEN || connection.closing().asked()) {
        return;
      }
    }
    connection.call(new Secured(transport, current));
    if (connection.state == State.OPEN && current.buffered()) {
      // Now, so that one write carries the end of the handshake and the answer.
      connection.in().readable();
    }
  }

  /** The wire asks the program, which may answer at once. */
  private void callBack() {
    OpeningTimes current = times;
    Consumer<? super Endpoint> asked = current == null ? null : current.question;
    if (current == null || asked == null) {
      return;
    }
    current.question = null;
    connection.call(asked);
    askAgain();
  }

  /** A wire that waits for an answer looks at its link, and at the answer. */
  void askAgain() {
    if (connection.state == State.SECURING && connection.want == Wire.LATER) {
      connection.want = Wire.READ;
      proceed(); // a wire that has no answer yet says so again
    }
  }
}
