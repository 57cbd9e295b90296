package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.library.LoggedSecrets;
import dev.ferrule.testkit.contract.WirePair;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a wire keeps of a handshake that is over. */
@Tag("once")
class AfterHandshakeTest {
  private static Object get(Object from, String name) throws Exception {
    Field field = from.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(from);
  }

  @Test
  void logged_secrets_of_a_connection_that_stays_with_the_library_are_overwritten()
      throws Exception {
    LoggedSecrets secrets;
    byte[] client;
    try (WirePair pair =
        Handshaken.pair(
            Handshaken.jdk(
                Handshaken.ciphers(
                    Handshaken.settings(false), "TLS_CHACHA20_POLY1305_SHA256", Protocol.TLS_1_3)),
            Handshaken.boringssl(Handshaken.settings(true)))) {
      pair.pump();
      BoringWire server = (BoringWire) pair.server().wire();
      secrets = server.handshaking().secrets();
      client = (byte[]) get(secrets, "client");
      assertThat(server.session().cipher()).contains("CHACHA20");
    }
    assertThat(client).containsOnly(0);
  }

  @Test
  void a_client_that_waits_for_tickets_does_not_hold_its_handshake() throws Exception {
    try (WirePair pair =
        Handshaken.pair(
            Handshaken.boringssl(Handshaken.settings(false)),
            Handshaken.boringssl(
                Handshaken.with(Handshaken.settings(true), SslOption.NO_TICKET)))) {
      pair.pump();
      Object wire = pair.client().wire();
      Object tickets = get(wire, "tickets");
      BoringWire old = (BoringWire) get(tickets, "wire");
      assertThat(old.handshaking()).isNull();
    }
  }
}
