package dev.ferrule.ssl;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The program's own judgement of a peer's certificates, behind what is checked anyway. */
@FunctionalInterface
public interface SslVerifier {
  /**
   * Called for each problem, as long as it accepts them: of the path, of its OCSP response, of the
   * host, and of pins and rules; or once, when there is none. Of several problems of a path the
   * most serious is told. Called in a task of the handshake, on the loop's executor for tasks and
   * not on the loop's thread, which it may keep waiting within the time limit for the handshake. An
   * exception that it throws fails the handshake as a fault of this side.
   *
   * @param chain the peer's certificates, the leaf first, as they came
   * @param problem why they would be refused; empty when all checks passed
   * @param hello what the client has said, on a server; empty on a client
   * @return whether they are accepted; true with a problem accepts what nobody has verified
   */
  boolean accepts(List<X509Certificate> chain, Optional<String> problem, Optional<SslHello> hello);
}
