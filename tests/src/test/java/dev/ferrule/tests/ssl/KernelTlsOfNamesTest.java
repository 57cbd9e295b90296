package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.TcpServer;
import dev.ferrule.event.Event;
import dev.ferrule.event.Notice;
import dev.ferrule.ssl.KernelTls;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Which connections ask for kernel TLS: those of a context that does, by whatever way it was
 * chosen. It is seen by what the kernel does, or by the notice that it does not.
 */
class KernelTlsOfNamesTest {
  private static final String NAME = "one.example";

  private final List<String> notices = new ArrayList<>();
  private boolean used;

  private static SslContext context(boolean kernel) {
    var builder = SslContext.server().credentials(Pki.credentials(Pki.CA.issue(NAME)));
    return (kernel ? builder.kernelTls() : builder).build();
  }

  /** Whether a connection that asks for a name asks for the kernel. */
  private boolean asks(String name, Consumer<SslServerSetup> setup) {
    notices.clear();
    used = false;
    Loops.run(loop -> {
      SslServerSetup serverSetup =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .onSecure(this::look)
              .onEvent(this::note);
      setup.accept(serverSetup);
      SslServer server = serverSetup.open();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .serverName(name)
          .trust(Pki.TRUST)
          .onEvent(e -> {})
          .onClose(((TcpServer) server)::close)
          .open();
    });
    return used || notices.stream().anyMatch(each -> each.startsWith("kernel TLS is not there: "));
  }

  private void look(SslSocket socket, SslSession session) {
    used = session.kernel() != KernelTls.NONE;
    socket.write("x", s -> s.loop().execute(s::close)); // behind a notice
  }

  private void note(Event event) {
    if (event instanceof Notice notice) {
      notices.add(notice.message());
    }
  }

  @Test
  void the_context_of_a_name_asks_where_that_of_the_server_does_not() {
    assertThat(asks(NAME, server -> server.name(NAME, context(true)))).isTrue();
    assertThat(asks("localhost", server -> server.name(NAME, context(true)))).isFalse();
  }

  @Test
  void the_context_of_a_name_does_not_ask_where_that_of_the_server_does() {
    assertThat(asks(NAME, server -> server.kernelTls().name(NAME, context(false)))).isFalse();
    assertThat(asks("localhost", server -> server.kernelTls().name(NAME, context(false)))).isTrue();
  }

  @Test
  void a_name_with_credentials_only_has_the_settings_of_its_server() {
    assertThat(
            asks(
                NAME, server -> server.kernelTls().name(NAME, Pki.credentials(Pki.CA.issue(NAME)))))
        .isTrue();
    assertThat(asks(NAME, server -> server.name(NAME, Pki.credentials(Pki.CA.issue(NAME)))))
        .isFalse();
  }

  @Test
  void the_context_that_the_program_chooses_for_a_hello_asks_or_does_not() {
    SslContext kernel = context(true);
    SslContext plain = context(false);
    assertThat(asks(NAME, server -> server.onHello((s, hello, choice) -> choice.context(kernel))))
        .isTrue();
    assertThat(
            asks(
                NAME,
                server -> server.kernelTls().onHello((s, hello, choice) -> choice.context(plain))))
        .isFalse();
  }
}
