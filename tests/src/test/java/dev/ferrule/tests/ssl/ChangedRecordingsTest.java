package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.trust.OpensslVerify;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Hellos and flights of several programs, recorded, changed and sent to a server and to clients.
 * Whatever they are, no side says that it is at fault itself, all connections end, and the server
 * goes on serving. Others, or one again: {@code -Dferrule.changes.seed=N -Dferrule.changes=N}.
 */
class ChangedRecordingsTest {
  private static final long SEED = Long.getLong("ferrule.changes.seed", 20260403L);
  private static final int COUNT = Integer.getInteger("ferrule.changes", 500);
  private static final int AT_ONCE = 12;
  private static final Duration LIMIT = Duration.ofMillis(800);

  private final Verdicts verdicts = new Verdicts();
  private final List<byte[]> recorded = new ArrayList<>();
  private int begun;
  private int running;
  private boolean served;

  @Test
  void no_changed_hello_is_a_servers_own_fault() throws Exception {
    Recording.all().forEach(recording -> recorded.add(recording.hello));
    recorded.add(Recording.SSL_2);
    if (OpensslVerify.PROGRAM != null) {
      String openssl = OpensslVerify.PROGRAM.toString();
      recorded.add(Recording.openssl(openssl, "-tls1_2", "-noservername"));
      recorded.add(Recording.openssl(openssl, "-servername", "a.example", "-alpn", "h2,http/1.1"));
      recorded.add(Recording.openssl(openssl, "-cipher", "ALL:@SECLEVEL=0", "-status"));
    }
    Loops.runInline(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .clientAuth(ClientAuth.OPTIONAL)
              .trust(Pki.TRUST)
              .alpn("h2")
              .handshakeTimeout(LIMIT)
              .readTimeout(LIMIT)
              .closeTimeout(LIMIT)
              .onEvent(event -> verdicts.judge("a server, before " + (SEED + begun), event))
              .open();
      spread(() -> nextHello(loop, server));
    });
    assertThat(served).isTrue();
    assertThat(verdicts.faults).as("seed " + SEED + ", " + verdicts.codes).isEmpty();
  }

  private void nextHello(EventLoop loop, SslServer server) {
    if (begun == COUNT) {
      if (running == 0) {
        finish(loop, server);
      }
      return;
    }
    Random random = new Random(SEED + begun++);
    byte[] changed = changed(random);
    running++;
    Tcp.connect(loop, "127.0.0.1", server.port())
        .onConnect(socket -> {
          socket.write(changed);
          endSoon(socket, random);
        })
        .onRead((socket, data) -> data.position(data.limit()))
        .onEvent(event -> {})
        .onClose(() -> {
          running--;
          nextHello(loop, server);
        })
        .open();
  }

  /** An honest client in the end. */
  private void finish(EventLoop loop, SslServer server) {
    Ssl.connect(loop, "127.0.0.1", server.port())
        .trust(Pki.TRUST)
        .onEvent(event -> verdicts.fault("the last client", event.toString(), null))
        .onSecure((socket, session) -> {
          served = true;
          socket.close();
        })
        .onClose(server::close)
        .open();
  }

  @Test
  void no_changed_flight_is_a_clients_own_fault() throws Exception {
    Recording.all().forEach(recording -> recorded.add(recording.flight));
    Loops.runInline(loop -> {
      Random random = new Random(SEED);
      TcpServer server =
          Tcp.server(loop, "127.0.0.1", 0)
              .onRead((socket, data) -> {
                data.position(data.limit());
                if (socket.attachment() == null) {
                  socket.attach("answered");
                  socket.write(changed(random));
                  endSoon(socket, random);
                }
              })
              .onEvent(event -> {})
              .open();
      spread(() -> nextClient(loop, server));
    });
    assertThat(verdicts.faults).as("seed " + SEED + ", " + verdicts.codes).isEmpty();
  }

  private void nextClient(EventLoop loop, TcpServer server) {
    if (begun == COUNT) {
      if (running == 0) {
        server.close();
      }
      return;
    }
    begun++;
    running++;
    Ssl.connect(loop, "127.0.0.1", server.port())
        .trust(Pki.TRUST)
        .alpn("h2")
        .handshakeTimeout(LIMIT)
        .readTimeout(LIMIT)
        .closeTimeout(LIMIT)
        .onEvent(event -> verdicts.judge("client " + begun, event))
        .onClose(() -> {
          running--;
          nextClient(loop, server);
        })
        .open();
  }

  private static void spread(Runnable next) {
    for (int i = 0; i < AT_ONCE; i++) {
      next.run();
    }
  }

  private byte[] changed(Random random) {
    byte[] records = recorded.get(random.nextInt(recorded.size()));
    ChangedRecords changes = new ChangedRecords(random);
    return ChangedMessage.joined(changes.pass(records), changes.end());
  }

  /** Most peers end, by FIN or by RST; the others wait. */
  private static void endSoon(TcpSocket socket, Random random) {
    switch (random.nextInt(12)) {
      case 0 -> socket.abort();
      case 1, 2 -> {} // the limits end it
      case 3, 4 -> socket.shutdownOutput();
      default -> socket.close();
    }
  }
}
