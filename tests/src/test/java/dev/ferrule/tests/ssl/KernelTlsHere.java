package dev.ferrule.tests.ssl;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.TcpServer;
import dev.ferrule.event.Notice;
import dev.ferrule.ssl.KernelTls;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.List;

/** Whether kernel TLS is there, in this run: with its kernel, poller and provider. */
final class KernelTlsHere {
  /** Set where it must be there, so that a test is not skipped for the wrong reason. */
  private static final boolean REQUIRED = Boolean.getBoolean("dev.ferrule.tests.kernel-tls");

  /** Why it is not; empty when it is. */
  static final String REASON = reason();

  private KernelTlsHere() {}

  private static String reason() {
    List<String> heard = new ArrayList<>();
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .kernelTls()
              .onSecure((s, session) -> {
                if (session.kernel() != KernelTls.NONE) {
                  s.close(); // else a notice comes
                }
              })
              .onEvent(e -> {
                if (e instanceof Notice notice) {
                  heard.add(notice.message());
                  ((SslSocket) notice.socket()).close();
                }
              })
              .open();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .onEvent(e -> {})
          .onClose(((TcpServer) server)::close)
          .open();
    });
    return heard.isEmpty() ? "" : heard.getLast();
  }

  /** Linux 6.14 and later. */
  static boolean replacesKeys() {
    String[] version = System.getProperty("os.version").split("[.-]", -1);
    int major = Integer.parseInt(version[0]);
    return major > 6 || (major == 6 && Integer.parseInt(version[1]) >= 14);
  }

  /** Skips the tests where it is not there. */
  static void assumeThere() {
    if (REQUIRED && !REASON.isEmpty()) {
      throw new AssertionError(REASON);
    }
    assumeTrue(REASON.isEmpty(), REASON);
  }
}
