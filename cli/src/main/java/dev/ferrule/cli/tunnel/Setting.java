package dev.ferrule.cli.tunnel;

import dev.ferrule.ServerSetup;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.ssl.SslAdmission;
import dev.ferrule.ssl.SslContext;
import java.net.SocketAddress;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a tunnel is told to do.
 *
 * @param name by which it is told from others
 * @param side at which end it speaks SSL
 * @param listen where it listens
 * @param listening what else is said of the sockets that listen and of those that they accept
 * @param startTls the protocol in which the end that speaks SSL begins in plain text; null when it
 *     begins with SSL
 * @param routes to which targets
 * @param serverName what a client's side asks for and verifies; null is the target's host
 * @param proxyHeader the version of the PROXY header that targets get, 1 or 2; 0 is none
 * @param bounds what peers may use up
 * @param context of the end that speaks SSL, asked for each connection; null for none
 * @param admission of handshakes; null is no bound
 */
public record Setting(
    String name,
    Side side,
    Listen listen,
    Consumer<ServerSetup<?, ?, ?>> listening,
    @Nullable StartTls startTls,
    Routes routes,
    @Nullable String serverName,
    int proxyHeader,
    Bounds bounds,
    @Nullable Supplier<SslContext> context,
    @Nullable SslAdmission admission) {
  /** At which end a tunnel speaks SSL. */
  public enum Side {
    /** With the clients that come. */
    SERVER,
    /** With the targets. */
    CLIENT,
    /** With nobody: SSL is passed on as it is, to a target by the name that it is for. */
    PASS
  }

  /**
   * Where a tunnel listens.
   *
   * @param host an address of this machine; null is every address
   * @param port the port; 0 is a free one
   * @param unix the Unix-domain socket; null for TCP
   */
  public record Listen(@Nullable String host, int port, @Nullable SocketAddress unix) {}

  /** The context of the end that speaks SSL, as it is now. */
  SslContext currentContext() {
    if (context == null) {
      throw new IllegalStateException("this tunnel speaks no SSL");
    }
    return context.get();
  }
}
