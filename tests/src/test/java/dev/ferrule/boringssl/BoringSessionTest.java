package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.hello.NamedGroup;
import dev.ferrule.ssl.spi.WireFactory;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handshake agrees on, and what is resumed. */
@Tag("once")
class BoringSessionTest {
  private static final SslSettings CLIENT = Handshaken.settings(false);
  private static final SslSettings SERVER = Handshaken.settings(true);

  @Test
  void the_group_is_post_quantum_by_default_and_both_sides_say_so() throws IOException {
    Handshaken facts = Handshaken.of(Handshaken.boringssl(CLIENT), Handshaken.boringssl(SERVER));
    assertThat(facts.client().group()).hasValue("X25519MLKEM768");
    assertThat(facts.server().group()).isEqualTo(facts.client().group());
    assertThat(facts.client().postQuantum() && facts.server().postQuantum()).isTrue();
    assertThat(facts.client().toString()).contains("group X25519MLKEM768 (post-quantum)");
  }

  @Test
  void with_a_peer_that_has_no_such_group_there_is_no_further_round_and_it_says_so()
      throws IOException {
    Handshaken facts = Handshaken.of(Handshaken.boringssl(CLIENT), Handshaken.jdk(SERVER));
    assertThat(facts.client().group()).isEqualTo(facts.server().group()).isPresent();
    NamedGroup group = NamedGroup.of(facts.client().group().orElseThrow()).orElseThrow();
    assertThat(facts.client().postQuantum()).isEqualTo(group.isPostQuantum());
    Handshaken other = Handshaken.of(Handshaken.jdk(CLIENT), Handshaken.boringssl(SERVER));
    assertThat(other.client().group()).isEqualTo(other.server().group()).isPresent();
  }

  @Test
  void in_tls_1_2_the_group_is_read_from_the_key_exchange() throws IOException {
    SslSettings older = Handshaken.with(CLIENT, Protocol.TLS_1_2);
    Handshaken facts = Handshaken.of(Handshaken.boringssl(older), Handshaken.boringssl(SERVER));
    assertThat(facts.client().group()).hasValue("x25519");
    assertThat(facts.server().group()).hasValue("x25519");
    assertThat(facts.client().postQuantum()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void each_side_resumes_with_itself_and_with_the_jdk(Protocol version) throws IOException {
    SslSettings client = Handshaken.with(CLIENT, version);
    resumes(Handshaken.boringssl(client), Handshaken.boringssl(SERVER), true);
    resumes(Handshaken.boringssl(client), Handshaken.jdk(SERVER), true);
    resumes(Handshaken.jdk(client), Handshaken.boringssl(SERVER), true);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void without_tickets_nothing_is_resumed(Protocol version) throws IOException {
    SslSettings client = Handshaken.with(CLIENT, version);
    SslSettings ticketless = Handshaken.with(SERVER, SslOption.NO_TICKET);
    resumes(Handshaken.boringssl(client), Handshaken.boringssl(ticketless), false);
    resumes(Handshaken.jdk(client), Handshaken.boringssl(ticketless), false);
    SslSettings forgetful = Handshaken.with(Handshaken.with(CLIENT, SslOption.NO_TICKET), version);
    resumes(Handshaken.boringssl(forgetful), Handshaken.boringssl(SERVER), false);
  }

  private static void resumes(WireFactory client, WireFactory server, boolean expected)
      throws IOException {
    assertThat(Handshaken.of(client, server).client().resumed()).isFalse();
    for (int i = 0; i < 6; i++) { // more often than tickets are kept
      Handshaken again = Handshaken.of(client, server);
      assertThat(again.client().resumed()).isEqualTo(expected);
      assertThat(again.server().resumed()).isEqualTo(expected);
      assertThat(again.client().peerChain()).isEqualTo(Handshaken.LOCAL.chain());
    }
  }
}
