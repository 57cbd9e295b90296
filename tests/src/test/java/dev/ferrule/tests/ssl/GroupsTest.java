package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Key exchange groups by name. */
class GroupsTest {
  @ParameterizedTest
  @CsvSource({
    "x25519, x25519, TLS_1_3",
    "X25519, x25519, TLS_1_2",
    "P-256, secp256r1, TLS_1_3",
    "prime256v1, secp256r1, TLS_1_2",
    "secp384r1, secp384r1, TLS_1_3",
    "P-384, secp384r1, TLS_1_2",
    "P-521, secp521r1, TLS_1_3",
  })
  void the_group_that_one_side_names_is_the_one_agreed_on(
      String name, String group, Protocol version) {
    Pair byServer = rsa(version).server(s -> rsa(s).groups(name)).run();
    assertThat(byServer.served.group()).hasValue(group);
    assertThat(byServer.seen.group()).hasValue(group);
    Pair byClient = rsa(version).client(c -> c.maxProtocol(version).groups(name)).run();
    assertThat(byClient.served.group()).hasValue(group);
  }

  @Test
  void a_client_offers_those_that_were_named_in_that_order() {
    SslHello hello = Offered.by(c -> c.groups("P-384", "x25519", "secp256r1", "x25519"));
    assertThat(hello.groups()).containsExactly("secp384r1", "x25519", "secp256r1");
    assertThat(hello.keyShares()).startsWith("secp384r1");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void sides_that_share_none_hear_of_those_that_were_named(Protocol version) {
    Pair pair =
        rsa(version)
            .server(s -> rsa(s).groups("P-384"))
            .client(c -> c.maxProtocol(version).groups("x25519"))
            .run();
    SslError error =
        pair.server.ssl(
            Side.OURS,
            Stage.HELLO,
            "no key exchange group is shared",
            "client offers x25519; this side has secp384r1");
    assertThat(error.message()).doesNotContain("post-quantum");
    assertThat(pair.client.only(SslError.class).alert()).isEqualTo(error.alert());
  }

  @Test
  void in_tls_1_2_the_curve_of_the_servers_key_must_be_among_the_clients_groups() {
    Pair pair = new Pair().client(c -> c.groups("x25519", "P-384").maxProtocol(Protocol.TLS_1_2));
    pair.run().server.ssl(Side.OURS, Stage.HELLO, Provided.UNNAMED_CURVE);
    Pair named =
        new Pair()
            .client(c -> c.groups("x25519", "P-256").maxProtocol(Protocol.TLS_1_2))
            .onSecure(SslSocket::close)
            .run();
    assertThat(named.seen.group()).hasValue("x25519");
  }

  @Test
  void a_group_that_nobody_has_is_refused_and_those_that_there_are_named() {
    refused(client("P-256", "curve9"), "no key exchange group 'curve9'", "x25519", Provided.NAME);
  }

  @Test
  void a_group_that_the_provider_does_not_have_is_refused_and_its_own_named() {
    refused(
        client(Provided.FOREIGN_GROUP),
        Provided.NAME + " provider does not have the key exchange group " + Provided.FOREIGN_GROUP,
        "it has ",
        "secp384r1");
  }

  @Test
  void no_group_at_all_is_refused() {
    assertThatThrownBy(() -> SslContext.server().groups())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("name one at least");
  }

  private static void refused(SslContextBuilder builder, String... words) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(SslConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static SslContextBuilder client(String... groups) {
    return SslContext.client().groups(groups);
  }

  /** With a key that is on no curve, for in TLS 1.2 that curve would have to be named too. */
  private static Pair rsa(Protocol version) {
    return new Pair()
        .server(GroupsTest::rsa)
        .client(c -> c.maxProtocol(version))
        .onSecure(SslSocket::close);
  }

  private static SslServerSetup rsa(SslServerSetup setup) {
    return setup.credentials(Pki.server(KeyType.RSA_2048).credentials());
  }
}
