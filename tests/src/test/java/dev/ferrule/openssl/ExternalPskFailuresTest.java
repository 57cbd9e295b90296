package dev.ferrule.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.tests.Pki;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What both sides are told of an external pre-shared key that is another, or not known. */
@Tag("once")
class ExternalPskFailuresTest {
  private static final ExternalPsk KEY = psk("meter 17", 1);
  private static final ExternalPsk OTHER = psk("meter 17", 2);
  private static final ExternalPsk NEIGHBOUR = psk("meter 16", 3);

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  private static ExternalPsk psk(String identity, int seed) {
    byte[] key = new byte[32];
    new Random(seed).nextBytes(key);
    return ExternalPsk.of(identity, key);
  }

  private static Meeting meeting(Protocol version, SslContextBuilder server, ExternalPsk known) {
    Meeting met = new Meeting();
    met.meet(
        SslContext.client()
            .provider("openssl")
            .trust(Pki.TRUST)
            .minProtocol(version)
            .maxProtocol(version)
            .externalPsk(KEY)
            .build(),
        server
            .externalPsks(
                name -> name.equals(known.identity()) ? Optional.of(known) : Optional.empty())
            .build());
    return met;
  }

  private static SslContextBuilder server(boolean certificate) {
    SslContextBuilder server = SslContext.server().provider("openssl");
    return certificate ? server.credentials(Pki.LOCAL) : server;
  }

  /** Else who has no key learns which identities there are (RFC 4279 2, RFC 8446 E.6). */
  @ParameterizedTest
  @CsvSource({"TLS_1_2, false", "TLS_1_2, true", "TLS_1_3, false"})
  void a_client_cannot_tell_an_unknown_identity_from_a_wrong_key(
      Protocol version, boolean certificate) {
    SslError wrong = meeting(version, server(certificate), OTHER).clientError();
    SslError unknown = meeting(version, server(certificate), NEIGHBOUR).clientError();
    assertThat(unknown.alert()).isEqualTo(wrong.alert()).isPresent();
    assertThat(unknown.message()).isEqualTo(wrong.message());
    assertThat(unknown.failure()).isEqualTo(SslFailure.PEER_REFUSED_PSK);
  }

  @ParameterizedTest
  @CsvSource({"TLS_1_2, false", "TLS_1_2, true", "TLS_1_3, false"})
  void the_server_is_told_which_of_both_it_was(Protocol version, boolean certificate) {
    SslError wrong = meeting(version, server(certificate), OTHER).serverError();
    assertThat(wrong.failure()).isEqualTo(SslFailure.HANDSHAKE_NOT_AUTHENTIC);
    assertThat(wrong.message()).contains("another pre-shared key (PSK) of the identity \"meter 17");
    SslError unknown = meeting(version, server(certificate), NEIGHBOUR).serverError();
    assertThat(unknown.failure()).isEqualTo(SslFailure.NO_SHARED_CIPHER);
    assertThat(unknown.message()).contains("known here (it offers meter 17)");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void the_client_is_told_of_its_key_by_the_identity_alone(Protocol version) {
    Meeting met = meeting(version, server(true), OTHER);
    SslError told = met.clientError();
    assertThat(told.failure()).isEqualTo(SslFailure.PEER_REFUSED_PSK);
    assertThat(told.side()).isEqualTo(SslError.Side.PEER);
    assertThat(told.message()).contains("this client's external PSK \"meter 17\"");
    for (SslError error : List.of(told, met.serverError())) {
      String all = error + error.message() + error.detail() + error.handshake() + error.hello();
      assertThat(all)
          .doesNotContain(HexFormat.of().formatHex(KEY.key()))
          .doesNotContain(HexFormat.of().formatHex(OTHER.key()));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void an_unknown_identity_never_gets_in(Protocol version) {
    for (int i = 0; i < 20; i++) {
      assertThat(meeting(version, server(false), NEIGHBOUR).clientError().failure())
          .isEqualTo(SslFailure.PEER_REFUSED_PSK);
    }
  }
}
