package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** External pre-shared keys with the programs of OpenSSL and GnuTLS. */
@Tag("once")
class ExternalPskPeersTest {
  private static final Pattern ACCEPT = Pattern.compile("ACCEPT .*:(\\d+)");
  private static final Pattern ALERT = Pattern.compile("SSL alert number \\d+");
  private static final String NAME = "meter17";
  private static final ExternalPsk KEY =
      ExternalPsk.of(NAME, "a key that others have".getBytes(US_ASCII));
  private static final String HEX = HexFormat.of().formatHex(KEY.key());
  private static final String OTHER_HEX = "00" + HEX.substring(2);

  private final List<SslSession> secured = new ArrayList<>();
  private final List<String> read = new ArrayList<>();
  private final List<Object> heard = new ArrayList<>();

  @BeforeEach
  void provider() {
    assumeTrue(
        SslContext.providers().stream()
            .anyMatch(each -> each.can(Capability.EXTERNAL_PSK) && each.unavailable() == null),
        "there is no OpenSSL on this machine");
  }

  private static void require(String program) {
    assumeTrue(Program.exists(program), () -> "there is no " + program + " on this machine");
  }

  /** A server without certificate, and a client that says a line. */
  private String serve(IntFunction<List<String>> command) {
    Program[] client = new Program[1];
    Loops.runInline(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ssl.server(loop, "127.0.0.1", 0)
              .provider("openssl")
              .externalPskLookup(name ->
                  CompletableFuture.supplyAsync(
                      () -> name.equals(NAME) ? Optional.of(KEY) : Optional.empty()))
              .onConnect(socket -> server[0].close())
              .onSecure((socket, session) -> {
                secured.add(session);
                socket.write("welcome\n");
              })
              .onRead((socket, data) -> {
                read.add(US_ASCII.decode(data).toString());
                socket.close();
              })
              .onEvent(heard::add)
              .open();
      client[0] = Program.start(command.apply(server[0].port()));
      client[0].feed("hello");
    });
    try (Program ended = client[0]) {
      ended.endInput();
      return ended.output();
    }
  }

  private void secure() {
    assertThat(secured)
        .singleElement()
        .satisfies(session -> {
          assertThat(session.externalPsk()).hasValue(NAME);
          assertThat(session.resumed()).isFalse();
          assertThat(session.peerChain()).isEmpty();
        });
  }

  private static List<String> client(String version, int port, String key) {
    return List.of(
        "openssl",
        "s_client",
        version,
        "-connect",
        "127.0.0.1:" + port,
        "-psk_identity",
        NAME,
        "-psk",
        key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void a_client_of_openssl_is_let_in_by_its_key(String version) {
    require("openssl");
    assertThat(serve(port -> client(version, port, HEX)))
        .contains("welcome")
        .doesNotContain("New Session Ticket arrived");
    secure();
    assertThat(read).containsExactly("hello\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void one_with_another_key_is_not(String version) {
    require("openssl");
    assertThat(serve(port -> client(version, port, OTHER_HEX))).doesNotContain("welcome");
    assertThat(secured).isEmpty();
    assertThat(heard).hasSize(1).first().asString().contains("another pre-shared key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void one_with_an_unknown_identity_ends_as_one_with_another_key(String version) {
    require("openssl");
    List<String> alerts = new ArrayList<>();
    for (String key : List.of(HEX, OTHER_HEX)) {
      String identity = key.equals(HEX) ? "nobody" : NAME;
      String said =
          serve(port ->
              client(version, port, key).stream()
                  .map(word -> word.equals(NAME) ? identity : word)
                  .toList());
      alerts.add(ALERT.matcher(said).results().findFirst().orElseThrow().group());
    }
    assertThat(secured).isEmpty();
    assertThat(alerts.getFirst()).isEqualTo(alerts.getLast());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void a_server_of_openssl_without_certificate_is_believed_by_its_key(String version) {
    connect(version, HEX);
    secure();
    assertThat(read).containsExactly("welcome\n");
    assertThat(heard).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void one_with_another_key_is_not_believed(String version) {
    connect(version, OTHER_HEX);
    assertThat(secured).isEmpty();
    assertThat(heard).hasSize(1).first().asString().contains("external PSK \"meter17\"");
  }

  private void connect(String version, String key) {
    require("openssl");
    List<String> command =
        List.of(
            "openssl",
            "s_server",
            version,
            "-accept",
            "127.0.0.1:0",
            "-nocert",
            "-naccept",
            "1",
            "-psk_identity",
            NAME,
            "-psk",
            key);
    try (Program server = Program.start(command)) {
      int port = Integer.parseInt(server.await(ACCEPT).group(1));
      Loops.run(loop ->
          Ssl.connect(loop, "127.0.0.1", port)
              .provider("openssl")
              .trust(Pki.TRUST)
              .serverName("localhost")
              .externalPsk(KEY)
              .onSecure((socket, session) -> {
                secured.add(session);
                server.feed("welcome");
              })
              .onRead((socket, data) -> {
                read.add(US_ASCII.decode(data).toString());
                socket.close();
              })
              .onEvent(heard::add)
              .open());
    }
  }

  @Test
  void a_client_of_gnutls_is_let_in_by_its_key() {
    require("gnutls-cli");
    assertThat(serve(port -> gnutls("1.3", port, HEX))).contains("welcome");
    secure();
    assertThat(read).containsExactly("hello\n");
  }

  /** The tool of GnuTLS 3.7 crashes when it prints a hint that did not come: with any server. */
  @Test
  void a_client_of_gnutls_shakes_hands_by_its_key_in_tls_1_2() {
    require("gnutls-cli");
    serve(port -> gnutls("1.2", port, HEX));
    secure();
  }

  @Test
  void one_of_gnutls_with_another_key_is_not() {
    require("gnutls-cli");
    assertThat(serve(port -> gnutls("1.3", port, OTHER_HEX))).doesNotContain("welcome");
    assertThat(secured).isEmpty();
    assertThat(heard).hasSize(1).first().asString().contains("another pre-shared key");
  }

  private static List<String> gnutls(String version, int port, String key) {
    return List.of(
        "gnutls-cli",
        "--port",
        String.valueOf(port),
        "--priority",
        "NORMAL:-VERS-ALL:+VERS-TLS" + version + ":-KX-ALL:+ECDHE-PSK:+DHE-PSK",
        "--pskusername",
        NAME,
        "--pskkey",
        key,
        "127.0.0.1");
  }
}
