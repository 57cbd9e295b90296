package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Provided;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What OpenSSL's own client can be told to do with a connection: 'K', 'k' and 'R'. */
class OpensslPeerTest {
  private static final Path OPENSSL =
      Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
          .map(folder -> Path.of(folder, "openssl"))
          .filter(file -> file.toFile().canExecute())
          .findFirst()
          .orElse(null);

  @TempDir Path folder;

  private Process peer;

  @Test
  void a_key_update_that_asks_for_another_is_answered() throws Exception {
    Heard server = talk("-tls1_3", "K\n", "KEYUPDATE");
    assertThat(server.text).hasToString("hello\nafter\n");
    assertThat(server.events).isEmpty();
  }

  @Test
  void a_key_update_that_asks_for_nothing_is_taken() throws Exception {
    Heard server = talk("-tls1_3", "k\n", "KEYUPDATE");
    assertThat(server.text).hasToString("hello\nafter\n");
  }

  @Test
  void renegotiation_is_refused() throws Exception {
    Heard server = talk("-tls1_2", "R\n", "RENEGOTIATING");
    server.ssl(Side.OURS, Stage.DATA, "renegotiation", "refused");
    assertThat(server.text).hasToString("hello\n");
  }

  @Test
  void a_clients_name_is_told_unless_it_can_be_nobodys() throws Exception {
    assertThat(named("some.example")).containsExactly("some.example");
    String heard = Provided.ODD_NAMES_PASS ? "none" : "SslError";
    assertThat(named("no\nname")).containsExactly(heard);
  }

  @Test
  void a_client_whose_name_java_does_not_take_hears_that_it_is_the_name() throws Exception {
    Heard server = new Heard();
    List<String> names = new ArrayList<>();
    meet(
        server,
        s -> {},
        (socket, session) -> {
          names.add(session.serverName().orElse("none"));
          socket.close();
        },
        "-tls1_2",
        "-servername",
        "my_service.example");
    if (Provided.ODD_NAMES_PASS) {
      assertThat(names).containsExactly("my_service.example");
    } else {
      SslError error =
          server.ssl(Side.OURS, Stage.HELLO, "the client asks for a host by a name (SNI)", "Java");
      assertThat(error.alert()).isPresent();
      assertThat(error.code()).isNotEqualTo("BROKEN");
    }
  }

  @Test
  void a_client_that_takes_sha_1_only_gets_no_signature() throws Exception {
    Heard server = new Heard();
    meet(
        server,
        s -> {},
        (socket, session) -> socket.close(),
        "-tls1_2",
        "-cipher",
        "ECDHE:@SECLEVEL=0",
        "-sigalgs",
        "ECDSA+SHA1");
    assertThat(server.order).doesNotContain("secure");
    assertThat(server.only(SslError.class).alert()).hasValue("handshake_failure");
  }

  /** The name that the server was told for what a client sends, or what it heard instead. */
  private List<String> named(String sent) throws Exception {
    List<String> names = new ArrayList<>();
    meet(
        new Heard(),
        s -> s.onEvent(event -> names.add(event.getClass().getSimpleName())),
        (socket, session) -> {
          names.add(session.serverName().orElse("none"));
          socket.close();
        },
        "-tls1_3",
        "-servername",
        sent);
    return names;
  }

  /** Types a line, then a command when that was answered, then a line when it was carried out. */
  private Heard talk(String version, String command, String sign) throws Exception {
    Heard server = new Heard();
    meet(
        server,
        s ->
            s.onRead((socket, data) -> {
              server.read(data);
              if (server.text.indexOf("after") >= 0) {
                socket.close();
              } else {
                type(command);
                whenPrinted(socket.loop(), sign, () -> type("after\n"));
              }
            }),
        (socket, session) -> type("hello\n"),
        version);
    return server;
  }

  /** One connection of the peer, which gets these options, to a server. */
  private void meet(
      Heard server,
      Consumer<SslServerSetup> settings,
      BiConsumer<SslSocket, SslSession> secure,
      String... options)
      throws Exception {
    assumeTrue(OPENSSL != null, "there is no openssl on this machine");
    try {
      Loops.runInline(loop ->
          peer = client(Pair.serve(loop, server, settings, s -> {}, secure).port(), options));
    } finally {
      peer.toHandle().destroy(); // by now it has nothing to say that matters
      assertThat(peer.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void whenPrinted(EventLoop loop, String sign, Runnable then) {
    loop.delay(
        Duration.ofMillis(10),
        () -> {
          try {
            if (Files.readString(output()).contains(sign)) {
              then.run();
            } else {
              whenPrinted(loop, sign, then);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private Path output() {
    return folder.resolve("output");
  }

  private Process client(int port, String... options) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(OPENSSL.toString(), "s_client", "-connect", "127.0.0.1:" + port));
    command.addAll(List.of(options));
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(output().toFile())
          .start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void type(String line) {
    try {
      OutputStream keyboard = peer.getOutputStream();
      keyboard.write(line.getBytes(UTF_8));
      keyboard.flush();
    } catch (IOException e) {
      return; // it has gone: what the server heard tells
    }
  }
}
