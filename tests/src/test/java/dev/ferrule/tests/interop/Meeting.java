package dev.ferrule.tests.interop;

import dev.ferrule.EventLoop;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.interop.InteropTest.Case;
import java.util.function.Consumer;

/** Ferrule on its loop and a peer, connected; closing it ends both. */
final class Meeting implements AutoCloseable {
  final Witness witness = new Witness();
  Peer peer;
  private final Background loop = new Background();
  private final Case with;
  private final SslContext context;
  private volatile SslSocket socket;
  private int port;

  private Meeting(Case with) {
    this.with = with;
    SslContextBuilder settings =
        (with.ferruleServes() ? SslContext.server() : SslContext.client()).trust(Pki.TRUST);
    settings.minProtocol(with.terms().protocol()).maxProtocol(with.terms().protocol());
    settings.alpn(Peer.ALPN);
    if (with.ferruleServes()) {
      settings.credentials(Pki.server(with.terms().key()).credentials());
      settings.clientAuth(with.terms().clientAuth() ? ClientAuth.REQUIRED : ClientAuth.NONE);
    } else if (with.terms().clientAuth()) {
      settings.credentials(Pki.client(with.terms().key()).credentials());
    }
    context = settings.build();
  }

  static Meeting of(Case with) {
    with.peer().assumeHere();
    if (with.terms().shown(!with.ferruleServes()) != null) {
      Provided.assumeVerifies(with.terms().key());
    }
    Meeting meeting = new Meeting(with);
    try {
      meeting.begin();
      return meeting;
    } catch (RuntimeException | AssertionError e) {
      meeting.close();
      throw e;
    }
  }

  private void begin() {
    if (with.ferruleServes()) {
      port = loop.call(this::serve);
      peer = with.peer().client(with.terms(), port);
    } else {
      peer = with.peer().server(with.terms());
      port = peer.port();
      socket = loop.call(this::connect);
    }
  }

  private int serve(EventLoop eventLoop) {
    return witness
        .on(Ssl.server(eventLoop, "127.0.0.1", 0))
        .context(context)
        .halfOpen()
        .onConnect(accepted -> socket = accepted)
        .onSecure(witness::secured)
        .open()
        .port();
  }

  private SslSocket connect(EventLoop eventLoop) {
    return witness
        .on(Ssl.connect(eventLoop, "localhost", port))
        .context(context)
        .onSecure(witness::secured)
        .open();
  }

  /** Does something with Ferrule's socket. */
  void onSocket(Consumer<SslSocket> work) {
    loop.call(eventLoop -> {
      work.accept(socket);
      return true;
    });
  }

  /** A line each way. */
  void converse() {
    peer.send("hello, Ferrule");
    witness.awaitText("hello, Ferrule\n");
    onSocket(to -> to.write("hello, peer\n"));
    peer.expect("hello, peer");
  }

  /** The same two once more, after the end of the first connection. */
  void again() {
    if (with.ferruleServes()) {
      peer.hangUp();
      witness.awaitEvent(TcpEof.class);
      onSocket(SslSocket::close); // it is half-open
      peer.again();
    } else {
      onSocket(SslSocket::close);
      peer.hangUp();
      witness.awaitClosed(1);
      peer.again();
      socket = loop.call(this::connect);
    }
  }

  @Override
  public void close() {
    if (peer != null) {
      peer.close();
    }
    loop.close();
  }
}
