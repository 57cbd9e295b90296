package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Resolver;
import dev.ferrule.event.DnsError;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One name is resolved, sent and verified, however the program writes it. */
class HostNamesTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  private final List<String> asked = new ArrayList<>();
  private final Heard client = new Heard();
  private String sent = "nothing";

  @ParameterizedTest
  @CsvSource({
    "my_service, my_service",
    "My_Service., my_service",
    "my_service.example.com, *.example.com",
    "straße.example, xn--strae-oqa.example",
    "BÜCHER.example, xn--bcher-kva.example",
    "日本語。jp, xn--wgv71a119e.jp",
  })
  void a_name_is_resolved_sent_and_verified_in_one_form(String host, String certified) {
    connect(host, certified);
    assertThat(client.events).isEmpty();
    assertThat(asked).singleElement().asString().startsWith(sent).doesNotContainPattern("[^ -~]");
    assertThat(sent).isLowerCase().doesNotEndWith(".");
  }

  @ParameterizedTest
  @CsvSource({
    "straße.example, strasse.example",
    "my_service, my-service",
    "_.example.com, *.com",
    "a.my_service.example.com, *.example.com",
  })
  void another_name_is_refused(String host, String certified) {
    connect(host, certified);
    client.ssl(Side.OURS, Stage.CERTIFICATE, "the certificate is for '" + certified, "not for");
  }

  @ParameterizedTest
  @CsvSource({"::1, ::1", "[::1], ::1", "::ffff:127.0.0.1, 127.0.0.1", "127.0.0.1, 127.0.0.1"})
  void an_address_is_verified_and_not_sent(String host, String certified) {
    connect(host, certified);
    assertThat(client.events).isEmpty();
    assertThat(asked).isEmpty();
    assertThat(sent).isEqualTo("no name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b.example", "ü\u2024example", "a..b", "256.1.1.1"})
  void what_is_no_host_is_told_before_anything_is_asked(String host) {
    connect(host, "localhost");
    DnsError error = client.only(DnsError.class);
    assertThat(error.message()).startsWith("the host name '");
    assertThat(error.host()).isEqualTo(host);
    assertThat(asked).isEmpty();
  }

  /** The server is BoringSSL where Java's own classes do not take the name. */
  private void connect(String host, String certified) {
    boolean six = host.contains("::1") && !host.contains("ffff");
    Resolver resolver =
        name -> {
          asked.add(name);
          return List.of(HERE);
        };
    Loops.run(
        Loops.inline().resolver(resolver),
        loop -> {
          var server =
              Ssl.server(loop, six ? "::1" : "127.0.0.1", 0)
                  .provider(host.contains("_") ? "boringssl" : SslContext.provider(null).name())
                  .credentials(Pki.credentials(Pki.CA.issue(certified)))
                  .onSecure((socket, session) -> sent = session.serverName().orElse("no name"))
                  .onEvent(event -> {})
                  .open();
          Ssl.connect(loop, host, server.port())
              .trust(Pki.TRUST)
              .onEvent(client::event)
              .onSecure((socket, session) -> socket.close())
              .onClose(() -> {
                client.close();
                server.close();
              })
              .open();
        });
  }
}
