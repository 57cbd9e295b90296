package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent.Kept;
import dev.ferrule.testkit.Issued;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** OCSP responses and revocation lists under a reload. */
class ReloadedStaplesTest extends ReloadedFolder {
  private static final Duration DAY = Duration.ofDays(1);

  private Path staple() {
    return folder.resolve("staple.der");
  }

  private void staple(Instant from, Instant until) throws IOException {
    Files.write(staple(), Pki.CA.ocsp(first.certificate()).dates(from, until).der());
  }

  private void stapling() {
    assumeTrue(!Provided.NAME.equals("jdk"), "the jdk provider cannot staple");
    begin(
        SslReload.of(() ->
                SslContext.server().certificate(chain()).key(key()).ocspStaples(staple()).build())
            .files(chain(), key(), staple())
            .clock(() -> now)
            .onEvent(events::add));
  }

  /** Its sentence has the time of now, so each look has another one. */
  @Test
  void an_expired_response_is_told_once() throws Exception {
    staple(now.minus(DAY), now.plus(DAY));
    stapling();
    staple(now.minus(DAY.multipliedBy(2)), now.minus(DAY));
    assertThat(reload.look()).isFalse();
    assertThat(events).singleElement().isInstanceOf(Kept.class);
    Instant told = Instant.now();
    while (!Instant.now().isAfter(told)) {
      Thread.onSpinWait();
    }
    assertThat(reload.look()).isFalse();
    assertThat(reload.look()).isFalse();
    assertThat(events).hasSize(1);
  }

  /** Clients refuse a certificate that demands one from then on, so somebody must hear of it. */
  @Test
  void that_the_response_which_is_sent_expires_is_told() throws IOException {
    staple(now.minus(DAY), now.plus(DAY));
    stapling();
    now = now.plus(DAY.multipliedBy(3));
    assertThat(reload.look()).isFalse();
    assertThat(events).as("events when the response has expired").isNotEmpty();
  }

  @Test
  void two_responses_about_one_certificate_are_said_to_be_that() throws IOException {
    staple(now.minus(DAY), now.plus(DAY));
    stapling();
    Path other = folder.resolve("other.der");
    Files.copy(staple(), other);
    assertThatThrownBy(() ->
            SslContext.server()
                .certificate(chain())
                .key(key())
                .ocspStaples(staple(), other)
                .build())
        .isInstanceOf(SslConfigException.class)
        .message()
        .doesNotContain("about another certificate");
  }

  /** The first context is taken as it is; what has been out of date before is no reason to wait. */
  @Test
  void a_certificate_that_was_out_of_date_before_holds_up_no_revocation() throws IOException {
    Issued expired = Pki.CA.request("a.example", "b.example", "127.0.0.1").expired().issue();
    expired.write(folder);
    Path list = folder.resolve("list.crl");
    Files.writeString(list, Pki.CA.crl().pem());
    reload =
        SslReload.of(() ->
                SslContext.server()
                    .certificate(chain())
                    .key(key())
                    .clientAuth(ClientAuth.REQUIRED)
                    .trust(folder.resolve("ca.pem"))
                    .crl(list)
                    .build())
            .files(chain(), key(), list)
            .clock(() -> now)
            .onEvent(events::add)
            .build();
    Files.writeString(list, Pki.CA.crl().revoke(Pki.CLIENT.chain().getFirst()).pem());
    assertThat(reload.look()).as("%s", events).isTrue();
  }
}
