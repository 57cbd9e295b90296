package dev.ferrule.ssl;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.hello.NamedGroup;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What a handshake agreed on. Immutable; may be kept and read from any thread.
 *
 * @param protocol the version
 * @param cipher the suite, by its IANA name
 * @param group the key exchange group, if the provider reports it or the hello messages show it
 * @param alpn the application protocol, when one was agreed (RFC 7301)
 * @param serverName the name that the client asked for (RFC 6066 3)
 * @param peerChain the peer's certificates, the leaf first; empty when it sent none
 * @param resumed whether an earlier session was resumed
 * @param provider the name of the provider
 * @param records what encrypts and decrypts the records of the connection
 * @param kernel which of them the kernel has taken over from {@code records}, as far as that is
 *     known: a client's is only when its tickets have come
 * @param externalPsk the identity of the external pre-shared key by which the sides authenticated
 *     each other, where they did
 */
public record SslSession(
    Protocol protocol,
    String cipher,
    Optional<String> group,
    Optional<String> alpn,
    Optional<String> serverName,
    List<X509Certificate> peerChain,
    boolean resumed,
    String provider,
    RecordLayer records,
    KernelTls kernel,
    Optional<String> externalPsk) {

  /** One whose records the kernel has no part in. */
  public SslSession(
      Protocol protocol,
      String cipher,
      Optional<String> group,
      Optional<String> alpn,
      Optional<String> serverName,
      List<X509Certificate> peerChain,
      boolean resumed,
      String provider,
      RecordLayer records) {
    this(
        protocol,
        cipher,
        group,
        alpn,
        serverName,
        peerChain,
        resumed,
        provider,
        records,
        KernelTls.NONE,
        Optional.empty());
  }

  /**
   * The same, which was authenticated by an external pre-shared key.
   *
   * @param identity of the key
   */
  public SslSession withExternalPsk(String identity) {
    return with(kernel, Optional.of(identity));
  }

  /** The same, of which the kernel does so much. */
  SslSession with(KernelTls directions) {
    return with(directions, externalPsk);
  }

  private SslSession with(KernelTls directions, Optional<String> identity) {
    return new SslSession(
        protocol,
        cipher,
        group,
        alpn,
        serverName,
        peerChain,
        resumed,
        provider,
        records,
        directions,
        identity);
  }

  /** Who the peer's certificate says that it is; empty when it sent none. */
  public Optional<SslIdentity> peer() {
    return peerChain.isEmpty()
        ? Optional.empty()
        : Optional.of(SslIdentity.of(peerChain.getFirst()));
  }

  /**
   * Whether the key exchange group is post-quantum: a recorded connection stays secret when a
   * quantum computer exists.
   */
  public boolean postQuantum() {
    return group.flatMap(NamedGroup::of).filter(NamedGroup::isPostQuantum).isPresent();
  }

  /** One line for the log, without certificates. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(protocol + " " + cipher);
    group.ifPresent(name -> line.append(", group ").append(name));
    line.append(postQuantum() ? " (post-quantum)" : "");
    alpn.ifPresent(name -> line.append(", ALPN ").append(SafeText.of(name)));
    externalPsk.ifPresent(name -> line.append(", external PSK ").append(SafeText.of(name)));
    line.append(resumed ? ", resumed" : "").append(", by ").append(provider);
    line.append(records == RecordLayer.JAVA ? ", records in Java" : "");
    return switch (kernel) {
      case NONE -> line.toString();
      case SENDING -> line.append(", sent ones by the kernel").toString();
      case RECEIVING -> line.append(", received ones by the kernel").toString();
      case BOTH -> line.append(", all by the kernel").toString();
    };
  }
}
