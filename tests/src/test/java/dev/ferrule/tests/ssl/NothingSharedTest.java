package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Both sides speak SSL and agree on nothing: each says what was offered. */
class NothingSharedTest {
  @Test
  void an_older_client_shares_no_version_with_a_newer_server() {
    Pair pair =
        new Pair()
            .server(s -> s.minProtocol(Protocol.TLS_1_3))
            .client(c -> c.maxProtocol(Protocol.TLS_1_2))
            .run();
    SslError error =
        pair.server.ssl(Side.OURS, Stage.HELLO, "no protocol version is shared", "TLSv1.2");
    assertThat(error.message()).contains("this side has TLSv1.3");
    assertThat(error.alert()).hasValue("protocol_version");
    SslError heard =
        pair.client.ssl(Side.PEER, Stage.HELLO, "none of the protocol versions", "TLSv1.2");
    assertThat(heard.alert()).hasValue("protocol_version");
  }

  @Test
  void a_newer_client_shares_no_version_with_an_older_server() {
    Pair pair =
        new Pair()
            .server(s -> s.maxProtocol(Protocol.TLS_1_2))
            .client(c -> c.minProtocol(Protocol.TLS_1_3))
            .run();
    pair.server.ssl(
        Side.OURS, Stage.HELLO, "no protocol version is shared", "the client offers TLSv1.3");
    pair.client.ssl(Side.PEER, Stage.HELLO, "none of the protocol versions", "TLSv1.3");
  }

  @Test
  void no_shared_cipher_names_both_offers() {
    Pair pair =
        new Pair()
            .server(s -> s.maxProtocol(Protocol.TLS_1_2).ciphers("ECDHE-ECDSA-AES256-GCM-SHA384"))
            .client(c -> c.ciphers("ECDHE-ECDSA-AES128-GCM-SHA256"))
            .run();
    SslError error = pair.server.ssl(Side.OURS, Stage.HELLO, "no cipher suite is shared");
    assertThat(error.message())
        .contains("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
        .contains("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    assertThat(error.alert()).hasValue("handshake_failure");
    pair.client.ssl(Side.PEER, Stage.HELLO, "no cipher suite", "this side offered");
  }

  @Test
  void a_cipher_that_does_not_fit_the_key_is_not_shared() {
    Pair pair =
        new Pair()
            .server(s -> s.maxProtocol(Protocol.TLS_1_2).ciphers("ECDHE-RSA-AES128-GCM-SHA256"))
            .run();
    pair.server.ssl(Side.OURS, Stage.HELLO, "no cipher suite is shared");
    pair.client.ssl(Side.PEER, Stage.HELLO, "no cipher suite");
  }

  @Test
  void no_shared_application_protocol_is_named_by_both() {
    Pair pair = new Pair().server(s -> s.alpn("h2")).client(c -> c.alpn("mqtt", "amqp")).run();
    SslError error = pair.server.ssl(Side.OURS, Stage.HELLO, "no application protocol (ALPN)");
    assertThat(error.alert()).hasValue("no_application_protocol");
    pair.client.ssl(Side.PEER, Stage.HELLO, "application protocols (ALPN)");
  }

  @Test
  void of_many_application_protocols_the_error_names_a_few() {
    String[] many = IntStream.range(0, 2_000).mapToObj(i -> "p" + i).toArray(String[]::new);
    Pair pair = new Pair().server(s -> s.alpn("h2")).client(c -> c.alpn(many)).run();
    SslError error = pair.server.ssl(Side.OURS, Stage.HELLO, "p0, p1", "and 1992 more");
    assertThat(error.getMessage()).hasSizeLessThan(400);
  }

  @Test
  void application_protocols_are_the_servers_choice() {
    Pair pair =
        new Pair()
            .server(s -> s.alpn("two", "one"))
            .client(c -> c.alpn("one", "two"))
            .onSecure(s -> s.close())
            .run();
    assertThat(pair.seen.alpn()).hasValue("two");
    assertThat(pair.served.alpn()).hasValue("two");
  }

  @Test
  void a_shared_application_may_have_a_name_with_a_space() { // boringssl takes no such names
    Pair pair =
        new Pair()
            .server(s -> s.provider("jdk").alpn("two words"))
            .client(c -> c.provider("jdk").alpn("one", "two words"))
            .onSecure(s -> s.close())
            .run();
    assertThat(pair.seen.alpn()).hasValue("two words");
    assertThat(pair.served.alpn()).hasValue("two words");
  }

  @Test
  void a_server_without_application_protocols_agrees_on_none() {
    Pair pair = new Pair().client(c -> c.alpn("one")).onSecure(s -> s.close()).run();
    assertThat(pair.seen.alpn()).isEmpty();
    assertThat(pair.served.alpn()).isEmpty();
    pair.server.only(TcpEof.class);
  }
}
