package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One context for servers and one for clients, used by two loops on two threads at once. */
class SharedContextTest {
  private static final int EACH = 100;

  private final SslContext servers = SslContext.server().credentials(Pki.LOCAL).build();
  private final List<CompletableFuture<Integer>> ports =
      List.of(new CompletableFuture<>(), new CompletableFuture<>());
  private final List<Runnable> endings = new ArrayList<>();
  private final AtomicInteger left = new AtomicInteger(2);

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void two_loops_shake_hands_and_resume_on_one_context(Protocol version) throws Exception {
    SslContext clients = SslContext.client().trust(Pki.TRUST).maxProtocol(version).build();
    List<SslSession> first = new ArrayList<>();
    List<SslSession> second = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(2)) {
      var one = threads.submit(() -> run(0, clients, first));
      var two = threads.submit(() -> run(1, clients, second));
      one.get(40, TimeUnit.SECONDS);
      two.get(40, TimeUnit.SECONDS);
    }
    for (List<SslSession> sessions : List.of(first, second)) {
      assertThat(sessions).hasSize(EACH);
      assertThat(sessions).extracting(SslSession::protocol).containsOnly(version);
      // A ticket is used once, and two may want the same: not each finds one.
      assertThat(sessions).filteredOn(SslSession::resumed).hasSizeGreaterThan(EACH / 4);
      assertThat(sessions).allSatisfy(s -> assertThat(s.peerChain()).isEqualTo(Pki.LOCAL.chain()));
    }
  }

  private void run(int self, SslContext clients, List<SslSession> sessions) {
    EventLoop.setup()
        .run(loop -> {
          SslServer server =
              Ssl.server(loop, "127.0.0.1", 0)
                  .context(servers)
                  .onSecure((socket, session) -> socket.write("!"))
                  .onRead((socket, data) -> {})
                  .onEvent(event -> {})
                  .open();
          synchronized (endings) {
            endings.add(() -> loop.execute(server::close));
          }
          ports.get(self).complete(server.port());
          next(loop, self, clients, sessions);
        });
  }

  /** In turn to the server of its own loop and to that of the other. */
  private void next(EventLoop loop, int self, SslContext clients, List<SslSession> sessions) {
    int to = (self + sessions.size()) % 2;
    Ssl.connect(loop, "127.0.0.1", ports.get(to).join())
        .context(clients)
        .onRead((socket, data) -> {
          sessions.add(socket.session().orElseThrow());
          socket.close();
        })
        .onClose(() -> {
          if (sessions.size() < EACH) {
            next(loop, self, clients, sessions);
          } else if (left.decrementAndGet() == 0) {
            synchronized (endings) {
              endings.forEach(Runnable::run);
            }
          }
        })
        .open();
  }
}
