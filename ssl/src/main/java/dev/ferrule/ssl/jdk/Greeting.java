package dev.ferrule.ssl.jdk;

import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.spi.ClientHello;
import dev.ferrule.ssl.spi.HelloReader;
import dev.ferrule.ssl.spi.PlainPeer;
import dev.ferrule.ssl.spi.RecordInput;
import dev.ferrule.ssl.spi.ServerHello;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What is seen of the first messages as they pass by in the clear, for the errors that name it, and
 * what the handshake came to.
 */
final class Greeting {
  private static final int ENOUGH_TO_TELL = 3;
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 24;
  private static final int NAMES_SHOWN = 8;

  private final SSLEngine engine;
  private final boolean server;
  private @Nullable HelloReader serverFlight;
  private byte @Nullable [] clientRecord;
  private long beganMillis;
  private @Nullable ServerHello chosen;
  private boolean looked;
  private boolean plain;

  Greeting(SSLEngine engine) {
    this.engine = engine;
    this.server = !engine.getUseClientMode();
  }

  boolean begun() {
    return beganMillis != 0;
  }

  void begin() {
    beganMillis = System.currentTimeMillis();
    serverFlight = HelloReader.ofServer();
  }

  /** Whether the peer does not speak SSL at all. */
  boolean isPlain() {
    return plain;
  }

  /** Throws when the peer's first bytes are not SSL; a browser is told so in its own language. */
  void look(ByteBuffer in, Outlet outlet) {
    if (looked || in.remaining() < ENOUGH_TO_TELL) {
      return;
    }
    looked = true;
    int type = in.get(in.position());
    if (type >= FIRST_TYPE && type <= LAST_TYPE) {
      return;
    }
    plain = true;
    if (server && PlainPeer.isHttpRequest(in)) {
      ByteBuffer answer = PlainPeer.httpAnswer();
      ByteBuffer room = outlet.room(answer.remaining());
      if (room != null) {
        room.put(answer);
      }
    }
    throw new SslError(
        Side.PEER,
        Stage.HELLO,
        null,
        "NOT_SSL",
        "the peer "
            + PlainPeer.describe(in, server)
            + ", and SSL was expected (is it the right port?)",
        null);
  }

  /** A whole record came in, at the buffer's position. */
  void received(ByteBuffer in) {
    int length = RecordInput.HEADER + Short.toUnsignedInt(in.getShort(in.position() + 3));
    if (server) {
      if (clientRecord == null) {
        byte[] record = new byte[Math.min(length, in.remaining())];
        in.get(in.position(), record);
        clientRecord = record;
      }
    } else {
      feed(in.slice(in.position(), Math.min(length, in.remaining())));
    }
  }

  /** Handshake records were made, from {@code start} to the buffer's position. */
  void sent(ByteBuffer out, int start) {
    if (server && out.position() > start) {
      feed(out.slice(start, out.position() - start));
    }
  }

  private void feed(ByteBuffer records) {
    HelloReader reader = serverFlight;
    if (reader != null && reader.feed(records) == HelloReader.Progress.DONE) {
      chosen = reader.serverHello();
      serverFlight = null;
    }
  }

  SslError endedEarly(long received) {
    return new SslTruncated(
        received == 0 ? Stage.HELLO : Stage.HANDSHAKE,
        received == 0
            ? "the peer closed the connection before it said anything (does it speak SSL on this"
                + " port?)"
            : "the peer closed the connection in the middle of the handshake",
        null);
  }

  /** What both sides offered, as far as it is known, as the end of a sentence. */
  String offers() {
    ClientHello offered =
        clientRecord == null ? null : ClientHello.read(ByteBuffer.wrap(clientRecord));
    String theirs =
        offered == null
            ? ""
            : ": the client offers "
                + list(offered.versions())
                + " with "
                + list(offered.cipherSuites());
    return theirs + (theirs.isEmpty() ? ": " : "; ") + "this side has " + ours();
  }

  /** The application protocols of both sides, as far as they are known. */
  String applications() {
    ClientHello offered =
        clientRecord == null ? null : ClientHello.read(ByteBuffer.wrap(clientRecord));
    return (offered == null ? ": " : ": the client offers " + list(offered.alpn()) + "; ")
        + "this side has "
        + list(Arrays.asList(engine.getSSLParameters().getApplicationProtocols()));
  }

  /** What this side offered, where a refusal by the peer may be about that. */
  String offer(String alert, Stage stage) {
    if (alert.equals("no_application_protocol")) {
      return applications();
    }
    return stage == Stage.HELLO ? "; this side offered " + ours() : "";
  }

  private String ours() {
    return list(Arrays.asList(engine.getEnabledProtocols()))
        + " with "
        + list(Arrays.stream(engine.getEnabledCipherSuites()).filter(this::speaks).toList());
  }

  /** Whether a suite belongs to one of the enabled versions: those of TLS 1.3 are its own. */
  private boolean speaks(String suite) {
    List<String> versions = Arrays.asList(engine.getEnabledProtocols());
    if (suite.startsWith("TLS_AES_") || suite.startsWith("TLS_CHACHA20_")) {
      return versions.contains(Protocol.TLS_1_3.toString());
    }
    return versions.stream().anyMatch(version -> !version.equals(Protocol.TLS_1_3.toString()));
  }

  private static String list(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())));
    int more = names.size() - NAMES_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  SslError closedByPeer() {
    return new SslError(
        Side.PEER,
        Stage.HANDSHAKE,
        "close_notify",
        "CANCELLED",
        "the peer broke the handshake off (close_notify)",
        null);
  }

  /** The facts; what was kept of the messages is dropped. */
  SslSession session() {
    clientRecord = null;
    HelloReader reader = serverFlight;
    ServerHello hello = chosen != null || reader == null ? chosen : reader.serverHello();
    serverFlight = null;
    chosen = null;
    SSLSession agreed = engine.getSession();
    String alpn = engine.getApplicationProtocol();
    return new SslSession(
        Protocol.of(agreed.getProtocol()),
        agreed.getCipherSuite(),
        hello == null ? Optional.empty() : hello.group(),
        alpn == null || alpn.isEmpty() ? Optional.empty() : Optional.of(alpn),
        serverName(agreed),
        chain(agreed),
        agreed.getCreationTime() < beganMillis,
        JdkProvider.NAME);
  }

  private Optional<String> serverName(SSLSession agreed) {
    @Nullable List<SNIServerName> names =
        engine.getUseClientMode()
            ? engine.getSSLParameters().getServerNames()
            : agreed instanceof ExtendedSSLSession extended
                ? extended.getRequestedServerNames()
                : null;
    if (names != null) {
      for (SNIServerName name : names) {
        if (name instanceof SNIHostName host) {
          return Optional.of(host.getAsciiName());
        }
      }
    }
    return Optional.empty();
  }

  private static List<X509Certificate> chain(SSLSession agreed) {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (Certificate certificate : agreed.getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          chain.add(x509);
        }
      }
    } catch (SSLPeerUnverifiedException e) {
      return List.of(); // it showed none
    }
    return List.copyOf(chain);
  }
}
