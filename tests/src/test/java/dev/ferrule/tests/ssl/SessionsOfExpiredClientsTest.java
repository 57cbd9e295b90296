package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.Issued;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.ssl.Visits.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session gets nobody in whom a full handshake would not let in any more. */
class SessionsOfExpiredClientsTest {
  @TempDir private Path folder;

  private static void until(Instant time) {
    while (!Instant.now().isAfter(time)) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_whose_certificate_has_expired_meanwhile_is_refused(Protocol version) {
    Instant end = Instant.now().plus(Duration.ofSeconds(3));
    Issued soon = Pki.CA.request("client.example").forClient().notAfter(end).issue();
    SslContext server =
        SslContext.server()
            .credentials(Pki.LOCAL)
            .clientAuth(ClientAuth.REQUIRED)
            .trust(Pki.TRUST)
            .build();
    assertThat(
            new Visits()
                .to(server, client(version, soon))
                .to(server, client(version, soon), () -> until(end.plusSeconds(1)))
                .run())
        .containsExactly(Outcome.FULL, Outcome.REFUSED);
    SslContext client = client(version, soon(Duration.ofSeconds(3)));
    Instant again = Instant.now().plus(Duration.ofSeconds(4));
    assertThat(new Visits().to(server, client).to(server, client, () -> until(again)).run())
        .containsExactly(Outcome.FULL, Outcome.REFUSED);
  }

  private static Issued soon(Duration life) {
    return Pki.CA.request("client.example").forClient().notAfter(Instant.now().plus(life)).issue();
  }

  /** The list was strict: from its end on nobody knows who was revoked. */
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void where_the_list_is_out_of_date_and_that_is_strict_sessions_count_no_more(Protocol version)
      throws IOException {
    Path list = folder.resolve("list.crl");
    Instant end = Instant.now().plus(Duration.ofSeconds(3));
    Files.writeString(list, Pki.CA.crl().due(end).pem());
    SslContext server =
        SslContext.server()
            .credentials(Pki.LOCAL)
            .clientAuth(ClientAuth.REQUIRED)
            .trust(Pki.TRUST)
            .crl(list)
            .strictCrl()
            .build();
    SslContext client = client(version, soon(Duration.ofDays(1)));
    assertThat(
            new Visits()
                .to(server, client)
                .to(server, client, () -> until(end.plusSeconds(1)))
                .run())
        .containsExactly(Outcome.FULL, Outcome.REFUSED);
  }

  private static SslContext client(Protocol version, Issued identity) {
    return SslContext.client()
        .credentials(Pki.credentials(identity))
        .trust(Pki.TRUST)
        .minProtocol(version)
        .maxProtocol(version)
        .build();
  }
}
