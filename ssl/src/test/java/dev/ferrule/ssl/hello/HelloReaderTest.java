package dev.ferrule.ssl.hello;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.hello.HelloReader.Progress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelloReaderTest {
  private static final String BOTH = "TLSv1.2,TLSv1.3";

  @Test
  void readsWhatAnEngineOffers() throws Exception {
    ClientHello hello = client(Hellos.of(BOTH, "x25519,secp256r1", "x25519").client());
    assertThat(hello.versions()).containsExactly("TLSv1.3", "TLSv1.2");
    assertThat(hello.cipherSuites())
        .startsWith("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")
        .contains("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
        .noneMatch(suite -> suite.startsWith("0x") || suite.contains("SCSV"));
    assertThat(hello.groups()).containsExactly("x25519", "secp256r1");
    assertThat(hello.serverName()).contains("www.example.com");
    assertThat(hello.alpn()).containsExactly("mqtt", "x-own");
    assertThat(hello.signatureSchemes()).contains("ecdsa_secp256r1_sha256", "ed25519");
  }

  @Test
  void readsWhatAnEngineOffersInTls12() throws Exception {
    ClientHello hello =
        client(Hellos.of("TLSv1.2", "secp384r1,secp256r1", "secp384r1,secp256r1").client());
    assertThat(hello.versions()).containsExactly("TLSv1.2");
    assertThat(hello.groups()).containsExactly("secp384r1", "secp256r1");
  }

  @Test
  void readsWhatAnEngineChooses() throws Exception {
    ServerHello hello = server(Hellos.of(BOTH, "x25519,secp256r1", "x25519").server());
    assertThat(hello)
        .isEqualTo(
            new ServerHello(
                "TLSv1.3", "TLS_AES_256_GCM_SHA384", Optional.of("x25519"), false, false));
  }

  @Test
  void readsTheCurveOfServerKeyExchange() throws Exception {
    Hellos flights = Hellos.of("TLSv1.2", "secp384r1,secp256r1", "secp384r1,secp256r1");
    assertThat(server(flights.server()))
        .isEqualTo(
            new ServerHello(
                "TLSv1.2",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                Optional.of("secp384r1"),
                false,
                true));
  }

  @Test
  void readsTheHelloAfterARetry() throws Exception {
    byte[] records = Hellos.of("TLSv1.3", "secp256r1,secp521r1", "secp521r1").server();
    HelloReader reader = HelloReader.ofServer();
    int retry = 5 + ByteBuffer.wrap(records).getShort(3);
    assertThat(reader.feed(ByteBuffer.wrap(records, 0, retry))).isEqualTo(Progress.MORE);
    assertThat(reader.serverHello())
        .isEqualTo(
            new ServerHello(
                "TLSv1.3", "TLS_AES_256_GCM_SHA384", Optional.of("secp521r1"), true, false));
    ByteBuffer rest = ByteBuffer.wrap(records, retry, records.length - retry);
    assertThat(reader.feed(rest)).isEqualTo(Progress.DONE);
    assertThat(reader.serverHello().retry()).isFalse();
    assertThat(reader.serverHello().group()).contains("secp521r1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void readsTheSameByteByByte(String protocol) throws Exception {
    Hellos flights = Hellos.of(protocol, "x25519,secp256r1", "secp256r1");
    HelloReader ofClient = HelloReader.ofClient();
    HelloReader ofServer = HelloReader.ofServer();
    for (byte b : flights.client()) {
      ofClient.feed(ByteBuffer.wrap(new byte[] {b}));
    }
    for (byte b : flights.server()) {
      ofServer.feed(ByteBuffer.wrap(new byte[] {b}));
    }
    assertThat(ofClient.clientHello())
        .usingRecursiveComparison()
        .isEqualTo(client(flights.client()));
    assertThat(ofServer.serverHello()).isEqualTo(server(flights.server()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 64, 1000})
  void readsMessagesThatAreSplitOverRecords(int size) throws Exception {
    byte[] whole = Hellos.of("TLSv1.3", "x25519", "x25519").client();
    int end = 5 + ByteBuffer.wrap(whole).getShort(3);
    byte[] split = Records.fragmented(size, Arrays.copyOfRange(whole, 5, end));
    assertThat(client(split)).usingRecursiveComparison().isEqualTo(client(whole));
  }

  @Test
  void saysMoreWhileAHelloIsNotComplete() throws Exception {
    byte[] whole = Hellos.of("TLSv1.3", "x25519", "x25519").client();
    int end = 5 + ByteBuffer.wrap(whole).getShort(3);
    for (int length = 0; length < end; length++) {
      HelloReader reader = HelloReader.ofClient();
      assertThat(reader.feed(ByteBuffer.wrap(whole, 0, length))).isEqualTo(Progress.MORE);
      assertThat(reader.clientHello()).isNull();
    }
    assertThat(client(Arrays.copyOf(whole, end))).isNotNull();
  }

  @Test
  void leavesTheBufferAsItIs() throws Exception {
    byte[] whole = Hellos.of("TLSv1.3", "x25519", "x25519").client();
    ByteBuffer records = ByteBuffer.allocateDirect(whole.length + 9).position(9).put(whole);
    records.position(9);
    assertThat(ClientHello.read(records.asReadOnlyBuffer())).isNotNull();
    assertThat(ClientHello.read(records)).isNotNull();
    assertThat(records.position()).isEqualTo(9);
    assertThat(records.limit()).isEqualTo(whole.length + 9);
  }

  static ClientHello client(byte[] records) {
    return ClientHello.read(ByteBuffer.wrap(records));
  }

  static ServerHello server(byte[] records) {
    return ServerHello.read(ByteBuffer.wrap(records));
  }
}
