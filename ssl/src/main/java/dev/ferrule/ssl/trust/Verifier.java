package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.ssl.trust.PathResult.Valid;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the certificates of peers, for every provider: the path by {@link PathSearch}, then the
 * host. Each refusal is an {@link UnacceptableCertificate}. Immutable: any thread.
 */
public final class Verifier extends X509ExtendedTrustManager {
  /** What the client has said, while the JDK's engine works on its handshake. */
  public static final ScopedValue<SslHello> HELLO = ScopedValue.newInstance();

  /** Who hears which certificates the peer has shown, while the JDK's engine works. */
  public static final ScopedValue<Consumer<X509Certificate[]>> SHOWN = ScopedValue.newInstance();

  private final Trust trust;
  private final Set<SslOption> allowed;
  private final PeerChecks checks;
  private final Revocation revocation;
  private final Clock clock;

  /**
   * Verifies with the system's clock.
   *
   * @param trust the trust anchors
   * @param options among them those that accept weak certificates
   * @param checks what else is asked
   * @param revocation what was revoked
   */
  public Verifier(Trust trust, Set<SslOption> options, PeerChecks checks, Revocation revocation) {
    this(trust, options, checks, revocation, Clock.systemUTC());
  }

  Verifier(
      Trust trust, Set<SslOption> options, PeerChecks checks, Revocation revocation, Clock clock) {
    this.trust = trust;
    this.allowed = Set.copyOf(options);
    this.checks = checks;
    this.revocation = revocation;
    this.clock = clock;
  }

  /**
   * Verifies a server's certificates.
   *
   * @param chain its certificates, the leaf first
   * @param authType the authentication type of JSSE: {@code RSA} for RSA key exchange
   * @param namesHost whether the leaf must name the host
   * @param host null when it is not known, which is then a refusal
   * @param stapled the OCSP response that came with them; null or empty when none did
   * @throws UnacceptableCertificate when they are not accepted
   */
  public void verifyServer(
      X509Certificate[] chain,
      String authType,
      boolean namesHost,
      @Nullable String host,
      byte @Nullable [] stapled)
      throws UnacceptableCertificate {
    Judgement judgement = new Judgement(chain, null);
    if (checks.path()) {
      AtomicReference<List<X509Certificate>> path = new AtomicReference<>(List.of(chain));
      judgement.check(() -> path.set(verify(chain, Purpose.ofServer(authType))));
      judgement.check(() -> requireGood(path.get(), stapled));
      if (namesHost) {
        judgement.check(() -> verifyHost(chain, host));
      }
    }
    judgement.check(() -> requireAllowed(chain));
    judgement.end();
  }

  /** One thing that is asked of a peer's certificates. */
  @FunctionalInterface
  private interface Check {
    void run() throws UnacceptableCertificate;
  }

  /**
   * All that is asked, one after the other: the first problem ends it, unless the program accepts
   * that one. It cannot accept what it was not told.
   */
  private final class Judgement {
    private final X509Certificate[] chain;
    private final @Nullable SslHello hello;
    private boolean told;

    Judgement(X509Certificate[] chain, @Nullable SslHello hello) {
      this.chain = chain;
      this.hello = hello;
    }

    void check(Check check) throws UnacceptableCertificate {
      try {
        check.run();
      } catch (UnacceptableCertificate e) {
        checks.decide(chain, e, hello);
        told = true;
      }
    }

    void end() throws UnacceptableCertificate {
      if (!told) {
        checks.decide(chain, null, hello);
      }
    }
  }

  private void requireGood(List<X509Certificate> path, byte @Nullable [] stapled)
      throws UnacceptableCertificate {
    Refusal refusal;
    try {
      refusal = Stapled.fault(path, stapled, clock.instant(), allowed);
    } catch (RuntimeException e) {
      throw failed(e);
    }
    if (refusal != null) {
      throw new UnacceptableCertificate(refusal);
    }
  }

