package dev.ferrule.ssl.hello;

import static dev.ferrule.ssl.hello.HelloReaderTest.client;
import static dev.ferrule.ssl.hello.HelloReaderTest.server;
import static dev.ferrule.ssl.hello.Records.ascii;
import static dev.ferrule.ssl.hello.Records.clientHello;
import static dev.ferrule.ssl.hello.Records.extension;
import static dev.ferrule.ssl.hello.Records.hex;
import static dev.ferrule.ssl.hello.Records.join;
import static dev.ferrule.ssl.hello.Records.message;
import static dev.ferrule.ssl.hello.Records.record;
import static dev.ferrule.ssl.hello.Records.serverHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.hello.HelloReader.Progress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OddHellosTest {
  private static final byte[] TLS13 = extension(43, "0304");

  @Test
  void leavesOutWhatStandsForNothing() {
    ClientHello hello =
        client(
            record(
                clientHello(
                    "fafa 1301 00ff 5600",
                    extension(0x0A0A, ""),
                    extension(43, "06 8a8a 0304 7f1c"),
                    extension(10, "0006 dada 11ec 0029"))));
    assertThat(hello.cipherSuites()).containsExactly("TLS_AES_128_GCM_SHA256");
    assertThat(hello.versions()).containsExactly("TLSv1.3", "0x7F1C");
    assertThat(hello.groups()).containsExactly("X25519MLKEM768", "curveSM2");
  }

  @Test
  void aHelloWithoutExtensionsStatesItsHighestVersion() {
    ClientHello hello = client(record(clientHello("002f abcd")));
    assertThat(hello.versions()).containsExactly("TLSv1.2");
    assertThat(hello.cipherSuites()).containsExactly("TLS_RSA_WITH_AES_128_CBC_SHA", "0xABCD");
    assertThat(hello.serverName()).isEmpty();
  }

  @Test
  void whatIsNotPrintableInANameIsEscaped() {
    String name = "evil\n\u001b.example";
    String body = "%04x00%04x".formatted(name.length() + 3, name.length()) + ascii(name);
    ClientHello hello = client(record(clientHello("1301", extension(0, body))));
    assertThat(hello.serverName()).contains("evil\\x0a\\x1b.example");
  }

  @Test
  void aPostQuantumGroupIsOne() {
    ServerHello hello =
        server(record(serverHello(Records.RANDOM, "1301", TLS13, extension(51, "11ec 0001 00"))));
    assertThat(hello.group()).contains("X25519MLKEM768");
    assertThat(hello.group().flatMap(NamedGroup::of)).get().matches(NamedGroup::isPostQuantum);
    assertThat(NamedGroup.X25519.isPostQuantum()).isFalse();
  }

  @Test
  void aResumedTls12HandshakeHasNoCurve() {
    byte[] hello = record(serverHello(Records.RANDOM, "c02b"));
    HelloReader reader = HelloReader.ofServer();
    assertThat(reader.feed(ByteBuffer.wrap(hello))).isEqualTo(Progress.MORE);
    assertThat(reader.feed(ByteBuffer.wrap(hex("140303000101")))).isEqualTo(Progress.DONE);
    assertThat(reader.serverHello().group()).isEmpty();
  }

  @Test
  void aCertificateOfAnySizeIsPassedOver() {
    byte[] flight =
        join(
            serverHello(Records.RANDOM, "c02b"),
            message(11, new byte[100_000]),
            message(12, hex("03 001d 20"), new byte[100]),
            message(14));
    ServerHello hello = server(Records.fragmented(16_384, flight));
    assertThat(hello.group()).contains("x25519");
    assertThat(hello.version()).isEqualTo("TLSv1.2");
  }

  @Test
  void aRetryNamesItsGroup() {
    byte[] retry = record(serverHello(Records.RETRY, "1302", TLS13, extension(51, "0018")));
    assertThat(server(retry)).matches(ServerHello::retry);
    assertThat(server(retry).group()).contains("secp384r1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "474554202f20485454502f312e310d0a", // GET / HTTP/1.1
        "15030300020228", // an alert
        "1703030001ff", // data
        "160203000101", // no such protocol
        "1603030000", // an empty record
        "1603034001", // a record that is too long
        "160303000402000000", // a server's message
        "160303000401ffffff", // a hello of 16 MB
      })
  void whatIsNoHelloIsToldAtOnce(String bytes) {
    HelloReader reader = HelloReader.ofClient();
    assertThat(reader.feed(ByteBuffer.wrap(hex(bytes)))).isEqualTo(Progress.NONE);
    assertThat(reader.clientHello()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0003 04 0303", // longer than the extension
        "0001 00", // an empty list
        "0002 01 03", // half a version
        "0004 02 0303 00", // more than the list
        "0009 02 0303", // longer than the message
      })
  void aMalformedExtensionIsNoHello(String lengthAndBody) {
    assertThat(client(record(clientHello("1301", hex("002b" + lengthAndBody))))).isNull();
  }

  @Test
  void aRepeatedExtensionIsNoHello() {
    byte[] versions = extension(43, "020304");
    assertThat(client(record(clientHello("1301", versions, versions)))).isNull();
    assertThat(server(record(serverHello(Records.RANDOM, "1301", TLS13, TLS13)))).isNull();
  }

  @Test
  void damageNeverThrows() throws Exception {
    SplittableRandom random = new SplittableRandom(20250925);
    for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
      Hellos flights = Hellos.of(protocol, "x25519,secp256r1", "secp256r1");
      for (int i = 0; i < 5_000; i++) {
        assertThat(feed(HelloReader.ofClient(), damaged(flights.client(), random), random))
            .isNotNull();
        assertThat(feed(HelloReader.ofServer(), damaged(flights.server(), random), random))
            .isNotNull();
      }
    }
  }

  /** Cuts, and changes some bytes, mostly near the start, where lengths and types are. */
  private static byte[] damaged(byte[] good, SplittableRandom random) {
    byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length + 1));
    for (int i = random.nextInt(8); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 150));
      bytes[at] = (byte) random.nextInt();
    }
    return bytes;
  }

  private static Progress feed(HelloReader reader, byte[] bytes, SplittableRandom random) {
    Progress progress = Progress.MORE;
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, 1 + random.nextInt(600));
      progress = reader.feed(ByteBuffer.wrap(bytes, at, count));
      at += count;
    }
    return progress;
  }
}
