package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslTicketKeys;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of tickets, and that the rest is an error. */
class TicketSettingsTest {
  private static final SslTicketKeys KEYS = SslTicketKeys.rotated(Duration.ofHours(12));

  private static SslContextBuilder server() {
    return SslContext.server().credentials(Pki.LOCAL);
  }

  private static void refused(SslContextBuilder settings, String... words) {
    assertThatThrownBy(settings::build)
        .isInstanceOf(SslConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  @Test
  void keys_are_shared_or_refused_with_the_provider_that_shares_them() {
    if (Provided.SHARES_TICKET_KEYS) {
      assertThat(server().ticketKeys(KEYS).build().provider()).isEqualTo(Provided.NAME);
    } else {
      refused(server().ticketKeys(KEYS), "cannot share", "provider boringssl");
    }
  }

  @Test
  void clients_make_no_tickets() {
    refused(SslContext.client().ticketKeys(KEYS), "for servers");
    refused(SslContext.client().ticketLifetime(Duration.ofHours(1)), "for servers");
    refused(SslContext.client().tickets(Provided.TICKETS), "for servers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.9S", "PT168H0.001S", "-PT1S"})
  void a_lifetime_is_a_second_to_seven_days(String lifetime) {
    assertThatThrownBy(() -> server().ticketLifetime(Duration.parse(lifetime)))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("1 second to 7 days");
    server().ticketLifetime(Duration.ofSeconds(1)).build();
    server().ticketLifetime(Duration.ofDays(7)).build();
  }

  @Test
  void a_number_that_the_provider_cannot_give_is_refused() {
    assertThatThrownBy(() -> server().tickets(-1)).hasMessageContaining("0 to 10, not -1");
    assertThatThrownBy(() -> server().tickets(11)).hasMessageContaining("0 to 10, not 11");
    IntStream.rangeClosed(0, 10)
        .filter(_ -> !Provided.ANY_NUMBER_OF_TICKETS)
        .filter(number -> number != Provided.TICKETS && number != Provided.NO_TICKETS)
        .forEach(number -> refused(server().tickets(number), Provided.NAME, "" + number));
    assertThat(server().tickets(Provided.TICKETS).build()).isNotNull();
    if (Provided.ANY_NUMBER_OF_TICKETS) {
      IntStream.rangeClosed(0, 10).forEach(number -> server().tickets(number).build());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void without_tickets_nothing_is_resumed(Protocol version) {
    if (Provided.NO_TICKETS != 0) {
      refused(server().tickets(0), "-Djdk.tls.server.newSessionTicketCount=0");
      return;
    }
    SslContext servers = server().tickets(0).build();
    SslContext client = Visits.client(version);
    assertThat(new Visits().to(servers, client).to(servers, client).run())
        .containsOnly(Visits.Outcome.FULL);
  }

  @Test
  void keys_and_lifetimes_of_no_tickets_are_refused() {
    refused(server().option(SslOption.NO_TICKET).ticketKeys(KEYS), "no-ticket");
    refused(server().option(SslOption.NO_TICKET).tickets(2), "no-ticket");
    refused(server().option(SslOption.NO_TICKET).ticketLifetime(Duration.ofHours(1)), "no-ticket");
    refused(server().tickets(0).ticketKeys(KEYS), "tickets(0)");
    refused(server().tickets(0).ticketLifetime(Duration.ofHours(1)), "tickets(0)");
  }
}
