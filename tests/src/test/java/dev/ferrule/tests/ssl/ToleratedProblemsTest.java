package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.ClientRule;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.trust.Pins;
import dev.ferrule.testkit.Issued;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that tolerates one problem, an expired certificate, must not by that tolerate others
 * that it was never told of.
 */
class ToleratedProblemsTest {
  private static final Issued OLD =
      Pki.CA.request("ann.clients.example").forClient().expired().issue();
  private static final Credentials ANN = Pki.credentials(OLD);

  @TempDir private Path folder;
  private final List<String> told = new CopyOnWriteArrayList<>();

  private boolean toleratesExpired(Optional<String> problem) {
    problem.ifPresent(told::add);
    return problem.isEmpty() || problem.get().contains("expired on");
  }

  @Test
  void an_expired_client_that_no_rule_allows_is_not_let_in() {
    Pair pair =
        new Pair()
            .server(s ->
                s.clientAuth(ClientAuth.REQUIRED)
                    .trust(Pki.TRUST)
                    .allow(ClientRule.parse("dns=bob.example"))
                    .verifier((chain, problem, hello) -> toleratesExpired(problem)))
            .client(c -> c.credentials(ANN))
            .onServed(SslSocket::close)
            .run();
    assertThat(pair.served).as("let in; the program was told %s", told).isNull();
    pair.server.only(SslError.class);
  }

  @Test
  void an_expired_client_that_was_revoked_too_is_not_let_in() throws IOException {
    Path list = folder.resolve("list.crl");
    Files.writeString(list, Pki.CA.crl().revoke(OLD.certificate()).pem());
    Pair pair =
        new Pair()
            .server(s ->
                s.clientAuth(ClientAuth.REQUIRED)
                    .trust(Pki.TRUST)
                    .crl(list)
                    .verifier((chain, problem, hello) -> toleratesExpired(problem)))
            .client(c -> c.credentials(ANN))
            .onServed(SslSocket::close)
            .run();
    assertThat(pair.served).as("let in; the program was told %s", told).isNull();
  }

  @Test
  void an_expired_server_with_a_key_that_is_not_pinned_is_not_accepted() {
    Credentials shown = Pki.credentials(Pki.CA.request("localhost", "127.0.0.1").expired().issue());
    Pair pair =
        new Pair()
            .server(s -> s.credentials(shown))
            .client(c ->
                c.pins(Pins.of(Pki.LOCAL.chain().getFirst()))
                    .verifier((chain, problem, hello) -> toleratesExpired(problem)))
            .onSecure(SslSocket::close)
            .run();
    assertThat(pair.seen).as("accepted; the program was told %s", told).isNull();
  }

  /** Expiry hides that the host is another's. */
  @Test
  void an_expired_server_of_another_host_is_not_accepted() {
    Credentials shown = Pki.credentials(Pki.CA.request("evil.example").expired().issue());
    Pair pair =
        new Pair()
            .server(s -> s.credentials(shown))
            .client(c -> c.verifier((chain, problem, hello) -> toleratesExpired(problem)))
            .onSecure(SslSocket::close)
            .run();
    assertThat(pair.seen).as("accepted; the program was told %s", told).isNull();
  }
}
