package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslTicketKeys;
import dev.ferrule.testkit.Issued;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers whose files are replaced while they serve. */
class ReloadTest {
  private static final int CLIENTS = 24;

  @TempDir private Path folder;
  private final Issued first = Pki.CA.issue("localhost", "127.0.0.1");
  private final Issued next = Pki.CA.issue("localhost", "127.0.0.1");
  private final List<SslReloadEvent> events = new ArrayList<>();
  private final Queue<X509Certificate> shown = new ConcurrentLinkedQueue<>();
  private SslTicketKeys keys; // null for those of each context

  @BeforeEach
  void write() throws IOException {
    first.write(folder);
  }

  private void replace(Issued issued) {
    try {
      issued.write(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SslReload watching() {
    Path chain = folder.resolve("chain.pem");
    Path key = folder.resolve("key.pem");
    return SslReload.of(() -> SslContext.server().certificate(chain).key(key).build())
        .files(chain, key)
        .onEvent(events::add)
        .build();
  }

  private static SslServer serve(EventLoop loop, SslReload reload) {
    SslServer server =
        Ssl.server(loop, "127.0.0.1", 0)
            .context(reload.context())
            .onRead((socket, data) -> socket.write(data))
            .onEvent(event -> {})
            .open();
    reload.supply(server);
    return server;
  }

  @Test
  void running_connections_keep_theirs_and_new_ones_get_the_new_certificate() {
    SslReload reload = watching();
    StringBuilder echoed = new StringBuilder();
    Loops.runInline(loop -> {
      SslServer server = serve(loop, reload);
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .onSecure((socket, session) -> {
            shown.add(session.peerChain().getFirst());
            replace(next);
            assertThat(reload.look()).isTrue();
            Ssl.connect(loop, "127.0.0.1", server.port())
                .trust(Pki.TRUST)
                .onSecure((second, other) -> {
                  shown.add(other.peerChain().getFirst());
                  second.close();
                })
                .onClose(() -> socket.write("still here"))
                .open();
          })
          .onRead((socket, data) -> {
            echoed.append(UTF_8.decode(data));
            socket.close();
            server.close();
          })
          .open();
    });
    assertThat(shown).containsExactly(first.certificate(), next.certificate());
    assertThat(echoed.toString()).isEqualTo("still here");
    assertThat(events).singleElement().isInstanceOf(SslReloadEvent.Reloaded.class);
  }

  @Test
  void two_servers_on_each_of_two_loops_get_the_new_certificate() {
    SslReload reload = watching();
    AtomicInteger opened = new AtomicInteger();
    Loops.run(
        Loops.inline().loops(2),
        loop -> {
          SslServer one = serve(loop, reload);
          SslServer two = serve(loop, reload);
          assertThat(one.port()).isNotEqualTo(two.port());
          if (opened.incrementAndGet() == 2) {
            replace(next);
            assertThat(reload.look()).isTrue();
            for (int i = 0; i < CLIENTS; i++) {
              look(loop, (i % 2 == 0 ? one : two).port());
            }
          }
        });
    assertThat(shown).hasSize(CLIENTS).containsOnly(next.certificate());
  }

  private void look(EventLoop loop, int port) {
    Ssl.connect(loop, "127.0.0.1", port)
        .trust(Pki.TRUST)
        .onSecure((socket, session) -> {
          shown.add(session.peerChain().getFirst());
          socket.close();
        })
        .onClose(() -> {
          if (shown.size() == CLIENTS) {
            loop.group().execute(EventLoop::closeAll);
          }
        })
        .open();
  }

  @Test
  void a_server_that_is_given_later_gets_what_is_served_now() {
    SslReload reload = watching();
    SslContext old = reload.context();
    replace(next);
    assertThat(reload.look()).isTrue();
    Loops.runInline(loop -> {
      SslServer server = Ssl.server(loop, "127.0.0.1", 0).context(old).open();
      reload.supply(server);
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .onSecure((socket, session) -> {
            shown.add(session.peerChain().getFirst());
            socket.close();
            server.close();
          })
          .open();
    });
    assertThat(shown).containsExactly(next.certificate());
  }

  @Test
  void a_server_that_has_closed_is_no_trouble() {
    SslReload reload = watching();
    Loops.runInline(loop -> serve(loop, reload).close());
    replace(next);
    assertThat(reload.look()).isTrue();
  }

  @Test
  void a_refused_file_leaves_the_certificate_as_it_was() {
    SslReload reload = watching();
    Loops.runInline(loop -> {
      SslServer server = serve(loop, reload);
      replace(Pki.CA.request("localhost", "127.0.0.1").expired().issue());
      assertThat(reload.look()).isFalse();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .onSecure((socket, session) -> {
            shown.add(session.peerChain().getFirst());
            socket.close();
            server.close();
          })
          .open();
    });
    assertThat(shown).containsExactly(first.certificate());
    assertThat(events).singleElement().isInstanceOf(SslReloadEvent.Kept.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_session_from_before_another_trust_file_is_not_resumed(Protocol version) {
    // The client's authority is trusted by both, so that only the session makes the difference.
    assertThat(visits(version, Pki.CA.pem() + ThrowawayCa.create().pem())).isEqualTo("-R-R");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_whose_authority_is_not_trusted_any_more_is_refused_in_spite_of_its_session(
      Protocol version) {
    assertThat(visits(version, ThrowawayCa.create().pem())).isEqualTo("-Rxx");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void other_trust_ends_sessions_also_where_the_keys_of_tickets_stay(Protocol version) {
    Provided.assumeSharesTicketKeys();
    keys = SslTicketKeys.rotated(Duration.ofHours(1));
    assertThat(visits(version, Pki.CA.pem() + ThrowawayCa.create().pem())).isEqualTo("-R-R");
    assertThat(visits(version, ThrowawayCa.create().pem())).isEqualTo("-Rxx");
  }

  /** Two visits, then other trust, and two visits more: resumed, not resumed, or refused. */
  private String visits(Protocol version, String trusted) {
    Path issuers = folder.resolve("ca.pem");
    write(issuers, Pki.CA.pem());
    SslReload reload =
        SslReload.of(() ->
                withKeys(SslContext.server())
                    .credentials(Pki.LOCAL)
                    .trust(issuers)
                    .clientAuth(ClientAuth.REQUIRED)
                    .build())
            .files(issuers)
            .onEvent(events::add)
            .build();
    SslContext clients =
        SslContext.client().trust(Pki.TRUST).credentials(Pki.CLIENT).maxProtocol(version).build();
    StringBuilder seen = new StringBuilder();
    Loops.runInline(loop -> {
      SslServer server = serve(loop, reload);
      new Object() {
        void visit() {
          int before = seen.length();
          if (before == 4) {
            server.close();
            return;
          }
          if (before == 2) {
            write(issuers, trusted);
            assertThat(reload.look()).as("%s", events).isTrue();
          }
          Ssl.connect(loop, "127.0.0.1", server.port())
              .context(clients)
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
                visit();
              })
              .open();
        }
      }.visit();
    });
    return seen.toString();
  }

  private SslContextBuilder withKeys(SslContextBuilder server) {
    return keys == null ? server : server.ticketKeys(keys);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
