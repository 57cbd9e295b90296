package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The control connection of FTP, back in the clear (CCC, RFC 4217 12.3), with real peers. */
class FtpClearTest {
  /**
   * Curl ends SSL itself; when it shall wait for its server's end, it takes a close_notify that
   * comes with the answer for the end of the connection.
   */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void curl_goes_on_in_the_clear_with_a_server_on_ferrule(String version) {
    assumeTrue(Program.exists("curl"), "curl is not installed here");
    FtpControl served = new FtpControl();
    try (Background loop = new Background()) {
      TcpServer server =
          loop.call(eventLoop ->
              Tcp.server(eventLoop, "127.0.0.1", 0)
                  .onConnect(served::greet)
                  .onRead(served::read)
                  .onEvent(event -> {})
                  .open());
      try (Program curl = Program.start(curl(version.substring(4), server.port()))) {
        assertThat(curl.output()).contains("Content-Length: 4711");
        assertThat(curl.exitCode()).isZero();
      }
    }
    assertThat(served.commands())
        .containsSubsequence("AUTH SSL", "USER (ssl)", "CCC (ssl)", "SIZE", "QUIT");
  }

  private static List<String> curl(String version, int port) {
    return List.of(
        "curl",
        "--silent",
        "--show-error",
        "--noproxy",
        "*",
        "--head",
        "--ssl-reqd",
        "--ftp-ssl-ccc",
        "--ftp-ssl-ccc-mode",
        "active",
        "--resolve",
        "localhost:" + port + ":127.0.0.1",
        "--cacert",
        Pki.trustFile().toString(),
        "--tlsv" + version,
        "--tls-max",
        version,
        "--max-time",
        "20",
        "ftp://joe:word@localhost:" + port + "/file");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_on_ferrule_goes_on_in_the_clear_with_pure_ftpd(
      Protocol version, @TempDir Path folder) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/pure-ftpd")), "pure-ftpd is not installed");
    assumeTrue("root".equals(System.getProperty("user.name")), "pure-ftpd serves as root only");
    FtpSession session = new FtpSession(version);
    int port = Ports.free();
    try (Program ftpd = Program.start(pureFtpd(folder, port));
        Background loop = new Background()) {
      awaitListening(port);
      loop.call(eventLoop ->
          Tcp.connect(eventLoop, "127.0.0.1", port)
              .onRead(session::read)
              .onEvent(session.events::add)
              .open());
      session.lines.await(line -> line.startsWith("221"));
      assertThat(ftpd.lines()).isNotNull();
    }
    assertThat(session.lines.all())
        .containsSubsequence("230 (ssl)", "200 (ssl)", "200", "257", "221");
  }

  private static List<String> pureFtpd(Path folder, int port) throws IOException {
    Pki.Identity identity = Pki.server(KeyType.EC_P256);
    Path both = folder.resolve("both.pem");
    Files.writeString(both, Files.readString(identity.key()) + Files.readString(identity.chain()));
    Path users = folder.resolve("users");
    try (Program added =
        Program.start(
            List.of(
                "pure-pw",
                "useradd",
                "joe",
                "-f",
                users.toString(),
                "-F",
                users + ".pdb",
                "-u",
                "nobody",
                "-d",
                folder.toString(),
                "-m"))) {
      added.feed("word");
      added.feed("word");
      assertThat(added.exitCode()).as(added.output()).isZero();
    }
    return List.of(
        "/usr/sbin/pure-ftpd",
        "-S",
        "127.0.0.1," + port,
        "-Y",
        "1",
        "-2",
        both.toString(),
        "-l",
        "puredb:" + users + ".pdb",
        "-g",
        folder.resolve("pid").toString());
  }

  private static void awaitListening(int port) {
    Loops.eventually(() -> {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.getInputStream().read() == '2';
      } catch (IOException e) {
        return false;
      }
    });
  }
}