  private void requireAllowed(X509Certificate[] chain) throws UnacceptableCertificate {
    Refusal refusal = checks.refusal(chain[0]);
    if (refusal != null) {
      throw new UnacceptableCertificate(refusal);
    }
  }

  /**
   * Verifies that a server's certificate names its host.
   *
   * @param host null when it is not known, which is a refusal
   * @throws UnacceptableCertificate when it does not
   */
  public static void verifyHost(X509Certificate[] chain, @Nullable String host)
      throws UnacceptableCertificate {
    Refusal fault;
    try {
      fault = NamedHost.fault(chain[0], host);
    } catch (RuntimeException e) {
      throw failed(e);
    }
    if (fault != null) {
      throw new UnacceptableCertificate(fault);
    }
  }

  /**
   * Verifies a client's certificates.
   *
   * @param chain its certificates, the leaf first
   * @param hello what it has said; null when that is not known
   * @throws UnacceptableCertificate when they are not accepted
   */
  public void verifyClient(X509Certificate[] chain, @Nullable SslHello hello)
      throws UnacceptableCertificate {
    Judgement judgement = new Judgement(chain, hello);
    judgement.check(() -> verify(chain, Purpose.CLIENT));
    judgement.check(() -> requireAllowed(chain));
    judgement.end();
  }

  /** The path that was found, the anchor last. */
  private List<X509Certificate> verify(X509Certificate[] chain, Purpose purpose)
      throws UnacceptableCertificate {
    List<X509Certificate> path = List.of();
    Refusal refusal;
    try {
      PathResult result =
          PathSearch.validate(
              Arrays.asList(chain), trust.anchors(), clock.instant(), purpose, allowed, revocation);
      switch (result) {
        case Refusal refused -> refusal = refused;
        case Valid valid -> {
          path = valid.certificates();
          refusal = distrusted(path, purpose);
        }
      }
    } catch (RuntimeException e) {
      throw failed(e);
    }
    if (refusal != null) {
      throw new UnacceptableCertificate(refusal);
    }
    return path;
  }

  /**
   * The JDK reads parts of a certificate when they are asked for: what it throws then, declared or
   * not, is about what the peer sent.
   */
  private static UnacceptableCertificate failed(RuntimeException e) {
    return new UnacceptableCertificate(
        new Refusal(
            Reason.UNREADABLE,
            "the peer's certificates cannot be judged: " + CertificateText.clean(e)));
  }

  private @Nullable Refusal distrusted(List<X509Certificate> path, Purpose purpose) {
    String why = trust.distrust(path, purpose != Purpose.CLIENT);
    return why == null
        ? null
        : new Refusal(
            Reason.DISTRUSTED,
            "the JDK's policy does not accept the peer's certificate: "
                + CertificateText.clean(why));
  }

  // ---- called by the JDK's engine

  private static void shown(X509Certificate[] chain) {
    if (SHOWN.isBound()) {
      SHOWN.get().accept(chain);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws UnacceptableCertificate {
    shown(chain);
    boolean namesHost = engine.getSSLParameters().getEndpointIdentificationAlgorithm() != null;
    List<byte[]> stapled =
        engine.getHandshakeSession() instanceof ExtendedSSLSession session
            ? session.getStatusResponses()
            : List.of();
    verifyServer(
        chain,
        authType,
        namesHost,
        engine.getPeerHost(),
        stapled.isEmpty() ? null : stapled.getFirst());
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws UnacceptableCertificate {
    shown(chain);
    verifyClient(chain, HELLO.isBound() ? HELLO.get() : null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws UnacceptableCertificate {
    verifyServer(chain, authType, false, null, null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws UnacceptableCertificate {
    verifyClient(chain, HELLO.isBound() ? HELLO.get() : null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws UnacceptableCertificate {
    verifyServer(chain, authType, false, null, null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws UnacceptableCertificate {
    verifyClient(chain, HELLO.isBound() ? HELLO.get() : null);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.anchors().certificates().toArray(X509Certificate[]::new);
  }
}
