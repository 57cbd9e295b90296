package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real server takes the channel binding of a connection, and no other. */
@Timeout(60)
class PostgresLoginTest {
  private static PostgresServer server;

  @BeforeAll
  static void start() throws IOException {
    server = PostgresServer.start(Pki.server(KeyType.RSA_2048));
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private static PostgresLogin login(Protocol version, UnaryOperator<byte[]> binding) {
    PostgresLogin login = new PostgresLogin(version, binding);
    Loops.runInline(loop -> login.begin(loop, server.port));
    assertThat(login.mechanisms).contains(ScramLogin.MECHANISM);
    return login;
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void it_lets_a_client_in_that_is_bound_to_its_certificate(Protocol version) {
    PostgresLogin login = login(version, right -> right);
    assertThat(login.refusal).isEmpty();
    assertThat(login.serverProved).isTrue();
    assertThat(login.answer).isEqualTo("42");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void it_refuses_a_client_that_is_bound_to_another(Protocol version) {
    PostgresLogin login =
        login(
            version,
            right -> {
              right[0] ^= 1;
              return right;
            });
    assertThat(login.refusal).contains("channel binding");
    assertThat(login.answer).isEmpty();
  }
}
