package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.contract.WirePair;
import dev.ferrule.tests.ServerWires;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Handshakes in memory, with wires of this provider or another. */
record Handshaken(SslSession client, SslSession server) {
  static final ThrowawayCa CA = ThrowawayCa.create();
  static final List<X509Certificate> TRUST = List.of(CA.certificate());
  static final List<TrustedCertificate> ANCHORS = List.of(TrustedCertificate.of(CA.certificate()));
  static final Credentials LOCAL = credentials(CA.issue("localhost"));

  static Credentials credentials(Issued issued) {
    return Credentials.of(issued.key(), issued.chain());
  }

  static SslSettings settings(boolean server) {
    return new SslSettings(
        server,
        server ? LOCAL : null,
        ANCHORS,
        Verify.CHAIN_AND_HOST,
        ClientAuth.NONE,
        EnumSet.of(Protocol.TLS_1_2, Protocol.TLS_1_3),
        CipherString.parse(CipherString.MODERN),
        Set.of(),
        List.of(),
        null);
  }

  static SslSettings with(SslSettings base, Protocol version) {
    return new SslSettings(
        base.server(),
        base.credentials(),
        base.trust(),
        base.verify(),
        base.clientAuth(),
        Set.of(version),
        base.ciphers(),
        base.options(),
        base.alpn(),
        base.records());
  }

  static SslSettings with(SslSettings base, Credentials shown, ClientAuth asked) {
    return new SslSettings(
        base.server(),
        shown,
        base.trust(),
        base.verify(),
        asked,
        base.protocols(),
        base.ciphers(),
        base.options(),
        base.alpn(),
        base.records());
  }

  static SslSettings with(SslSettings base, SslOption option) {
    return new SslSettings(
        base.server(),
        base.credentials(),
        base.trust(),
        base.verify(),
        base.clientAuth(),
        base.protocols(),
        base.ciphers(),
        Set.of(option),
        base.alpn(),
        base.records());
  }

  static SslSettings ciphers(SslSettings base, String list, Protocol... versions) {
    return new SslSettings(
        base.server(),
        base.credentials(),
        base.trust(),
        base.verify(),
        base.clientAuth(),
        Set.of(versions),
        CipherString.parse(list),
        base.options(),
        base.alpn(),
        base.records());
  }

  static WireFactory boringssl(SslSettings settings) {
    return SslContext.provider("boringssl").open(settings);
  }

  static WireFactory jdk(SslSettings settings) {
    return SslContext.provider("jdk").open(settings);
  }

  static WirePair pair(WireFactory client, WireFactory server) throws IOException {
    return WirePair.of(
        (link, buffers, owner) ->
            client.wire(link, owner.open(client.memory()), buffers, "localhost", 443),
        UnaryOperator.identity(),
        ServerWires.of(server),
        UnaryOperator.identity());
  }

  /** A handshake, a word each way, and the end of both sides. */
  static Handshaken of(WireFactory client, WireFactory server) throws IOException {
    try (WirePair pair = pair(client, server)) {
      pair.pump();
      assertThat(pair.client().failure()).isNull();
      assertThat(pair.server().failure()).isNull();
      Handshaken facts =
          new Handshaken(
              ((SslWire) pair.client().wire()).session(),
              ((SslWire) pair.server().wire()).session());
      pair.client().send(new byte[] {1});
      pair.server().send(new byte[] {2});
      pair.pump();
      assertThat(pair.client().received()).containsExactly(2);
      assertThat(pair.server().received()).containsExactly(1);
      pair.client().close();
      pair.server().close();
      pair.pump();
      assertThat(pair.client().isEnded() && pair.server().isEnded()).isTrue();
      return facts;
    }
  }
}
