package dev.ferrule.ssl;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a context, as a provider receives them. Immutable.
 *
 * @param server whether it is for servers
 * @param credentials the certificate and key of this side; a server always has them
 * @param trust the trusted certificates; null for the system's store
 * @param verify how a client checks its server
 * @param clientAuth whether a server asks for certificates
 * @param protocols the versions, oldest first, at least one
 * @param ciphers the suites to choose from
 * @param options the options that were set
 * @param alpn application protocols, the preferred first; empty for none
 * @param records what is to protect the records; null for the best that the provider can
 */
public record SslSettings(
    boolean server,
    @Nullable Credentials credentials,
    @Nullable List<TrustedCertificate> trust,
    Verify verify,
    ClientAuth clientAuth,
    Set<Protocol> protocols,
    CipherString ciphers,
    Set<SslOption> options,
    List<String> alpn,
    @Nullable RecordLayer records) {
  /** The same with another identity. */
  SslSettings with(Credentials identity) {
    return new SslSettings(
        server, identity, trust, verify, clientAuth, protocols, ciphers, options, alpn, records);
  }
}
