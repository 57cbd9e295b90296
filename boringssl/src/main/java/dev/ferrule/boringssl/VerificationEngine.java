package dev.ferrule.boringssl;

import dev.ferrule.ssl.trust.HostName;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a trust manager wants to know of the connection whose certificate it judges: an engine that
 * answers questions and does nothing else.
 */
final class VerificationEngine extends SSLEngine {
  private final boolean server;
  private final SSLParameters parameters = new SSLParameters();
  private final VerificationSession session;

  /**
   * Asks about a peer.
   *
   * @param server whether this side is the server
   * @param host the server's name as it must be certified; null when that is not looked at
   */
  VerificationEngine(boolean server, @Nullable String host) {
    super(host, -1);
    this.server = server;
    List<SNIServerName> names = List.of();
    if (host != null) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 6125 as RFC 2818 uses it
      if (HostName.isSendable(host)) {
        names = List.of(new SNIHostName(host));
        parameters.setServerNames(names);
      }
    }
    this.session = new VerificationSession(host, names);
  }

  @Override
  public SSLSession getHandshakeSession() {
    return session;
  }

  @Override
  public SSLSession getSession() {
    return session;
  }

  @Override
  public SSLParameters getSSLParameters() {
    return parameters;
  }

  @Override
  public boolean getUseClientMode() {
    return !server;
  }

  @Override
  public String[] getSupportedProtocols() {
    return new String[] {"TLSv1.3", "TLSv1.2"};
  }

  @Override
  public String[] getEnabledProtocols() {
    return getSupportedProtocols();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return new String[] {session.getCipherSuite()};
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return getSupportedCipherSuites();
  }

  @Override
  public HandshakeStatus getHandshakeStatus() {
    return HandshakeStatus.NEED_TASK;
  }

  @Override
  public boolean getNeedClientAuth() {
    return false;
  }

  @Override
  public boolean getWantClientAuth() {
    return false;
  }

  @Override
  public boolean getEnableSessionCreation() {
    return true;
  }

  @Override
  public boolean isInboundDone() {
    return false;
  }

  @Override
  public boolean isOutboundDone() {
    return false;
  }

  @Override
  public @Nullable Runnable getDelegatedTask() {
    return null;
  }

  private static UnsupportedOperationException onlyAsked() {
    return new UnsupportedOperationException("this engine only answers questions");
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target) {
    throw onlyAsked();
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length) {
    throw onlyAsked();
  }

  @Override
  public void beginHandshake() {
    throw onlyAsked();
  }

  @Override
  public void closeInbound() {
    throw onlyAsked();
  }

  @Override
  public void closeOutbound() {
    throw onlyAsked();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    throw onlyAsked();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    throw onlyAsked();
  }

  @Override
  public void setUseClientMode(boolean mode) {
    throw onlyAsked();
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    throw onlyAsked();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    throw onlyAsked();
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    throw onlyAsked();
  }
}
