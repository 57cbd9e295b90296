package dev.ferrule.openssl;

import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.ExternalPskLookup;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.library.LoggedSecrets;
import dev.ferrule.ssl.library.PeerJudgement;
import dev.ferrule.ssl.records.ClearRecord;
import dev.ferrule.ssl.records.RecordSuite;
import dev.ferrule.ssl.records.TrafficSecrets;
import dev.ferrule.ssl.trust.HostName;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of a handshake. It is a separate object so that an idle connection does not hold it.
 * OpenSSL gets whole records. What a server has shown is judged in a task. On a server, a step in
 * which a client may show something runs in a task, with all that OpenSSL then calls back; the loop
 * leaves the SSL alone until it has ended. Records that speak of an external PSK wait until the
 * program has answered.
 */
final class Handshake {
  private static final int UNKNOWN = -1;

  private enum State {
    /** OpenSSL is to be called, for it has something to say. */
    CALL,
    /** It waits for records of the peer. */
    RECEIVE,
    /** A task judges what the server has shown, or has judged it. */
    JUDGED,
    /** A task calls it, or has called it. */
    CALLED,
    DONE
  }

  private final OpensslWire wire;
  private final boolean server;
  private final HelloObserver hellos;
  private final PeerJudgement judgement;
  private State state;
  private boolean heard; // OpenSSL has read the client's hello
  private int fed; // bytes of the records that it was given
  private int written = UNKNOWN; // records after the handshake
  private @Nullable LoggedSecrets secrets;
  private Verification.@Nullable Shown shown;
  private final @Nullable ClientPsks psks; // a server's that has some

  // Of the last call; a task writes them, and the loop reads them when it has ended.
  private int error;
  private ErrorQueue.Entry queued = ErrorQueue.Entry.NONE;
  private @Nullable Throwable thrown;

  /** {@code hello} is what a server's client has said; null on a client. */
  Handshake(OpensslWire wire, OfferedParameters choices, @Nullable SslHello hello) {
    this.wire = wire;
    this.server = choices.server();
    this.hellos = new HelloObserver(choices, hello);
    this.judgement = new PeerJudgement(hellos);
    this.state = server ? State.RECEIVE : State.CALL;
    ExternalPskLookup lookup = wire.context.externalPsks.server();
    this.psks = hello == null || lookup == null ? null : new ClientPsks(lookup, choices, hello);
  }

  /** The external PSKs of a server's client; null where there are none. */
  @Nullable ClientPsks psks() {
    return psks;
  }

  HelloObserver hellos() {
    return hellos;
  }

  PeerJudgement judgement() {
    return judgement;
  }

  /** What the server has shown, which is judged by now; null before. */
  Verification.@Nullable Shown shown() {
    return shown;
  }

  void judgeLater(Verification.Shown chain) {
    shown = chain;
  }

  /** What the key log says of it. */
  LoggedSecrets secrets() {
    LoggedSecrets known = secrets;
    if (known == null) {
      known = new LoggedSecrets();
      secrets = known;
    }
    return known;
  }

  /** The connection has ended before it was done. */
  void abandon() {
    eraseSecrets();
    if (psks != null) {
      psks.abandon();
    }
  }

  void eraseSecrets() {
    if (secrets != null) {
      secrets.erase();
    }
  }

  /** The secrets of the finished handshake; null when OpenSSL protects the records. */
  @Nullable TrafficSecrets trafficSecrets() {
    LoggedSecrets known = secrets;
    if (known == null
        || !wire.context.recordsInJava
        || written == UNKNOWN
        || LibSsl.pending(wire.ssl) > 0) {
      return null;
    }
    RecordSuite suite = RecordSuite.of(LibSsl.cipher(wire.ssl), wire.asksForKernel());
    return suite == null ? null : known.of(suite, server, written);
  }

  // ---- the steps

  /** Continues the handshake as far as possible; returns as {@link Wire#handshake}. */
  int go(ByteBuffer in) throws IOException {
    boolean filled = false;
    requireAccepted();
    if (state == State.CALLED) {
      settle(in); // before what it wrote is moved, and can no more be counted
    }
    while (true) {
      if (judgesFirst()) {
        return Wire.TASK;
      }
      if (!wire.flush()) {
        return Wire.WRITE;
      }
      switch (state) {
        case CALL, JUDGED -> {
          state = State.CALL;
          call();
          settle(in);
        }
        case RECEIVE -> {
          int length = wire.input.records(in, Stage.HANDSHAKE);
          if (length == 0) {
            if (filled) {
              return Wire.READ;
            }
            filled = true;
            wire.fill(in, hellos);
            length = wire.input.records(in, Stage.HANDSHAKE);
            if (length == 0) {
              return Wire.READ;
            }
          }
          if (awaitsPsk(in, length, filled)) {
            return Wire.LATER;
          }
          fed = length;
          wire.bios.feed(MemorySegment.ofBuffer(in).address(), length);
          if (mayWait()) {
            state = State.CALLED;
            return Wire.TASK;
          }
          call();
          settle(in);
        }
        case CALLED -> throw new IllegalStateException("the task has not ended");
        case DONE -> {
          return Wire.DONE;
        }
      }
    }
  }

  /**
   * Whether the program is asked for a pre-shared key that the next records speak of. The link is
   * read in the meantime, which tells when the client has left.
   */
  private boolean awaitsPsk(ByteBuffer in, int length, boolean filled) throws IOException {
    ClientPsks keys = psks;
    if (keys == null) {
      return false;
    }
    try {
      if (!keys.awaitsAnswer(in, length, hellos)) {
        keys.fed();
        return false;
      }
    } catch (RuntimeException | Error e) {
      judgement.broke(e);
      throw wire.refuseShown(Objects.requireNonNull(judgement.error()), "internal_error");
    }
    if (!filled && in.limit() < in.capacity()) {
      wire.fill(in, hellos);
    }
    return true;
  }

