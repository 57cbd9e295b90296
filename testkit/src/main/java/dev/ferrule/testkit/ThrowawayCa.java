package dev.ferrule.testkit;

import dev.ferrule.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A certificate authority in memory, for tests and demonstrations: it signs every request and
 * stores nothing. Its keys protect nothing.
 *
 * <pre>{@code
 * ThrowawayCa ca = ThrowawayCa.create();
 * Ssl.server(loop, "127.0.0.1", 0).context(ca.serverContext("127.0.0.1"))...
 * Ssl.connect(loop, "127.0.0.1", port).context(ca.clientContext())...
 *
 * Issued server = ca.issue("localhost", "127.0.0.1", "::1");
 * Issued stale = ca.request("localhost").expired().issue();
 * }</pre>
 *
 * <p>Immutable: any thread.
 */
public final class ThrowawayCa {
  static final Duration LIFE = Duration.ofDays(30);

  private final Authority root;
  private final X509Certificate certificate;

  private ThrowawayCa(Authority root) {
    Instant now = Instant.now();
    this.root = root;
    // Long enough for leaves that are expired or not yet valid.
    this.certificate =
        root.certifyAuthority(
            root, now.minus(LIFE.multipliedBy(24)), now.plus(LIFE.multipliedBy(24)));
  }

  /**
   * Makes an authority with an EC key.
   *
   * @return a new authority
   */
  public static ThrowawayCa create() {
    return create(KeyType.EC_P256);
  }

  /**
   * Makes an authority with a key of the given type, which signs all that it issues.
   *
   * @param type the kind of its key
   * @return a new authority
   */
  public static ThrowawayCa create(KeyType type) {
    return new ThrowawayCa(Authority.named("Ferrule throw-away CA", type));
  }

  /** {@return the root certificate, for the side that shall trust this authority} */
  public X509Certificate certificate() {
    return certificate;
  }

  /** {@return the root certificate as PEM (RFC 7468)} */
  public String pem() {
    return PemText.of(List.of(certificate));
  }

  /**
   * Begins a revocation list of this authority, without entries, of a day ago and for 30 days.
   *
   * @return a list to refine and sign
   */
  public CrlDraft crl() {
    return CrlDraft.of(certificate, root.keys().getPrivate());
  }

  /**
   * Issues a server certificate with an EC key, valid from yesterday for 30 days.
   *
   * @param names host names, wildcards or literal IP addresses (RFC 6125); the first is the common
   *     name too
   * @return the certificate and its key
   * @throws IllegalArgumentException if there is no name
   */
  public Issued issue(String... names) {
    return request(names).issue();
  }

  /**
   * Makes a context of servers, with a new certificate of this authority.
   *
   * @param names as for {@link #issue}
   * @return a context with the default settings of servers
   * @throws IllegalArgumentException if there is no name
   */
  public SslContext serverContext(String... names) {
    return SslContext.server().credentials(issue(names).credentials()).build();
  }

  /**
   * Makes a context of clients that trust this authority and no other.
   *
   * @return a context with the default settings of clients
   */
  public SslContext clientContext() {
    return SslContext.client().trust(List.of(certificate)).build();
  }

  /**
   * Begins a request for a certificate that differs from those of {@link #issue}.
   *
   * @param names as for {@link #issue}; at least one. {@code uri:} and {@code email:} begin names
   *     of those forms
   * @return a request to refine and issue
   * @throws IllegalArgumentException if there is no name
   */
  public CertificateRequest request(String... names) {
    return new CertificateRequest(root, List.of(names));
  }

  /**
   * Begins an OCSP response (RFC 6960) about a certificate of this authority, which is good, from
   * an hour ago until in a day.
   *
   * @param about a certificate that this authority has issued
   * @return a response to change and encode
   */
  public OcspDraft ocsp(X509Certificate about) {
    return new OcspDraft(root, certificate, about);
  }
}
