package dev.ferrule.boringssl;

import java.security.Principal;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * The session of an {@link VerificationEngine}: whom it is with, and what it may be signed with.
 */
final class VerificationSession extends ExtendedSSLSession {
  /** Signatures within certificates; the JDK's policy (jdk.certpath...) bans what is weak. */
  private static final String[] SIGNATURES = {
    "SHA256withECDSA",
    "SHA384withECDSA",
    "SHA512withECDSA",
    "Ed25519",
    "Ed448",
    "RSASSA-PSS",
    "SHA256withRSA",
    "SHA384withRSA",
    "SHA512withRSA",
    "SHA1withECDSA",
    "SHA1withRSA"
  };

  private final @Nullable String host;
  private final List<SNIServerName> names;

  VerificationSession(@Nullable String host, List<SNIServerName> names) {
    this.host = host;
    this.names = names;
  }

  @Override
  public @Nullable String getPeerHost() {
    return host;
  }

  @Override
  public List<SNIServerName> getRequestedServerNames() {
    return names;
  }

  @Override
  public List<byte[]> getStatusResponses() {
    return List.of();
  }

  @Override
  public String[] getLocalSupportedSignatureAlgorithms() {
    return SIGNATURES.clone();
  }

  @Override
  public String[] getPeerSupportedSignatureAlgorithms() {
    return SIGNATURES.clone();
  }

  @Override
  public String getProtocol() {
    return "TLSv1.3";
  }

  @Override
  public String getCipherSuite() {
    return "TLS_AES_128_GCM_SHA256";
  }

  @Override
  public int getPeerPort() {
    return -1;
  }

  @Override
  public byte[] getId() {
    return new byte[0];
  }

  @Override
  public @Nullable SSLSessionContext getSessionContext() {
    return null;
  }

  @Override
  public long getCreationTime() {
    return 0;
  }

  @Override
  public long getLastAccessedTime() {
    return 0;
  }

  @Override
  public void invalidate() {}

  @Override
  public boolean isValid() {
    return false;
  }

  @Override
  public void putValue(String name, Object value) {
    throw new UnsupportedOperationException("nothing can be kept in a session that is judged");
  }

  @Override
  public @Nullable Object getValue(String name) {
    return null;
  }

  @Override
  public void removeValue(String name) {}

  @Override
  public String[] getValueNames() {
    return new String[0];
  }

  @Override
  public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
    throw new SSLPeerUnverifiedException("the peer's certificate is just being judged");
  }

  @Override
  public Certificate @Nullable [] getLocalCertificates() {
    return null;
  }

  @Override
  public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
    throw new SSLPeerUnverifiedException("the peer's certificate is just being judged");
  }

  @Override
  public @Nullable Principal getLocalPrincipal() {
    return null;
  }

  @Override
  public int getPacketBufferSize() {
    return 16_384 + 256 + 5;
  }

  @Override
  public int getApplicationBufferSize() {
    return 16_384;
  }
}
