package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sentences name what was wrong, and not its neighbour. */
class RefusalSentencesTest {
  private static final int SUPPORTED_GROUPS = 10;
  private static final int KEY_SHARE = 51;
  private static final short NOBODYS_GROUP = 0x7A7B;

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void no_shared_group_names_the_groups_of_both(Protocol version) {
    Pair pair = new Pair().client(c -> c.maxProtocol(version));
    pair.through((loop, port) ->
        Relay.open(
            loop,
            port,
            (relay, up, bytes) -> relay.forward(up, up ? withoutGroups(bytes) : bytes)));
    SslError error =
        pair.run().server.ssl(Side.OURS, Stage.HELLO, "no key exchange group is shared");
    assertThat(error.message())
        .contains("client offers 0x7A7B", "this side has")
        .contains("x25519");
    assertThat(error.message()).doesNotContain("TLS_");
    assertThat(pair.client.only(SslError.class).alert()).isEqualTo(error.alert());
  }

  @ParameterizedTest
  @CsvSource({"42, a certificate of the client", "46, a certificate of the client"})
  void an_alert_about_a_certificate_is_none_about_one_that_was_not_shown(int alert, String words) {
    Pair pair = new Pair();
    byte[] refusal = {21, 3, 3, 0, 2, 2, (byte) alert};
    pair.through((loop, port) ->
        Relay.open(loop, port, (relay, up, bytes) -> relay.forward(up, up ? bytes : refusal)));
    SslError error = pair.run().client.ssl(Side.PEER, Stage.CERTIFICATE, words);
    assertThat(error.message()).doesNotContain("did not accept");
  }

  @Test
  void an_alert_about_a_certificate_that_was_shown_is_about_it() {
    ThrowawayCa other = ThrowawayCa.create();
    Pair pair = new Pair();
    pair.server(
        s -> s.clientAuth(ClientAuth.REQUIRED).trust(java.util.List.of(other.certificate())));
    pair.client(c -> c.credentials(Pki.CLIENT)).run();
    assertThat(pair.client.only(SslError.class).message()).contains("this side's certificate");
  }

  /** The client's hello with a group that nobody has in the place of each of its own. */
  private static byte[] withoutGroups(byte[] records) {
    ByteBuffer hello = ByteBuffer.wrap(records);
    hello.position(5 + 4 + 2 + 32);
    hello.position(hello.position() + 1 + hello.get(hello.position()));
    hello.position(hello.position() + 2 + hello.getShort(hello.position()));
    hello.position(hello.position() + 1 + hello.get(hello.position()) + 2);
    while (hello.hasRemaining()) {
      int type = hello.getShort();
      int end = hello.getShort() + hello.position();
      int at = hello.position() + 2;
      while (at < end && (type == SUPPORTED_GROUPS || type == KEY_SHARE)) {
        hello.putShort(at, NOBODYS_GROUP);
        at += type == KEY_SHARE ? 4 + hello.getShort(at + 2) : 2;
      }
      hello.position(end);
    }
    return records;
  }
}
