package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client of TLS 1.2 that does not say which signatures it takes: that means SHA-1 (RFC 5246). */
class UnsaidSignaturesTest {
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;

  /** ServerHelloDone, the end of a server's flight. */
  private static final String DONE = "0e000000";

  private final Heard server = new Heard();
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "RSA_2048"})
  void it_gets_no_signature(KeyType key) {
    ask(s -> s.credentials(Pki.server(key).credentials()));
    SslError error = server.ssl(Side.OURS, Stage.HELLO, "no kind of signature", "SHA-1");
    int alert = Alerts.number(error.alert().orElseThrow());
    assertThat(answer.toByteArray()).endsWith(ALERT, 3, 3, 0, 2, 2, alert);
    assertThat(flight(answer.toByteArray())).doesNotContain(DONE);
  }

  @Test
  void it_gets_one_where_that_is_asked_for_by_name() {
    assumeTrue(
        !Provided.REFUSED.contains(SslOption.ALLOW_SHA1_HANDSHAKE),
        "the provider cannot honour the option");
    ask(s -> s.option(SslOption.ALLOW_SHA1_HANDSHAKE));
    assertThat(answer.toByteArray()).startsWith(HANDSHAKE, 3, 3);
  }

  /** Sends a hello, and ends when the server does, or asks for more. */
  private void ask(Consumer<SslServerSetup> settings) {
    Loops.runInline(loop -> {
      TcpServer listening = Pair.serve(loop, server, settings);
      Tcp.connect(loop, "127.0.0.1", listening.port())
          .onConnect(socket -> socket.write(hello()))
          .onRead((socket, data) -> {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            answer.writeBytes(bytes);
            if (server.events.isEmpty() && flight(answer.toByteArray()).endsWith(DONE)) {
              socket.close();
            }
          })
          .onEvent(event -> {})
          .open();
    });
  }

  private static String flight(byte[] records) {
    return HexFormat.of().formatHex(records);
  }

  /** Of TLS 1.2 with ECDHE on P-256, and no signature_algorithms. */
  private static byte[] hello() {
    byte[] suites = HexFormat.of().parseHex("c02bc02fc00ac014");
    byte[] extensions = HexFormat.of().parseHex("000a000400020017" + "000b00020100" + "ff01000100");
    ByteBuffer hello = ByteBuffer.allocate(300);
    hello.put(new byte[] {HANDSHAKE, 3, 1, 0, 0, 1, 0, 0, 0, 3, 3}).put(new byte[32]);
    hello.put((byte) 0).putShort((short) suites.length).put(suites);
    hello.put(new byte[] {1, 0}).putShort((short) extensions.length).put(extensions);
    int length = hello.position() - 5;
    hello.putShort(3, (short) length).putShort(7, (short) (length - 4));
    byte[] all = new byte[hello.flip().remaining()];
    hello.get(all);
    return all;
  }
}
