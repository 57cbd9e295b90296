package dev.ferrule.ssl.server;

import dev.ferrule.connection.Transport;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.hello.ClientHello;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.hello.Observed;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.spi.WireFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The wire of a server's connection until its handshake is done. It reads the client's hello before
 * any provider is asked for anything, decides which context the client gets, and then passes all
 * calls to that context's wire, which goes on alone after the handshake.
 *
 * <pre>
 *  hello whole? --no--> READ
 *       | yes
 *  decided? --no--> LATER, until the decision continues the handshake
 *       | yes
 *  the provider's handshake --DONE--> established(): the provider's wire, or its record layer
 * </pre>
 */
public final class HelloWire implements SslWire, Observed {
  private final Link link;
  private final Buffers buffers;
  private final Outlet outlet;
  private final Memory memory;
  private final HelloDecision decision;
  private final Transport.Owner owner;
  private final ClientFlight flight;
  private @Nullable SslHello hello;
  private @Nullable SslWire next;
  private @Nullable SslSettings settings;
  private @Nullable TcpError failure;
  private boolean alertSent;
  private boolean ended;

  /** A wire on a link; {@code memory} is what most contexts of the server want. */
  public HelloWire(
      Link link, Buffers buffers, Transport.Owner owner, Memory memory, HelloDecision decision)
      throws IOException {
    this.link = link;
    this.buffers = buffers;
    this.memory = memory;
    this.decision = decision;
    this.owner = owner;
    this.outlet = owner.open(memory);
    this.flight = new ClientFlight(link, buffers, memory, outlet);
  }

  @Override
  public Memory memory() {
    return next == null ? memory : next.memory();
  }

  // ---- what is known of it

  @Override
  public @Nullable HelloObserver hellos() {
    return next instanceof Observed observed ? observed.hellos() : null;
  }

  @Override
  public @Nullable SslHello said() {
    return hello;
  }

  // ---- the handshake

  @Override
  public int handshake() throws IOException {
    if (failure != null) {
      throw failure;
    }
    SslWire chosen = next;
    if (chosen == null) {
      int want = readHello();
      if (want != DONE) {
        return want;
      }
      chosen = wire();
    }
    try {
      return chosen.handshake();
    } catch (SslError e) {
      failure = toldWithHello(e);
      throw failure;
    }
  }

  private TcpError toldWithHello(TcpError fault) {
    return !(fault instanceof SslError error) ? fault : error.withHello(hello);
  }

  /** DONE when the provider's wire is there. */
  private int readHello() throws IOException {
    ByteBuffer in = flight.begin();
    try {
      SslHello whole = hello;
      if (whole == null) {
        whole = flight.read(in);
        if (whole == null) {
          return READ;
        }
        hello = whole;
      } else {
        flight.readOn(in);
      }
      WireFactory wires = decision.decide(whole);
      if (wires == null) {
        return LATER;
      }
      requireApplication(whole, wires.applications());
      outlet.changeMemory(wires.memory());
      SslWire chosen = wires.wire(link, outlet, buffers, null, 0);
      next = chosen;
      settings = wires.settings();
      if (settings != null && settings.kernelTls()) {
        chosen.askForKernel();
      }
      chosen.begin(whole, in);
      chosen.resumeBy(owner::resume);
      return DONE;
    } catch (TcpError e) {
      throw fail(e);
    } catch (RuntimeException e) {
      throw fail(
          new SslError(
              Side.OURS,
              Stage.HELLO,
              "internal_error",
              SslFailure.BROKEN,
              "something on this side of the connection threw " + e,
              e));
    } finally {
      flight.end(in);
    }
  }

  /** RFC 7301 3.2. */
  private static void requireApplication(SslHello hello, List<String> applications) {
    List<String> ours = applications.stream().map(ClientHello::shown).toList();
    if (ours.isEmpty() || hello.alpn().isEmpty() || !Collections.disjoint(hello.alpn(), ours)) {
      return;
    }
    throw new SslError(
        Side.OURS,
        Stage.HELLO,
        "no_application_protocol",
        SslFailure.NO_SHARED_APPLICATION,
        "no application protocol (ALPN) is shared with the peer: the client offers "
            + HelloObserver.list(hello.alpn())
            + "; this side has "
            + HelloObserver.list(ours),
        null);
  }

  private TcpError fail(TcpError fault) {
    TcpError told = toldWithHello(fault);
    failure = told;
    if (next == null && fault instanceof SslError error && !alertSent) {
      alertSent = true;
      if (error.side() == Side.OURS && !flight.isPlain()) {
        flight.alert(error.alert().orElse("internal_error"));
      }
    }
    return told;
  }

  private SslWire wire() {
    return Objects.requireNonNull(next, "the hello is not whole");
  }

  @Override
  public Wire established() throws IOException {
    SslWire done = wire();
    end(done.resumed());
    if (settings != null) {
      settings.told().forEach(owner::notice);
    }
    Wire goesOn = done.established();
    next = null;
    if (goesOn != done) {
      done.release();
    }
    return goesOn;
  }

  @Override
  public Runnable task() {
    return wire().task();
  }

  @Override
  public void abandonTask() {
    wire().abandonTask();
  }

  @Override
  public void begin(SslHello said, ByteBuffer received) {
    throw new IllegalStateException("it reads the hello itself");
  }

  @Override
  public boolean resumed() {
    return wire().resumed();
  }

  @Override
  public void askForKernel() {
    throw new IllegalStateException("the context is not chosen yet, and asks by itself");
  }

  @Override
  public boolean asksForKernel() {
    return wire().asksForKernel();
  }

  @Override
  public SslSession session() {
    return wire().session();
  }

  @Override
  public byte[] export(String label, byte @Nullable [] context, int length) {
    return wire().export(label, context, length);
  }

  @Override
  public @Nullable X509Certificate serverCertificate(SslSession session) {
    return wire().serverCertificate(session);
  }

  // ---- data, which only a failing handshake asks for

  @Override
  public int read(ByteBuffer destination) throws IOException {
    return wire().read(destination);
  }

  @Override
  public boolean buffered() {
    return next != null && next.buffered();
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return wire().write(source);
  }

  @Override
  public int closeOutput() throws IOException {
    return next == null ? DONE : next.closeOutput();
  }

  @Override
  public void release() {
    end(false);
    flight.release();
    SslWire unfinished = next;
    next = null;
    if (unfinished != null) {
      unfinished.release();
    }
  }

  private void end(boolean resumed) {
    if (!ended && hello != null) {
      ended = true;
      decision.ended(resumed);
    }
  }
}