  /** Whether the server's certificates wait to be judged, and the client cannot go on without. */
  private boolean judgesFirst() {
    Verification.Shown waiting = shown;
    if (waiting == null
        || waiting.isJudged()
        || (state == State.RECEIVE && LibCrypto.pending(wire.bios.output) == 0)) {
      return false;
    }
    waiting.stapled(LibSsl.staple(wire.ssl));
    return true;
  }

  /** Whether OpenSSL may have written what only a server that was accepted gets. */
  boolean isHeldBack() {
    Verification.Shown waiting = shown;
    return waiting != null && !waiting.isJudged() && !wire.negotiatedTls13();
  }

  /** By TLS 1.3 OpenSSL asks, and refuses by itself. */
  private void requireAccepted() {
    Verification.Shown judged = shown;
    SslError refused = judged == null || state == State.JUDGED ? null : judgement.error();
    if (refused != null && judged != null && judged.alert() != null) {
      throw wire.refuseShown(refused, judged.alert());
    }
  }

  private boolean mayWait() {
    return server && (wire.context.waitsForKey || (heard && wire.context.verification.verifies()));
  }

  Runnable task() {
    Verification.Shown judged = shown;
    return judged == null || judged.isJudged() ? this::call : () -> judged.judge(judgement);
  }

  /** On the loop, or in a task. The error queue is that of the thread. */
  private void call() {
    try {
      ErrorQueue.clear(); // a program's own calls may have left something on this thread
      int result = LibSsl.handshake(wire.ssl);
      error = result == 1 ? LibSsl.ERROR_NONE : LibSsl.error(wire.ssl, result);
      queued = ErrorQueue.take();
    } catch (Throwable e) {
      thrown = e;
    }
  }

  /** What the last call has done. */
  private void settle(ByteBuffer in) {
    int at = in.position();
    int read = fed == 0 ? 0 : fed - wire.bios.discard();
    fed = 0;
    in.position(at + read);
    heard = true;
    if (!server && read > 0) {
      hellos.serverRecords(in, at, read);
    }
    if (thrown != null) {
      judgement.broke(thrown);
      throw wire.fault(ErrorQueue.Entry.NONE, false);
    }
    switch (error) {
      case LibSsl.ERROR_NONE -> {
        requireOffered();
        requireAuthenticated();
        written = server ? wire.bios.waitingProtectedRecords() : 0;
        state = State.DONE;
      }
      case LibSsl.ERROR_WANT_READ -> state = State.RECEIVE;
      case LibSsl.ERROR_WANT_RETRY_VERIFY -> state = State.JUDGED;
      case LibSsl.ERROR_ZERO_RETURN -> throw HelloObserver.closedByPeer();
      default -> {
        boolean clear = ClearRecord.isForbidden(hellos) && ClearRecord.isLast(in, at, at + read);
        throw wire.fault(queued, clear);
      }
    }
  }

  /** A server must choose an offered protocol (RFC 7301 3.1); OpenSSL does not check it. */
  private void requireOffered() {
    List<String> offered = wire.choices().applications();
    String chosen = server || offered.isEmpty() ? "" : alpn();
    if (!chosen.isEmpty() && !offered.contains(chosen)) {
      throw wire.refuseSealed(
          Stage.HELLO,
          SslFailure.NOT_OFFERED,
          "the peer chose an application protocol (ALPN) that this side did not offer");
    }
  }

  /** OpenSSL asks nobody where no certificate came: by an external PSK, or an anonymous suite. */
  private void requireAuthenticated() {
    NativeContext context = wire.context;
    boolean byKeyAlone = !context.externalPsks.isEmpty() && !wire.choices().showsCertificate();
    boolean mustProve =
        server ? byKeyAlone : context.verification.verifies() && !context.isOutside();
    if (mustProve && shown == null && !LibSsl.resumed(wire.ssl) && wire.externalPsk() == null) {
      throw wire.refuseSealed(
          Stage.CERTIFICATE,
          SslFailure.BAD_CERTIFICATE,
          server
              ? "the client did not use an external PSK, by which alone it can prove who it is"
              : "the server showed no certificate"
                  + (context.externalPsks.isEmpty() ? "" : ", and did not use the external PSK"));
    }
  }

  // ---- result

  private String alpn() {
    return new String(LibSsl.alpn(wire.ssl), StandardCharsets.UTF_8);
  }

  SslSession session(RecordLayer records) {
    long ssl = wire.ssl;
    boolean none = wire.choices().applications().isEmpty() && !wire.context.isOutside();
    String alpn = none ? "" : alpn();
    String named = server ? hellos.serverName().orElse(null) : wire.host();
    // A client may send a name that is invalid.
    String name = named != null && HostName.isSendable(named) ? named : null;
    String psk = wire.externalPsk();
    SslSession session =
        new SslSession(
            Protocol.of(LibSsl.versionName(ssl)),
            LibSsl.cipher(ssl),
            hellos.group(),
            alpn.isEmpty() ? Optional.empty() : Optional.of(alpn),
            Optional.ofNullable(name),
            chain(ssl),
            wire.resumed(),
            OpensslProvider.NAME,
            records);
    return psk == null ? session : session.withExternalPsk(psk);
  }

  private List<X509Certificate> chain(long ssl) {
    X509Certificate[] known = judgement.verified();
    if (known != null) {
      return List.of(known);
    }
    if (wire.externalPsk() != null && shown == null) {
      return List.of();
    }
    if (server && !wire.context.verification.verifies() && !wire.context.isOutside()) {
      return List.of();
    }
    return PeerJudgement.unverified(LibSsl.peerChain(ssl, server));
  }
}
