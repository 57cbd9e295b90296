package dev.ferrule.boringssl;

import dev.ferrule.spi.Wire;
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
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.records.RecordSuite;
import dev.ferrule.ssl.records.TrafficSecrets;
import dev.ferrule.ssl.trust.HostName;
import io.netty.internal.tcnative.SSL;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of a handshake. It is a separate object so that an idle connection does not hold it.
 * BoringSSL gets whole records. Its BIO has one external buffer, for either input or output: while
 * that is the input, output goes into the BIO's own small buffer, and when it is full BoringSSL
 * asks to be called with an output buffer.
 */
final class Handshake {
  /** Room for a flight of handshake messages in bytes; a longer flight is sent in pieces. */
  private static final int FLIGHT = 20 * 1024;

  private static final int APPLICATION_DATA = 23;
  private static final int UNKNOWN = -1;

  private enum Step {
    SEND,
    RECEIVE,
    FINISH
  }

  private final BoringWire wire;
  private final boolean server;
  private final HelloObserver hellos;
  private final PeerJudgement judgement;
  private final @Nullable HandshakeSignatures signatures;
  final AwaitedAnswer answer = new AwaitedAnswer();
  private Step step;
  private boolean heard; // BoringSSL has read the SslHello
  private int written = UNKNOWN; // records after the handshake
  private @Nullable LoggedSecrets secrets;
  private @Nullable Runnable task;

  /** {@code hello} is what a server's client has said; null on a client. */
  Handshake(BoringWire wire, OfferedParameters choices, @Nullable SslHello hello) {
    this.wire = wire;
    this.server = choices.server();
    this.hellos = new HelloObserver(choices, hello);
    this.judgement = new PeerJudgement(hellos);
    this.step = server ? Step.RECEIVE : Step.SEND;
    this.signatures = choices.sha1() ? null : new HandshakeSignatures(choices.key());
  }

  HelloObserver hellos() {
    return hellos;
  }

  PeerJudgement judgement() {
    return judgement;
  }

