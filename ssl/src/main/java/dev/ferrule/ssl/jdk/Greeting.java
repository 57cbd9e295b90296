package dev.ferrule.ssl.jdk;

import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslTruncated;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What is seen of the first messages, and what the handshake came to. */
final class Greeting {
  private final SSLEngine engine;
  private long beganMillis;
  private boolean plain;

  Greeting(SSLEngine engine) {
    this.engine = engine;
  }

  boolean begun() {
    return beganMillis != 0;
  }

  void begin() {
    beganMillis = System.currentTimeMillis();
  }

  /** Whether the peer does not speak SSL at all. */
  boolean isPlain() {
    return plain;
  }

  void look(ByteBuffer in, Outlet outlet) {}

  void sent(ByteBuffer out, int start) {}

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
    return "";
  }

  /** What this side offered, where a refusal by the peer may be about that. */
  String offer(Stage stage) {
    return "";
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

  SslSession session() {
    SSLSession agreed = engine.getSession();
    String alpn = engine.getApplicationProtocol();
    return new SslSession(
        Protocol.of(agreed.getProtocol()),
        agreed.getCipherSuite(),
        Optional.empty(),
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
