package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.cli.starttls.MysqlServer;
import dev.ferrule.cli.starttls.Refused;
import dev.ferrule.cli.starttls.ServerDialogue;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One server of each protocol with STARTTLS, to which openssl and {@code connect} are clients. */
@Timeout(60)
class OpensslStartTlsTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Issued SERVER = CA.issue("localhost", "127.0.0.1");

  @TempDir private static Path folder;
  private static String ca;

  @BeforeAll
  static void writeCa() throws IOException {
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "openssl")));
    assumeTrue(installed, "openssl is not installed here");
  }

  /** One byte at a time, so that none is read that belongs to TLS. */
  private static void play(StartTls protocol, Socket plain) throws IOException {
    ServerDialogue dialogue = server(protocol);
    Consumer<byte[]> say = bytes -> write(plain, bytes);
    if (dialogue.needsGreeting()) {
      assertThat(dialogue.greeted(ByteBuffer.wrap(dialogue.greeting()), say)).isTrue();
    }
    boolean begins = false;
    while (!begins) {
      int b = plain.getInputStream().read();
      if (b < 0) {
        throw new IOException("the client left before TLS");
      }
      begins = dialogue.hear(ByteBuffer.wrap(new byte[] {(byte) b}), say);
    }
    try (Socket secure = ScriptedServer.secure(plain, SERVER)) {
      secure.getOutputStream().write(dialogue.insideTls());
      secure.getOutputStream().write("inside".getBytes(UTF_8));
    }
  }

  private static ServerDialogue server(StartTls protocol) {
    return protocol == StartTls.MYSQL ? new MysqlServer() : protocol.serverDialogue();
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(StartTls.class)
  void a_server_that_openssl_accepts_is_one_that_connect_accepts(StartTls protocol)
      throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(plain -> play(protocol, plain))) {
      String said = openssl(server.address(), protocol);
      assertThat(said).contains("Verification: OK").endsWith("inside");
      server.await();
    }
    try (ScriptedServer server = ScriptedServer.plain(plain -> play(protocol, plain))) {
      Tool.Result result =
          Tool.run("connect", server.address(), "--starttls", protocol.toString(), "--ca", ca);
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.out()).endsWith("inside");
      server.await();
    }
  }

  private static String openssl(String address, StartTls protocol) throws Exception {
    String[] command = {
      "openssl",
      "s_client",
      "-brief",
      "-ign_eof",
      "-verify_return_error",
      "-CAfile",
      ca,
      "-connect",
      address,
      "-starttls",
      protocol.toString()
    };
    Process client =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    return new String(client.getInputStream().readAllBytes(), UTF_8);
  }

  @ParameterizedTest
  @EnumSource(
      value = StartTls.class,
      names = {"MYSQL", "XMPP", "POSTGRES", "LDAP"})
  void what_is_no_message_of_the_protocol_is_refused(StartTls protocol) {
    ServerDialogue dialogue = server(protocol);
    ByteBuffer data = ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".repeat(3).getBytes(UTF_8));
    assertThatThrownBy(() -> dialogue.hear(data, bytes -> {})).isInstanceOf(Refused.class);
  }
}
