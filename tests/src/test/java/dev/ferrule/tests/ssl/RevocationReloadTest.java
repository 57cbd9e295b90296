package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.SslReloadEvent.Kept;
import dev.ferrule.ssl.SslReloadEvent.Reloaded;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslTicketKeys;
import dev.ferrule.ssl.TrustSource;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists and trusted issuers that change while sessions could be resumed, on both sides. */
class RevocationReloadTest {
  private static final X509Certificate CLIENT = Pki.CLIENT.chain().getFirst();
  private static final X509Certificate SERVER = Pki.LOCAL.chain().getFirst();

  @TempDir private Path folder;
  private final List<SslReloadEvent> events = new ArrayList<>();
  private Path list;
  private Path issuers;

  @BeforeEach
  void write() {
    list = folder.resolve("list.crl");
    issuers = folder.resolve("ca.pem");
    write(list, Pki.CA.crl().pem());
    write(issuers, Pki.CA.pem());
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SslReload watching(Supplier<SslContext> context) {
    return SslReload.of(context).files(list, issuers).onEvent(events::add).build();
  }

  private SslContextBuilder server() {
    return SslContext.server()
        .credentials(Pki.LOCAL)
        .trust(issuers)
        .clientAuth(ClientAuth.REQUIRED)
        .crl(list);
  }

  private SslContext client(Protocol version) {
    return SslContext.client()
        .trust(TrustSource.system(), TrustSource.file(issuers))
        .crl(list)
        .credentials(Pki.CLIENT)
        .maxProtocol(version)
        .build();
  }

  private void replace(SslReload reload, Path file, String text) {
    write(file, text);
    assertThat(reload.look()).as("%s", events).isTrue();
  }

  // ---- servers

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_that_was_revoked_meanwhile_is_refused_in_spite_of_its_session(Protocol version) {
    SslReload reload = watching(() -> server().build());
    SslContext client = client(version);
    String revoked = Pki.CA.crl().revoke(CLIENT).pem();
    assertThat(visits(reload, () -> client, () -> replace(reload, list, revoked)))
        .isEqualTo("-Rxx");
    assertThat(events).singleElement().isInstanceOf(Reloaded.class);
    assertThat(events.getFirst().message()).contains("revocation lists: 1 more, 1 fewer");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void so_it_is_where_the_keys_of_tickets_stay(Protocol version) {
    Provided.assumeSharesTicketKeys();
    SslTicketKeys keys = SslTicketKeys.rotated(Duration.ofHours(1));
    SslReload reload = watching(() -> server().ticketKeys(keys).build());
    SslContext client = client(version);
    Runnable same = () -> replace(reload, issuers, Pki.CA.pem() + "\n"); // the same certificates
    assertThat(visits(reload, () -> client, same)).isEqualTo("-RRR");
    String revoked = Pki.CA.crl().revoke(CLIENT).pem();
    assertThat(visits(reload, () -> client, () -> replace(reload, list, revoked)))
        .isEqualTo("-Rxx");
  }

  @Test
  void a_list_that_cannot_be_used_keeps_what_was() {
    SslReload reload = watching(() -> server().build());
    String whole = Pki.CA.crl().revoke(CLIENT).pem();
    write(list, whole.substring(0, whole.length() / 2));
    assertThat(reload.look()).isFalse();
    assertThat(events).singleElement().isInstanceOf(Kept.class);
    assertThat(events.getFirst().message()).contains("list.crl", "copy the whole file again");
    replace(reload, list, whole);
  }

  // ---- clients

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_that_was_revoked_meanwhile_is_refused_in_spite_of_its_session(Protocol version) {
    SslReload servers = watching(() -> server().build());
    SslReload clients = watching(() -> client(version));
    String revoked = Pki.CA.crl().revoke(SERVER).pem();
    assertThat(visits(servers, clients::context, () -> replace(clients, list, revoked)))
        .isEqualTo("-Rxx");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_whose_authority_is_not_trusted_any_more_is_refused_too(Protocol version) {
    SslReload servers = watching(() -> server().build());
    SslReload clients = watching(() -> client(version));
    String other = ThrowawayCa.create().pem();
    assertThat(visits(servers, clients::context, () -> replace(clients, issuers, other)))
        .isEqualTo("-Rxx");
    assertThat(events.getLast().message()).contains("trusted issuers: 1 more, 1 fewer");
  }

  @Test
  void a_clients_context_takes_no_servers_place() {
    List<SslContext> next = new ArrayList<>(List.of(client(Protocol.TLS_1_3), server().build()));
    SslReload reload = watching(next::removeFirst);
    write(issuers, Pki.CA.pem() + "\n");
    assertThat(reload.look()).isFalse();
    assertThat(events.getFirst().message()).contains("this context is for servers");
    Loops.runInline(loop -> {
      SslServer server = Ssl.server(loop, "127.0.0.1", 0).context(server().build()).open();
      assertThatThrownBy(() -> reload.supply(server)).isInstanceOf(SslConfigException.class);
      server.close();
    });
  }

  /** Two visits, then a change, and two visits more: resumed, not resumed, or refused. */
  private static String visits(SslReload servers, Supplier<SslContext> clients, Runnable change) {
    StringBuilder seen = new StringBuilder();
    Loops.runInline(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(servers.context())
              .onRead((socket, data) -> socket.write(data))
              .onEvent(event -> {})
              .open();
      servers.supply(server);
      visit(loop, server, clients, change, seen);
    });
    return seen.toString();
  }

  private static void visit(
      EventLoop loop,
      SslServer server,
      Supplier<SslContext> clients,
      Runnable change,
      StringBuilder seen) {
    int before = seen.length();
    if (before == 4) {
      server.close();
      return;
    }
    if (before == 2) {
      change.run();
    }
    Ssl.connect(loop, "127.0.0.1", server.port())
        .context(clients.get())
        .data("hello")
        .onRead((socket, data) -> {
          seen.append(socket.session().orElseThrow().resumed() ? "R" : "-");
          socket.close();
        })
        .onEvent(event -> {})
        .onClose(() -> {
          if (seen.length() == before) {
            seen.append("x");
          }
          visit(loop, server, clients, change, seen);
        })
        .open();
  }
}
