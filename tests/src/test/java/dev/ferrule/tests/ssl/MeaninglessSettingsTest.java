package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.Verify;
import dev.ferrule.tests.Pki;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A setting that would be ignored is refused. */
class MeaninglessSettingsTest {
  private static void refused(SslContextBuilder settings, String word) {
    assertThatThrownBy(settings::build)
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(word);
  }

  @Test
  void verify_is_not_for_servers() {
    refused(
        SslContext.server().credentials(Pki.LOCAL).verify(Verify.NONE), "verify is for clients");
  }

  @Test
  void client_auth_is_not_for_clients() {
    refused(SslContext.client().clientAuth(ClientAuth.REQUIRED), "clientAuth is for servers");
  }

  @Test
  void certificates_of_clients_need_issuers_that_count() {
    refused(
        SslContext.server().credentials(Pki.LOCAL).clientAuth(ClientAuth.REQUIRED), "trust(...)");
  }

  @Test
  void an_identity_is_given_once() {
    refused(
        SslContext.server().credentials(Pki.LOCAL).certificate(Path.of("chain.pem")),
        "one of them");
  }
}
