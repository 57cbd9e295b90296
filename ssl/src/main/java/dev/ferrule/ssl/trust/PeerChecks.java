package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.ClientRule;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslIdentity;
import dev.ferrule.ssl.SslVerifier;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a peer's certificate beside its path and host. Immutable.
 *
 * @param path whether the path, and of a server the host, is verified at all
 * @param pins the keys that it may have; null for any
 * @param rules of which one must allow a client; empty for any
 * @param verifier the program's own judgement, the last; null for none
 */
public record PeerChecks(
    boolean path, @Nullable Pins pins, List<ClientRule> rules, @Nullable SslVerifier verifier) {
  /** The path and the host, and nothing else. */
  public static final PeerChecks NONE = new PeerChecks(true, null, List.of(), null);

  /** With pins as text; none for any key. */
  public static PeerChecks of(
      boolean path, List<String> pins, List<ClientRule> rules, @Nullable SslVerifier verifier) {
    return new PeerChecks(path, pins.isEmpty() ? null : new Pins(pins), rules, verifier);
  }

  /** Why a certificate is refused whose path is valid; null when it is not. */
  @Nullable Refusal refusal(X509Certificate leaf) {
    if (pins != null && !pins.hold(leaf)) {
      return new Refusal(
          Reason.PIN,
          "the peer's public key is none of those that are pinned; it is " + Pins.of(leaf),
          leaf);
    }
    if (!rules.isEmpty()) {
      SslIdentity client = SslIdentity.of(leaf);
      if (rules.stream().noneMatch(rule -> rule.allows(client))) {
        return new Refusal(
            Reason.RULE,
            "no rule allows the client "
                + CertificateText.clean(client.toString())
                + ": "
                + String.join(", ", rules.stream().map(ClientRule::toString).toList()),
            leaf);
      }
    }
    return null;
  }

  /** The last word about one problem, or that there is none: the program's, where it has one. */
  void decide(
      X509Certificate[] chain, @Nullable UnacceptableCertificate problem, @Nullable SslHello hello)
      throws UnacceptableCertificate {
    if (verifier == null) {
      if (problem != null) {
        throw problem;
      }
      return;
    }
    Optional<String> sentence =
        problem == null ? Optional.empty() : Optional.of(problem.sentence());
    if (!verifier.accepts(List.of(chain), sentence, Optional.ofNullable(hello))) {
      throw problem != null
          ? problem
          : new UnacceptableCertificate(
              new Refusal(
                  Reason.VERIFIER,
                  "this program does not accept the peer's certificate",
                  chain[0]));
    }
  }
}
