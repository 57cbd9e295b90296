package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.CrlDraft;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --crl} and {@code --strict-crl}, and several files of trusted issuers. */
class RevocationOptionsTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Issued SERVER = CA.issue("localhost", "127.0.0.1");
  private static final Issued CLIENT = CA.request("client.example").forClient().issue();

  @TempDir private Path folder;
  private String ca;

  @BeforeEach
  void write() throws IOException {
    ca = write("ca.pem", CA.pem());
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private String list(CrlDraft draft) throws IOException {
    return write("list.crl", draft.pem());
  }

  private static Tool.Result connect(String... options) throws IOException {
    try (var server = ScriptedServer.ssl(SERVER, RevocationOptionsTest::answer)) {
      List<String> all = new ArrayList<>(List.of("connect", server.address()));
      all.addAll(List.of("--quiet", "--shutdown-after=0s"));
      all.addAll(List.of(options));
      return Tool.runWith("hi", all.toArray(String[]::new));
    }
  }

  private static void answer(Socket socket) throws IOException {
    socket.getInputStream().readAllBytes();
    socket.getOutputStream().write("hello".getBytes(UTF_8));
    socket.close();
  }

  @Test
  void a_revoked_server_is_2_and_others_are_0() throws IOException {
    Tool.Result revoked = connect("--ca", ca, "--crl", list(CA.crl().revoke(SERVER.certificate())));
    assertThat(revoked.status()).isEqualTo(2);
    assertThat(revoked.err()).contains("CN=localhost", "was revoked by its issuer");
    assertThat(connect("--ca", ca, "--crl", list(CA.crl()), "--strict-crl"))
        .extracting(Tool.Result::status, Tool.Result::out, Tool.Result::err)
        .containsExactly(0, "hello", "");
  }

  @Test
  void a_list_out_of_date_is_told_and_where_it_is_strict_it_is_2() throws IOException {
    String list = list(CA.crl().expired());
    Tool.Result told = connect("--ca", ca, "--crl", list);
    assertThat(told.status()).isZero();
    assertThat(told.err().lines()).singleElement().asString().contains("out of date");
    Tool.Result strict = connect("--ca", ca, "--crl", list, "--strict-crl");
    assertThat(strict.status()).isEqualTo(2);
    assertThat(strict.err()).contains("it is not known whether", "out of date");
  }

  @Test
  void several_lists_and_what_is_left_out_of_a_folder() throws IOException {
    Path lists = Files.createDirectory(folder.resolve("lists"));
    Files.writeString(lists.resolve("good.crl"), ThrowawayCa.create().crl().pem());
    Files.writeString(lists.resolve("empty.crl"), "");
    String own = list(CA.crl().revoke(SERVER.certificate()));
    Tool.Result result = connect("--ca", ca, "--crl", lists.toString(), "--crl", own);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("left out: ", "empty.crl is empty", "was revoked");
  }

  @Test
  void several_sources_are_trusted_at_once() throws IOException {
    String other = write("other.pem", ThrowawayCa.create().pem());
    assertThat(connect("--ca", "system", "--ca", other, "--ca", ca).status()).isZero();
    assertThat(connect("--ca", "system", "--ca", other).status()).isEqualTo(2);
  }

  @Test
  void serve_refuses_clients_that_are_revoked_while_it_serves() throws Exception {
    String list = list(CA.crl());
    SERVER.write(folder);
    String[] options = {
      "--cert",
      folder.resolve("chain.pem").toString(),
      "--key",
      folder.resolve("key.pem").toString(),
      "--client-ca",
      "system",
      "--client-ca",
      ca,
      "--crl",
      list,
      "--strict-crl",
      "--watch",
      "-v"
    };
    try (RunningTool server = RunningTool.serve(folder, options)) {
      String address = server.address();
      assertThat(visit(address).out()).isEqualTo("hi");
      list(CA.crl().revoke(CLIENT.certificate()));
      awaitError(server, "revocation lists: 1 more, 1 fewer");
      Tool.Result refused = visit(address);
      assertThat(refused.status()).isEqualTo(2);
      awaitError(server, "CN=client.example (serial number ");
      assertThat(server.stop()).isZero();
    }
  }

  private Tool.Result visit(String address) throws IOException {
    String chain = write("client.pem", CLIENT.chainPem());
    String key = write("client.key", CLIENT.keyPem());
    return Tool.runWith(
        "hi",
        "connect",
        address,
        "--ca",
        ca,
        "--cert",
        chain,
        "--key",
        key,
        "--server-name",
        "localhost",
        "-q",
        "--shutdown-after=0s");
  }

  private static void awaitError(RunningTool server, String words) {
    Loops.eventually(() -> {
      try {
        return server.err().contains(words);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }
}
