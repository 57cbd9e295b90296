package dev.ferrule.ssl.jdk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.trust.HostName;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.StandardConstants;
import org.jspecify.annotations.Nullable;

/**
 * What an engine offers, and the result of its handshake.
 *
 * @param identity whether it has, or may have, a certificate to send
 */
record JdkFacts(SSLEngine engine, boolean identity) implements HelloObserver.Offer {
  /** A label that no protocol has. */
  private static final String PROBE = "EXPERIMENTAL ferrule same session";

  @Override
  public List<String> protocols() {
    return Arrays.asList(engine.getEnabledProtocols());
  }

  @Override
  public List<String> cipherSuites() {
    return Arrays.asList(engine.getEnabledCipherSuites());
  }

  @Override
  public List<String> applications() {
    return Arrays.asList(engine.getSSLParameters().getApplicationProtocols());
  }

  @Override
  public List<String> groups() {
    return Arrays.asList(engine.getSSLParameters().getNamedGroups());
  }

  @Override
  public boolean showsCertificate() {
    SSLSession agreed = engine.getSession();
    return identity
        && (agreed.getProtocol().equals("NONE") || agreed.getLocalCertificates() != null);
  }

  /** Takes a complete record that was received, at the buffer's position. */
  void seen(HelloObserver hellos, ByteBuffer in) {
    int length = RecordInput.HEADER + Short.toUnsignedInt(in.getShort(in.position() + 3));
    if (engine.getUseClientMode()) {
      hellos.serverRecords(in, in.position(), Math.min(length, in.remaining()));
    }
  }

  /** The certificate of the server, which resumed sessions keep too; null when not known. */
  @Nullable X509Certificate serverCertificate(SslSession session) {
    if (engine.getUseClientMode()) {
      return session.peerChain().isEmpty() ? null : session.peerChain().getFirst();
    }
    Certificate @Nullable [] own = engine.getSession().getLocalCertificates();
    return own != null && own.length > 0 && own[0] instanceof X509Certificate x509 ? x509 : null;
  }

  /**
   * A number of this connection's keys, before TLS 1.3; 0 where nothing can be exported. The JDK
   * keeps the randoms of a connection in its session, where another connection that resumes it
   * overwrites them.
   */
  long probe() {
    try {
      return ByteBuffer.wrap(session().exportKeyingMaterialData(PROBE, null, Long.BYTES)).getLong();
    } catch (SSLKeyException | RuntimeException e) {
      return 0;
    }
  }

  /** Exports keying material; {@code probe}: what {@link #probe} has to be; 0 in TLS 1.3. */
  byte[] export(String label, byte @Nullable [] context, int length, long probe) {
    try {
      byte[] material = session().exportKeyingMaterialData(label, context, length);
      if (probe != 0 && probe() != probe) {
        Arrays.fill(material, (byte) 0);
        throw new IllegalStateException(
            "another connection has resumed this one's session, and Java exports keying material of"
                + " the last one only: export it at once, or give clients sessions(0)");
      }
      return material;
    } catch (SSLKeyException | UnsupportedOperationException | ClassCastException e) {
      throw new IllegalStateException(
          "Java exports no keying material of this connection: " + e.getMessage(), e);
    }
  }

  /** That of a context from outside may be of a class that exports nothing. */
  private ExtendedSSLSession session() {
    return (ExtendedSSLSession) engine.getSession();
  }

  /** The session of a handshake that began at {@code beganMillis}. */
  SslSession session(HelloObserver hellos, long beganMillis) {
    SSLSession agreed = engine.getSession();
    String alpn = engine.getApplicationProtocol();
    return new SslSession(
        Protocol.of(agreed.getProtocol()),
        agreed.getCipherSuite(),
        hellos.group(),
        alpn == null || alpn.isEmpty() ? Optional.empty() : Optional.of(alpn),
        serverName(hellos),
        chain(agreed),
        resumed(beganMillis),
        JdkProvider.NAME,
        RecordLayer.LIBRARY);
  }

  /** Whether the session is older than the handshake that began at {@code beganMillis}. */
  boolean resumed(long beganMillis) {
    return engine.getSession().getCreationTime() < beganMillis;
  }

  /**
   * On a server it is the name by which the certificate was chosen. The engine's session has
   * another one when it was resumed under that, or when a second hello names another.
   */
  private Optional<String> serverName(HelloObserver hellos) {
    if (!engine.getUseClientMode()) {
      return hellos.serverName().filter(HostName::isSendable);
    }
    @Nullable List<SNIServerName> names = engine.getSSLParameters().getServerNames();
    if (names != null) {
      for (SNIServerName name : names) {
        if (name.getType() == StandardConstants.SNI_HOST_NAME) {
          return Optional.of(new String(name.getEncoded(), US_ASCII));
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
      return List.of(); // the peer sent none
    }
    return List.copyOf(chain);
  }
}
