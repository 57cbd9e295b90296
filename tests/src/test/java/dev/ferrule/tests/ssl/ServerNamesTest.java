package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates by the name that a client asks for (SNI). */
class ServerNamesTest {
  private static final Consumer<SslServerSetup> NAMED =
      s ->
          s.name("one.example", Pki.credentials(Pki.CA.issue("one.example")))
              .name("*.two.example", Pki.credentials(Pki.CA.issue("*.two.example")));

  @ParameterizedTest
  @CsvSource({
    "one.example, TLS_1_3, CN=one.example",
    "one.example, TLS_1_2, CN=one.example",
    "ONE.Example., TLS_1_3, CN=one.example",
    "a.two.example, TLS_1_3, CN=*.two.example",
    "a.two.example, TLS_1_2, CN=*.two.example",
    "localhost, TLS_1_3, CN=localhost",
    "localhost, TLS_1_2, CN=localhost",
  })
  void a_client_gets_the_certificate_of_the_name_that_it_asks_for(
      String name, Protocol version, String subject) {
    Pair pair = asking(name, version, NAMED);
    assertThat(pair.seen.peerChain().getFirst().getSubjectX500Principal().getName())
        .isEqualTo(subject);
    assertThat(pair.served.serverName().map(asked -> asked.toLowerCase(Locale.ROOT)))
        .hasValue(bare(name));
  }

  private static String bare(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  @Test
  void a_client_that_asks_for_no_name_gets_the_certificate_without_one() {
    Pair pair = new Pair().server(NAMED).onSecure(SslSocket::close).run(); // an address
    assertThat(pair.seen.peerChain().getFirst().getSubjectX500Principal().getName())
        .isEqualTo("CN=localhost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown.example", "a.b.two.example", "two.example"})
  void an_unknown_name_is_refused_where_names_are_strict(String name) {
    Pair pair = asking(name, Protocol.TLS_1_3, NAMED.andThen(SslServerSetup::strictNames));
    SslError error = pair.server.ssl(Side.OURS, Stage.HELLO, "'" + name + "'", "no certificate");
    assertThat(error.alert()).hasValue("unrecognized_name");
    assertThat(pair.client.only(SslError.class).alert()).hasValue("unrecognized_name");
  }

  @Test
  void no_name_is_refused_where_names_are_strict() {
    Pair pair = new Pair().server(NAMED.andThen(SslServerSetup::strictNames)).run();
    SslError error = pair.server.ssl(Side.OURS, Stage.HELLO, "without a name");
    assertThat(error.alert()).hasValue("unrecognized_name");
  }

  @Test
  void unknown_names_are_refused_one_after_the_other() {
    SslContext context =
        SslContext.server()
            .name("one.example", Pki.credentials(Pki.CA.issue("one.example")))
            .strictNames()
            .build();
    int[] refused = new int[1];
    Loops.runInline(loop -> {
      var server =
          Ssl.server(loop, "127.0.0.1", 0).context(context).onEvent(event -> refused[0]++).open();
      new Object() {
        void next(int left) {
          if (left == 0) {
            server.close();
            return;
          }
          Ssl.connect(loop, "127.0.0.1", server.port())
              .serverName("n" + left + ".example")
              .onEvent(event -> {})
              .onClose(() -> next(left - 1))
              .open();
        }
      }.next(500);
    });
    assertThat(refused[0]).isEqualTo(500);
  }

  @Test
  void a_name_may_have_a_context_of_its_own() {
    SslContext old =
        SslContext.server()
            .credentials(Pki.credentials(Pki.CA.issue("old.example")))
            .maxProtocol(Protocol.TLS_1_2)
            .build();
    Pair pair =
        new Pair()
            .server(s -> s.name("old.example", old))
            .client(c -> c.serverName("old.example"))
            .onSecure(SslSocket::close)
            .run();
    assertThat(pair.seen.protocol()).isEqualTo(Protocol.TLS_1_2);
  }

  @Test
  void a_session_is_not_resumed_under_another_name() {
    // One context for all clients: what one may resume, the next may not under another name.
    SslContext clients = SslContext.client().trust(Pki.TRUST).build();
    SslContext servers =
        SslContext.server()
            .credentials(Pki.LOCAL)
            .name("one.example", Pki.credentials(Pki.CA.issue("one.example")))
            .name("two.example", Pki.credentials(Pki.CA.issue("two.example")))
            .build();
    StringBuilder resumed = new StringBuilder();
    Loops.runInline(loop -> {
      var server =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(servers)
              .onSecure((socket, session) -> socket.write("hello"))
              .open();
      new Object() {
        void next(String names) {
          if (names.isEmpty()) {
            server.close();
            return;
          }
          Ssl.connect(loop, "127.0.0.1", server.port())
              .context(clients)
              .serverName(names.startsWith("1") ? "one.example" : "two.example")
              .onRead((socket, data) -> {
                resumed.append(socket.session().orElseThrow().resumed() ? "R" : "-");
                socket.close();
              })
              .onClose(() -> next(names.substring(1)))
              .open();
        }
      }.next("11212");
    });
    assertThat(resumed.toString()).isEqualTo("-R-RR");
  }

  @Test
  void settings_that_contradict_each_other_are_refused() {
    var one = Pki.LOCAL;
    refused(() -> SslContext.server().name("a.example", one).build(), "another name, or none");
    refused(() -> SslContext.server().credentials(one).strictNames().build(), "every client");
    refused(() -> SslContext.client().name("a.example", one).strictNames().build(), "for servers");
    refused(() -> SslContext.server().name("a.example", one).name("a.example", one), "given twice");
    refused(
        () -> SslContext.server().name("*", one).strictNames().build(), "'*' is no server name");
    refused(
        () ->
            SslContext.server()
                .credentials(one)
                .name("a.example", SslContext.client().build())
                .build(),
        "for clients");
  }

  private static void refused(Runnable settings, String words) {
    assertThatThrownBy(settings::run)
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(words);
  }

  private static Pair asking(String name, Protocol version, Consumer<SslServerSetup> settings) {
    return new Pair()
        .server(settings)
        .client(c -> c.serverName(name).maxProtocol(version))
        .onSecure(SslSocket::close)
        .run();
  }
}
