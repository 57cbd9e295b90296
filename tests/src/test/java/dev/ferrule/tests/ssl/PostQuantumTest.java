package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.PostQuantum;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import org.junit.jupiter.api.Test;

/** Post-quantum key exchange: where there is one, always, or never. */
class PostQuantumTest {
  private static final String REQUIRED = "a post-quantum group";

  @Test
  void a_provider_without_such_groups_cannot_require_them() {
    assumeTrue(!Provided.POST_QUANTUM, "it has some");
    refused(
        SslContext.client().postQuantum(PostQuantum.REQUIRE),
        Provided.NAME + " provider cannot agree on keys by a post-quantum group",
        "it has x25519");
  }

  @Test
  void it_is_preferred_by_default() {
    for (PostQuantum mode : new PostQuantum[] {null, PostQuantum.PREFER}) {
      Pair pair =
          new Pair()
              .client(c -> {
                if (mode != null) {
                  c.postQuantum(mode);
                }
              });
      pair.onSecure(SslSocket::close).run();
      assertThat(pair.seen.postQuantum()).isEqualTo(Provided.POST_QUANTUM);
      assertThat(pair.seen.group()).hasValue(Provided.GROUP);
    }
  }

  @Test
  void off_neither_offers_nor_takes_it() {
    SslHello hello = Offered.by(c -> c.postQuantum(PostQuantum.OFF));
    assertThat(hello.groups()).contains("x25519").noneMatch(name -> name.contains("MLKEM"));
    assertThat(hello.versions()).contains("TLSv1.2", "TLSv1.3");
    Pair pair = new Pair().server(s -> s.postQuantum(PostQuantum.OFF));
    pair.onSecure(SslSocket::close).run();
    assertThat(pair.seen.group()).hasValue("x25519");
  }

  @Test
  void required_offers_nothing_else_in_tls_1_3_only() {
    assumePostQuantum();
    SslHello hello = Offered.by(c -> c.postQuantum(PostQuantum.REQUIRE));
    assertThat(hello.groups()).containsExactly("X25519MLKEM768");
    assertThat(hello.versions()).containsExactly("TLSv1.3");
    Pair pair = new Pair().server(s -> s.postQuantum(PostQuantum.REQUIRE));
    pair.onSecure(SslSocket::close).run();
    assertThat(pair.served.postQuantum()).isTrue();
  }

  @Test
  void a_server_that_requires_it_says_what_the_client_offers_instead() {
    assumePostQuantum();
    Pair pair =
        new Pair()
            .server(s -> s.postQuantum(PostQuantum.REQUIRE))
            .client(c -> c.postQuantum(PostQuantum.OFF))
            .run();
    pair.server.ssl(
        Side.OURS, Stage.HELLO, REQUIRED + " is required here", "the client offers x25519, ");
    pair.client.ssl(Side.PEER, Stage.HELLO, "this side offered ");
  }

  @Test
  void a_server_that_requires_it_says_so_to_a_client_of_tls_1_2() {
    assumePostQuantum();
    Pair pair =
        new Pair()
            .server(s -> s.postQuantum(PostQuantum.REQUIRE))
            .client(c -> c.maxProtocol(Protocol.TLS_1_2))
            .run();
    pair.server.ssl(
        Side.OURS,
        Stage.HELLO,
        "client offers TLSv1.2",
        REQUIRED + " (X25519MLKEM768) is required here",
        "only TLS 1.3",
        "the client offers x25519, ");
  }

  @Test
  void a_client_that_requires_it_says_so_when_the_server_refuses() {
    assumePostQuantum();
    Pair pair =
        new Pair()
            .server(s -> s.postQuantum(PostQuantum.OFF))
            .client(c -> c.postQuantum(PostQuantum.REQUIRE))
            .run();
    pair.client.ssl(Side.PEER, Stage.HELLO, REQUIRED + " (X25519MLKEM768) is required here");
    pair.server.ssl(Side.OURS, Stage.HELLO, "client offers X25519MLKEM768; this side has x25519");
  }

  @Test
  void a_client_that_requires_it_says_so_whatever_the_servers_alert() {
    assumePostQuantum();
    SslContext other = SslContext.server().provider("jdk").credentials(Pki.LOCAL).build();
    Pair pair =
        new Pair()
            .server(s -> s.onHello((socket, hello, choice) -> choice.context(other)))
            .client(c -> c.postQuantum(PostQuantum.REQUIRE))
            .run();
    SslError error = pair.client.only(SslError.class);
    assertThat(error.alert()).hasValue("unexpected_message");
    assertThat(error.message()).contains(REQUIRED + " (X25519MLKEM768) is required here");
  }

  @Test
  void a_client_that_requires_it_says_so_of_a_server_of_tls_1_2() {
    assumePostQuantum();
    Pair pair =
        new Pair()
            .server(s -> s.maxProtocol(Protocol.TLS_1_2))
            .client(c -> c.postQuantum(PostQuantum.REQUIRE))
            .run();
    pair.client.ssl(Side.PEER, Stage.HELLO, REQUIRED, "is required here, which only TLS 1.3 has");
  }

  @Test
  void settings_that_contradict_it_are_refused() {
    refused(
        SslContext.client().postQuantum(PostQuantum.REQUIRE).maxProtocol(Protocol.TLS_1_2),
        "only TLS 1.3 has any",
        "TLSv1.2");
    assumePostQuantum();
    refused(
        SslContext.client().postQuantum(PostQuantum.REQUIRE).groups("x25519", "P-256"),
        "a post-quantum group is required",
        "none among the groups x25519, P-256");
    refused(
        SslContext.client().postQuantum(PostQuantum.OFF).groups("X25519MLKEM768"),
        "nothing is left of the groups X25519MLKEM768");
  }

  private static void refused(SslContextBuilder builder, String... words) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(SslConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static void assumePostQuantum() {
    assumeTrue(Provided.POST_QUANTUM, () -> Provided.NAME + " has no post-quantum group");
  }
}
