package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions through a pipe to servers on OpenSSL, which drop their answer at the client's end. */
@Timeout(60)
class RealServersTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private static Path folder;
  private static WrittenFiles files;
  private static String ca;

  private Process server;
  private BufferedReader said;

  @BeforeAll
  static void writeFiles() throws IOException {
    files = CA.issue("localhost", "127.0.0.1").write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    Files.writeString(folder.resolve("page.txt"), "a page\n");
    try (InputStream script = RealServersTest.class.getResourceAsStream("mail.py")) {
      Files.copy(script, folder.resolve("mail.py"));
    }
  }

  private void start(List<String> command) throws IOException {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, command.getFirst())));
    assumeTrue(installed, command.getFirst() + " is not installed here");
    File problems = folder.resolve("server.err").toFile();
    server = new ProcessBuilder(command).directory(folder.toFile()).redirectError(problems).start();
    said = server.inputReader(UTF_8);
  }

  @AfterEach
  void end() throws InterruptedException {
    if (server != null) {
      server.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static Tool.Result ask(
      String question, String port, String provider, String protocol, String... more) {
    String[] arguments = {
      "connect",
      "127.0.0.1:" + port,
      "-q",
      "--ca",
      ca,
      "--provider",
      provider,
      "--max-protocol",
      protocol
    };
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Tool.runWith(question, all);
  }

  @ParameterizedTest
  @CsvSource({"boringssl,TLSv1.3", "boringssl,TLSv1.2", "jdk,TLSv1.3", "jdk,TLSv1.2"})
  void openssl_answers_HTTP_1_0(String provider, String protocol) throws IOException {
    start(
        List.of(
            "openssl",
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-WWW",
            "-cert",
            files.certificate().toString(),
            "-key",
            files.key().toString()));
    String line;
    do {
      line = said.readLine();
    } while (!line.startsWith("ACCEPT "));
    String port = line.substring(line.lastIndexOf(':') + 1);
    Tool.Result result = ask("GET /page.txt HTTP/1.0\r\n\r\n", port, provider, protocol);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("HTTP/1.0 200 ok").endsWith("\r\n\r\na page\n");
    assertThat(result.status()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "boringssl,TLSv1.3,imap",
    "jdk,TLSv1.2,imap",
    "jdk,TLSv1.3,smtp",
    "boringssl,TLSv1.2,smtp"
  })
  void a_mail_server_answers_after_a_while(String provider, String protocol, String mail)
      throws IOException {
    start(
        List.of(
            "python3",
            "mail.py",
            mail,
            files.certificate().toString(),
            files.key().toString(),
            "0.3"));
    boolean imap = mail.equals("imap");
    String question = imap ? "a NOOP\r\nb LOGOUT\r\n" : "EHLO me\r\nQUIT\r\n";
    Tool.Result result = ask(question, said.readLine(), provider, protocol);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).endsWith(imap ? "b OK LOGOUT completed\r\n" : "221 bye\r\n");
    assertThat(result.status()).isZero();
    assertThat(said.readLine()).isEqualTo("answered");
  }
}
