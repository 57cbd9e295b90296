package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Link;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.contract.WirePair;
import dev.ferrule.tests.ServerWires;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that sign and never show themselves, as those of hardware tokens. */
@Tag("once")
class OutsideKeyTest {
  private static final SslSettings CLIENT = Handshaken.settings(false);
  private static final SslSettings SERVER = Handshaken.settings(true);

  @ParameterizedTest
  @CsvSource({"TLS_1_2, EC_P256", "TLS_1_3, EC_P256", "TLS_1_2, RSA_2048", "TLS_1_3, RSA_2048"})
  void a_server_and_a_client_sign_with_a_key_that_stays_outside(Protocol version, KeyType type)
      throws IOException {
    Credentials served = outside(type, "localhost", false, new AtomicBoolean());
    Credentials shown = outside(type, "device-7", true, new AtomicBoolean());
    Handshaken facts =
        Handshaken.of(
            Handshaken.boringssl(
                Handshaken.with(Handshaken.with(CLIENT, version), shown, ClientAuth.NONE)),
            Handshaken.boringssl(Handshaken.with(SERVER, served, ClientAuth.REQUIRED)));
    assertThat(facts.client().peerChain()).isEqualTo(served.chain());
    assertThat(facts.server().peerChain()).isEqualTo(shown.chain());
  }

  @Test
  void a_key_that_fails_fails_the_handshake_and_nothing_else() throws IOException {
    AtomicBoolean gone = new AtomicBoolean();
    Credentials served = outside(KeyType.EC_P256, "localhost", false, gone);
    gone.set(true);
    try (WirePair pair =
        Handshaken.pair(
            Handshaken.boringssl(CLIENT),
            Handshaken.boringssl(Handshaken.with(SERVER, served, ClientAuth.NONE)))) {
      pair.pump();
      SslError error = (SslError) pair.server().failure();
      assertThat(error.side()).isEqualTo(SslError.Side.OURS);
      assertThat(error.message()).contains("the token was pulled");
      assertThat(((SslError) pair.client().failure()).side()).isEqualTo(SslError.Side.PEER);
    }
  }

  @Test
  void it_signs_as_versions_before_tls_1_2_have_it() throws IOException {
    Credentials served = outside(KeyType.RSA_2048, "localhost", false, new AtomicBoolean());
    Handshaken facts =
        Handshaken.of(
            Handshaken.boringssl(Handshaken.ciphers(CLIENT, "ALL", Protocol.TLS_1_1)),
            Handshaken.boringssl(
                Handshaken.ciphers(
                    Handshaken.with(SERVER, served, ClientAuth.NONE), "ALL", Protocol.TLS_1_1)));
    assertThat(facts.client().protocol()).isEqualTo(Protocol.TLS_1_1);
  }

  @Test
  void it_decrypts_for_rsa_key_exchange_and_what_is_no_cipher_text_is_the_peers_fault()
      throws IOException {
    assertThat(exchange(bytes -> bytes)).isNull();
    SslError error =
        exchange(record -> {
          Arrays.fill(record, record.length - 256, record.length, (byte) 0xFF);
          return record;
        });
    assertThat(error.code()).isNotEqualTo("BROKEN");
    assertThat(error.message()).startsWith("the peer's handshake was refused");
  }

  /** The server's failure where the client's first message behind the hello is changed. */
  private static SslError exchange(UnaryOperator<byte[]> change) throws IOException {
    Credentials served = outside(KeyType.RSA_2048, "localhost", false, new AtomicBoolean());
    WireFactory clients =
        Handshaken.boringssl(Handshaken.ciphers(CLIENT, "AES128-GCM-SHA256", Protocol.TLS_1_2));
    WireFactory servers =
        Handshaken.boringssl(
            Handshaken.ciphers(
                Handshaken.with(SERVER, served, ClientAuth.NONE),
                "AES128-GCM-SHA256",
                Protocol.TLS_1_2));
    try (WirePair pair =
        WirePair.of(
            (link, buffers, owner) ->
                clients.wire(link, owner.open(clients.memory()), buffers, "localhost", 443),
            link -> new SecondFlight(link, change),
            ServerWires.of(servers),
            UnaryOperator.identity())) {
      pair.pump();
      return (SslError) pair.server().failure();
    }
  }

  /** Changes the first record of the second flight, which is short enough to be one write. */
  private static final class SecondFlight extends ForwardingLink {
    private final UnaryOperator<byte[]> change;
    private int writes;

    SecondFlight(Link real, UnaryOperator<byte[]> change) {
      super(real);
      this.change = change;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      if (source.hasRemaining() && writes++ == 1) {
        byte[] record = new byte[5 + source.getShort(source.position() + 3)];
        source.get(source.position(), record);
        source.put(source.position(), change.apply(record));
      }
      return super.write(source);
    }
  }

  private static Credentials outside(
      KeyType type, String name, boolean client, AtomicBoolean gone) {
    var request = Handshaken.CA.request(name).keyType(type);
    Issued issued = (client ? request.forClient() : request).issue();
    return Credentials.of(hidden(issued.key(), gone), issued.chain());
  }

  /** The same key, which gives no encoding. */
  private static PrivateKey hidden(PrivateKey key, AtomicBoolean gone) {
    Class<?> kind = key instanceof RSAPrivateKey ? RSAPrivateKey.class : ECPrivateKey.class;
    return (PrivateKey)
        Proxy.newProxyInstance(
            OutsideKeyTest.class.getClassLoader(),
            new Class<?>[] {kind},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getEncoded") || method.getName().equals("getFormat")) {
                return null;
              }
              if (gone.get()) {
                throw new IllegalStateException("the token was pulled");
              }
              try {
                return method.invoke(key, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