  void broke(Throwable reason) {
    judgement.broke(reason);
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

  void eraseSecrets() {
    if (secrets != null) {
      secrets.erase();
    }
  }

  /** exporter_secret, if BoringSSL told it; the others are overwritten. */
  byte @Nullable [] exporter() {
    LoggedSecrets known = secrets;
    byte[] exporter = known == null ? null : known.takeExporter();
    eraseSecrets();
    return exporter;
  }

  /** The secrets of the finished handshake; null when BoringSSL protects the records. */
  @Nullable TrafficSecrets trafficSecrets() {
    LoggedSecrets known = secrets;
    if (known == null
        || !wire.context.recordsInJava
        || written == UNKNOWN
        || SSL.sslPending(wire.ssl) > 0) {
      return null;
    }
    String name = OfferedParameters.iana(SSL.getCipherForSSL(wire.ssl));
    RecordSuite suite = RecordSuite.of(name, wire.asksForKernel());
    return suite == null ? null : known.of(suite, server, written);
  }

  Runnable task() {
    Runnable next = task;
    if (next == null) {
      throw new IllegalStateException("there is no task");
    }
    task = null;
    return next;
  }

  /** Continues the handshake as far as possible; returns as {@link Wire#handshake}. */
  int go(ByteBuffer in) throws IOException {
    boolean filled = false;
    while (true) {
      int want = READY;
      switch (step) {
        case SEND -> want = send();
        case RECEIVE -> {
          int fed = wire.input.records(in, Stage.HANDSHAKE);
          if (fed == 0) {
            if (filled) {
              return Wire.READ;
            }
            filled = true;
            wire.fill(in, hellos);
            fed = wire.input.records(in, Stage.HANDSHAKE);
            if (fed == 0) {
              return Wire.READ;
            }
          }
          requireStrong(in, fed);
          want = receive(in, fed);
        }
        case FINISH -> {
          return finish();
        }
      }
      if (want != READY) {
        return want;
      }
    }
  }

  /** Continue with the next step. */
  private static final int READY = 1;

  private int send() {
    ByteBuffer room = wire.output(FLIGHT, true);
    if (room == null) {
      return Wire.WRITE;
    }
    int start = room.position();
    int result = SSL.doHandshake(wire.ssl);
    int error = result == 1 ? SSL.SSL_ERROR_NONE : SSL.getError(wire.ssl, result);
    wire.filled(room);
    if (server) {
      hellos.serverRecords(room, start, room.position() - start);
    }
    if (error == SSL.SSL_ERROR_WANT_WRITE) {
      return Wire.WRITE;
    }
    return next(error, false);
  }

  private int receive(ByteBuffer in, int fed) {
    int at = in.position();
    long address = wire.loop.remembered(in) + at;
    SSL.bioSetByteBuffer(wire.bio, address, fed, false);
    ServerTickets tickets = wire.context.tickets;
    if (tickets != null && heard) {
      tickets.limit(wire.ssl); // the client's last flight is answered with tickets
    }
    int result = SSL.doHandshake(wire.ssl);
    int error = result == 1 ? SSL.SSL_ERROR_NONE : SSL.getError(wire.ssl, result);
    int left = SSL.bioLengthByteBuffer(wire.bio);
    SSL.bioClearByteBuffer(wire.bio);
    heard = true;
    in.position(at + fed - left);
    if (!server) {
      hellos.serverRecords(in, at, fed - left);
    }
    boolean clear = ClearRecord.isForbidden(hellos) && ClearRecord.isLast(in, at, at + fed - left);
    int want = next(error, clear);
    if (step == Step.RECEIVE && SSL.bioLengthNonApplication(wire.bio) > 0) {
      step = Step.SEND;
    }
    return want;
  }

  private int next(int error, boolean clear) {
    if (error == SSL.SSL_ERROR_NONE) {
      requireOffered();
      step = Step.FINISH;
    } else if (error == SSL.SSL_ERROR_WANT_READ) {
      step = Step.RECEIVE;
    } else if (error == SSL.SSL_ERROR_WANT_WRITE) {
      step = Step.SEND;
    } else if (error == SSL.SSL_ERROR_WANT_CERTIFICATE_VERIFY
        || error == SSL.SSL_ERROR_WANT_PRIVATE_KEY_OPERATION) {
      task = SSL.getTask(wire.ssl);
      step = Step.SEND;
      return Wire.TASK;
    } else if (error == SSL.SSL_ERROR_ZERO_RETURN) {
      throw HelloObserver.closedByPeer();
    } else {
      throw wire.nativeFault(clear);
    }
    return READY;
  }

  /** A server must choose an offered protocol (RFC 7301 3.1); BoringSSL does not check it. */
  private void requireOffered() {
    List<String> offered = wire.choices().applications();
    String chosen = server || offered.isEmpty() ? null : SSL.getAlpnSelected(wire.ssl);
    if (chosen != null && !chosen.isEmpty() && !offered.contains(chosen)) {
      throw wire.refuseSealed(
          Stage.HELLO,
          SslFailure.NOT_OFFERED,
          "the peer chose an application protocol (ALPN) that this side did not offer");
    }
  }

  /**
   * Sends what is left. In TLS 1.3 that is a server's tickets, which BoringSSL otherwise sends with
   * the first data.
   */
  private int finish() {
    boolean nothingWaits = SSL.bioLengthNonApplication(wire.bio) == 0;
    if (server || !nothingWaits) {
      ByteBuffer room = wire.output(FLIGHT, true);
      if (room == null) {
        return Wire.WRITE;
      }
      int start = room.position();
      if (server) {
        SSL.writeToSSL(wire.ssl, wire.loop.remembered(room), 0);
      }
      wire.filled(room);
      if (server) {
        boolean whole = nothingWaits && SSL.bioLengthNonApplication(wire.bio) == 0;
        written = whole ? protectedRecords(room, start) : UNKNOWN;
      }
    }
    if (!server) {
      written = 0; // what was sent now is of the handshake
    }
    return Wire.DONE;
  }

  /** The encrypted records between {@code start} and the position. */
  private static int protectedRecords(ByteBuffer room, int start) {
    int records = 0;
    int at = start;
    while (at + RecordInput.HEADER <= room.position() && room.get(at) == APPLICATION_DATA) {
      records++;
      at += RecordInput.HEADER + Short.toUnsignedInt(room.getShort(at + 3));
    }
    return at == room.position() ? records : UNKNOWN;
  }

  // ---- input

  /** Refuses a client that takes no signature of this side's key but with SHA-1 (RFC 9155). */
  void requireSignature(SslHello hello) {
    if (!wire.choices().sha1() && HandshakeSignatures.leavesNone(hello, wire.choices())) {
      throw wire.refuse(
          40,
          Stage.HELLO,
          SslFailure.NO_SHARED_SIGNATURE,
          "no kind of signature is shared with the peer but SHA-1, which can be forged (RFC 9155;"
              + " the option allow-sha1-handshake accepts it)");
    }
  }

  /** Refuses a signature with SHA-1 before BoringSSL accepts it (RFC 9155). */
  private void requireStrong(ByteBuffer in, int fed) {
    HandshakeSignatures reader = signatures;
    if (reader == null) {
      return;
    }
    boolean legacy = server && heard && !"TLSv1.2".equals(SSL.getVersion(wire.ssl));
    String fault = reader.look(in, in.position(), fed, legacy);
    if (fault != null) {
      throw wire.refuse(
          47,
          Stage.HANDSHAKE,
          SslFailure.WEAK_SIGNATURE,
          fault + ", which can be forged (RFC 9155; the option allow-sha1-handshake accepts it)");
    }
  }

  /** The error of verification; null when it did not fail. */
  @Nullable SslError verificationError() {
    return judgement.error();
  }

  // ---- result

  SslSession session(RecordLayer records) {
    long ssl = wire.ssl;
    String alpn = wire.choices().applications().isEmpty() ? null : SSL.getAlpnSelected(ssl);
    String host = wire.host();
    String named = server ? SSL.getSniHostname(ssl) : host;
    // A client may send a name that is invalid.
    String name = named != null && HostName.isSendable(named) ? named : null;
    return new SslSession(
        Protocol.of(SSL.getVersion(ssl)),
        OfferedParameters.iana(SSL.getCipherForSSL(ssl)),
        hellos.group(),
        alpn == null || alpn.isEmpty() ? Optional.empty() : Optional.of(alpn),
        Optional.ofNullable(name),
        chain(ssl),
        SSL.isSessionReused(ssl),
        BoringProvider.NAME,
        records);
  }

  private List<X509Certificate> chain(long ssl) {
    X509Certificate[] known = judgement.verified();
    if (known != null) {
      return List.of(known);
    }
    if (server && !wire.context.verifies()) {
      return List.of();
    }
    byte[] own = SSL.getPeerCertificate(ssl);
    if (own == null) {
      return List.of();
    }
    byte[][] rest = SSL.getPeerCertChain(ssl);
    if (!server && rest != null) {
      return PeerJudgement.unverified(rest); // on a client it starts with the leaf
    }
    byte[][] all = new byte[rest == null ? 1 : rest.length + 1][];
    all[0] = own;
    for (int i = 1; i < all.length; i++) {
      all[i] = rest[i - 1];
    }
    return PeerJudgement.unverified(all);
  }
}
