package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option of the original has a defined effect; what cannot be honoured is an error. */
class OptionsTest {
  @ParameterizedTest
  @EnumSource
  void an_option_is_honoured_or_refused_by_name(SslOption option) {
    assertThat(SslOption.of(option.toString())).isEqualTo(option);
    for (SslContextBuilder builder : new SslContextBuilder[] {client(), server()}) {
      builder.option(option);
      if (option == SslOption.CIPHER_SERVER_PREFERENCE) {
        builder.maxProtocol(Protocol.TLS_1_2); // for TLS 1.3 see below
      }
      if (Provided.REFUSED.contains(option)) {
        assertThatThrownBy(builder::build)
            .isInstanceOf(SslConfigException.class)
            .hasMessageContaining(option.toString())
            .hasMessageContaining(Provided.NAME + " provider");
      } else {
        assertThat(builder.build().provider()).isEqualTo(Provided.NAME);
      }
    }
  }

  @Test
  void no_ticket_is_honoured_or_says_which_property_turns_tickets_off_for_each_side() {
    if (!Provided.REFUSED.contains(SslOption.NO_TICKET)) {
      SslContext clients = client().trust(Pki.TRUST).minProtocol(Protocol.TLS_1_3).build();
      SslContext servers = server().option(SslOption.NO_TICKET).build();
      assertThat(ContextTest.connections(2, servers, clients, c -> c))
          .extracting(SslSession::resumed)
          .containsOnly(false);
      return;
    }
    assertThatThrownBy(() -> server().option(SslOption.NO_TICKET).build())
        .hasMessageContaining("-Djdk.tls.server.enableSessionTicketExtension=false");
    assertThatThrownBy(() -> client().option(SslOption.NO_TICKET).build())
        .hasMessageContaining("-Djdk.tls.client.enableSessionTicketExtension=false");
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_TLSV1_2", "NO_TLSV1_3"})
  void a_version_that_an_option_forbids_is_not_spoken(SslOption option) {
    Pair pair = new Pair().client(c -> c.option(option)).onSecure(s -> s.close()).run();
    assertThat(pair.seen.protocol())
        .isEqualTo(option == SslOption.NO_TLSV1_2 ? Protocol.TLS_1_3 : Protocol.TLS_1_2);
  }

  @Test
  void options_that_leave_no_version_are_refused() {
    refused(
        client().option(SslOption.NO_TLSV1_2).option(SslOption.NO_TLSV1_3), "no protocol version");
  }

  @Test
  void a_lowest_version_above_the_highest_is_refused() {
    refused(
        client().minProtocol(Protocol.TLS_1_3).maxProtocol(Protocol.TLS_1_2),
        "TLSv1.3",
        "above the highest",
        "TLSv1.2");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_0", "TLS_1_1"})
  void an_old_version_is_spoken_when_asked_for_or_refused_and_the_policy_named(Protocol old) {
    if (!Provided.SPOKEN.contains(old)) {
      refused(client().minProtocol(old), old.toString(), Provided.POLICY);
      return;
    }
    Pair pair =
        new Pair()
            .server(s -> s.minProtocol(old).ciphers("ALL"))
            .client(c -> c.minProtocol(old).maxProtocol(old).ciphers("ALL"))
            .onSecure(s -> s.close())
            .run();
    assertThat(pair.seen.protocol()).isEqualTo(old);
  }

  @Test
  void the_servers_order_of_suites_counts() {
    Pair pair =
        new Pair()
            .server(s ->
                s.maxProtocol(Protocol.TLS_1_2)
                    .ciphers("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256")
                    .option(SslOption.CIPHER_SERVER_PREFERENCE))
            .client(c ->
                c.maxProtocol(Protocol.TLS_1_2)
                    .ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"))
            .onSecure(s -> s.close())
            .run();
    assertThat(pair.seen.cipher()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
  }

  @Test
  void the_servers_order_counts_in_tls_1_3_too_or_asking_for_it_is_an_error() {
    String one = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
    String other = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
    if (!Provided.SERVERS_ORDER_IN_TLS_1_3) {
      refused(
          SslContext.server().credentials(Pki.LOCAL).option(SslOption.CIPHER_SERVER_PREFERENCE),
          "cipher-server-preference",
          "TLS 1.3");
      return;
    }
    Pair pair =
        new Pair()
            .server(s -> s.ciphers(one).option(SslOption.CIPHER_SERVER_PREFERENCE))
            .client(c -> c.ciphers(other))
            .onSecure(s -> s.close())
            .run();
    assertThat(pair.seen.cipher()).isEqualTo("TLS_AES_256_GCM_SHA384");
  }

  @Test
  void a_cipher_string_that_leaves_nothing_is_refused() {
    assertThatThrownBy(() -> client().ciphers("ALL:!ALL"))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("ALL:!ALL")
        .hasMessageContaining("leaves no cipher suite");
  }

  @Test
  void a_cipher_string_that_leaves_the_provider_nothing_is_refused_when_opening() {
    refused(client().ciphers("ECDH-ECDSA-AES128-SHA@SECLEVEL=0"), "leaves no cipher suite");
  }

  @Test
  void a_cipher_string_of_unknown_words_names_the_word() {
    assertThatThrownBy(() -> CipherString.parse("ECHDE"))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("\"ECHDE\"");
  }

  @Test
  void the_originals_cipher_string_works() {
    Pair pair =
        new Pair().client(c -> c.ciphers(CipherString.CL_ASYNC)).onSecure(s -> s.close()).run();
    assertThat(pair.client.events).isEmpty();
  }

  @Test
  void ciphers_without_a_version_that_has_them_are_refused() {
    refused(
        client().maxProtocol(Protocol.TLS_1_2).ciphers("TLS_AES_128_GCM_SHA256"),
        "leaves no cipher suite for the protocol versions [TLSv1.2]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no-such-option"})
  void an_unknown_option_is_named(String name) {
    assertThatThrownBy(() -> SslOption.of(name))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("'" + name + "'");
  }

  @Test
  void an_application_protocol_has_1_to_255_bytes() {
    for (String name : new String[] {"", "x".repeat(256)}) {
      assertThatThrownBy(() -> client().alpn(name))
          .isInstanceOf(SslConfigException.class)
          .hasMessageContaining("1 to 255 bytes, not " + name.length());
    }
  }

  private static void refused(SslContextBuilder builder, String... words) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(SslConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static SslContextBuilder client() {
    return SslContext.client();
  }

  private static SslContextBuilder server() {
    return SslContext.server().credentials(Pki.LOCAL);
  }
}
