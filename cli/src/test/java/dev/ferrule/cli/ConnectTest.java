package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Issued SERVER = CA.issue("localhost", "127.0.0.1");

  private static final String AT_ONCE = "--shutdown-after=0s";

  @TempDir private static Path folder;
  private static String ca;

  @BeforeAll
  static void writeCa() throws IOException {
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
  }

  /** Reads to the end, then answers: a half-close gets an answer, and the sooner the better. */
  private static void answer(Socket socket) throws IOException {
    byte[] heard = socket.getInputStream().readAllBytes();
    OutputStream out = socket.getOutputStream();
    out.write(("you said " + new String(heard, UTF_8)).getBytes(UTF_8));
    socket.close();
  }

  @Test
  void a_half_close_at_the_end_of_input_gets_an_answer_that_is_read_to_its_end()
      throws IOException {
    try (var server = ScriptedServer.ssl(SERVER, ConnectTest::answer)) {
      Tool.Result result = Tool.runWith("hello", "connect", server.address(), "--ca", ca, AT_ONCE);
      assertThat(result.out()).isEqualTo("you said hello");
      assertThat(result.err()).startsWith("ferrule: secure with 127.0.0.1:").contains("TLSv1.3");
      assertThat(result.err().lines()).hasSize(1);
      assertThat(result.status()).isZero();
    }
  }

  @Test
  void an_untrusted_certificate_is_2_and_nothing_of_the_input_is_sent() throws IOException {
    try (var server = ScriptedServer.ssl(SERVER, ConnectTest::answer)) {
      Tool.Result result = Tool.runWith("secret", "connect", server.address(), "--quiet");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err().lines()).hasSize(1);
      assertThat(result.out()).isEmpty();
    }
  }

  @Test
  void a_certificate_of_another_name_is_2() throws IOException {
    try (var server = ScriptedServer.ssl(SERVER, ConnectTest::answer)) {
      Tool.Result result =
          Tool.run("connect", server.address(), "--ca", ca, "--server-name", "other.example");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("other.example");
    }
  }

  @Test
  void insecure_accepts_anything() throws IOException {
    try (var server = ScriptedServer.ssl(SERVER, ConnectTest::answer)) {
      Tool.Result result =
          Tool.runWith("hi", "connect", server.address(), "--insecure", "-q", AT_ONCE);
      assertThat(result)
          .extracting(Tool.Result::status, Tool.Result::out, Tool.Result::err)
          .containsExactly(0, "you said hi", "");
    }
  }

  @Test
  void the_pinned_certificate_is_accepted_without_its_issuer() throws IOException {
    String pin = Fingerprint.of(SERVER.certificate()).toString();
    try (var server = ScriptedServer.ssl(SERVER, ConnectTest::answer)) {
      Tool.Result result = Tool.runWith("hi", "connect", server.address(), "--pin", pin, AT_ONCE);
      assertThat(result.status()).isZero();
      assertThat(result.out()).isEqualTo("you said hi");
    }
  }

  @Test
  void another_certificate_than_the_pinned_is_2_and_hears_nothing() throws IOException {
    String pin = Fingerprint.of(CA.certificate()).toString();
    byte[][] heard = new byte[1][];
    try (var server =
        ScriptedServer.ssl(SERVER, socket -> heard[0] = socket.getInputStream().readAllBytes())) {
      Tool.Result result = Tool.runWith("secret", "connect", server.address(), "--pin", pin);
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("not the pinned one");
      server.awaitAnyEnd();
      assertThat(heard[0]).isNullOrEmpty();
    }
  }

  @Test
  void an_end_without_close_notify_is_3_and_what_came_is_written() throws IOException {
    try (var server =
        ScriptedServer.plain(plain -> {
          Socket secure = ScriptedServer.secure(plain, SERVER);
          secure.getOutputStream().write("half of it".getBytes(UTF_8));
          secure.getInputStream().readAllBytes();
          plain.close();
        })) {
      Tool.Result result = Tool.run("connect", server.address(), "--ca", ca, "-q", AT_ONCE);
      assertThat(result.out()).isEqualTo("half of it");
      assertThat(result.status()).isEqualTo(3);
      assertThat(result.err().lines()).hasSize(1);
    }
  }

  @Test
  void a_port_where_nobody_listens_is_4() throws IOException {
    String address;
    try (var server = ScriptedServer.plain(socket -> {})) {
      address = server.address();
    }
    Tool.Result result = Tool.run("connect", address);
    assertThat(result.status()).isEqualTo(4);
    assertThat(result.err()).contains(address, "refused");
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void a_name_that_has_no_address_is_4() {
    String host = "x".repeat(64); // longer than a label may be: no DNS server is asked
    Tool.Result result = Tool.run("connect", host + ":443");
    assertThat(result.status()).isEqualTo(4);
    assertThat(result.err()).contains(host);
  }

  @Test
  void a_peer_that_does_not_speak_TLS_is_2() throws IOException {
    try (var server =
        ScriptedServer.plain(s -> {
          s.getInputStream().read();
          s.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
          s.getInputStream().readAllBytes();
        })) {
      Tool.Result result = Tool.run("connect", server.address());
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("HTTP");
    }
  }

  @Test
  void a_peer_that_says_nothing_is_2_after_the_timeout() throws IOException {
    try (var server = ScriptedServer.plain(s -> s.getInputStream().readAllBytes())) {
      Tool.Result result = Tool.run("connect", server.address(), "--timeout", "0.2");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("0.2 s");
    }
  }

  @Test
  void plain_connects_without_TLS() throws IOException {
    try (var server =
        ScriptedServer.plain(s -> s.getOutputStream().write(s.getInputStream().readAllBytes()))) {
      Tool.Result result =
          Tool.runWith("as it is", "connect", server.address(), "--plain", "-q", AT_ONCE);
      assertThat(result.out()).isEqualTo("as it is");
      assertThat(result.status()).isZero();
    }
  }

  @Test
  void a_unix_domain_socket_is_a_place_too() throws Exception {
    Path path = folder.resolve("s");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try (var peer = listener.accept()) {
              peer.write(ByteBuffer.wrap("from a file".getBytes(UTF_8)));
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      Tool.Result result = Tool.run("connect", "unix:" + path, "--plain");
      assertThat(result.out()).isEqualTo("from a file");
      assertThat(result.status()).isZero();
    }
  }

  @Test
  void verbose_shows_the_chain() throws IOException {
    try (var server = ScriptedServer.ssl(SERVER, ConnectTest::answer)) {
      Tool.Result result = Tool.run("connect", server.address(), "--ca", ca, "--verbose", AT_ONCE);
      assertThat(result.err())
          .contains("CN=localhost", Fingerprint.of(SERVER.certificate()).toString());
    }
  }

  @Test
  void verbose_says_what_was_left_out_of_the_trusted_folder() throws IOException {
    Path trusted = Files.createDirectory(folder.resolve("trusted"));
    Files.writeString(trusted.resolve("ca.pem"), CA.pem());
    Files.writeString(trusted.resolve("notes.crt"), "notes\n");
    try (var server = ScriptedServer.ssl(SERVER, ConnectTest::answer)) {
      String[] connect = {"connect", server.address(), "--ca", trusted.toString(), AT_ONCE, "-v"};
      Tool.Result result = Tool.run(connect);
      assertThat(result.err().lines().findFirst().orElseThrow())
          .startsWith("ferrule: left out: ")
          .contains("notes.crt is neither PEM nor DER");
      assertThat(result.status()).isZero();
    }
  }

  @Test
  void output_that_takes_no_more_is_1() throws IOException {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    try (var server = ScriptedServer.ssl(SERVER, ConnectTest::answer)) {
      var stdio = new Stdio(java.io.InputStream.nullInputStream(), broken, System.err);
      assertThat(Main.run(stdio, "connect", server.address(), "--ca", ca, "-q", AT_ONCE))
          .isEqualTo(1);
    }
  }
}
