package dev.ferrule;

import dev.ferrule.event.Endpoint;
import dev.ferrule.server.ServerShare;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listening TCP server of an event loop; in a {@link LoopGroup}, that loop's share of a server.
 * All calls are made on the loop's thread. cl-async: {@code tcp-server}.
 */
public class TcpServer implements Endpoint {
  private @Nullable ServerShare share;
  private @Nullable Object attachment;
  private long unheardErrors;

  /** For the kinds of servers; a program opens its own with {@link Tcp}. */
  protected TcpServer() {}

  /** Before it listens. */
  void begin(ServerShare listening) {
    share = listening;
  }

  void countUnheard() {
    unheardErrors++;
  }

  /**
   * Stops listening; accepted connections stay open. Does nothing when closed already. In a group
   * the other loops go on listening. cl-async: {@code close-tcp-server}.
   */
  public void close() {
    if (share != null && !share.isClosed()) {
      share.loop().check();
      share.close();
    }
  }

  /**
   * As {@link #close}, for a server whose {@link #descriptors} another process has and serves: the
   * file of a Unix-domain address stays, and connections that were accepted already and are on
   * their way from another loop of the group are still served here.
   */
  public void closeHandedOver() {
    if (share != null && !share.isClosed()) {
      share.loop().check();
      share.closeHandedOver();
    }
  }

  /**
   * The descriptors of the sockets that listen at its address, those of all loops of the group, for
   * a process that is to serve there too: send them over a Unix-domain socket (SCM_RIGHTS), and
   * give them to {@link ServerSetup#descriptors} there. No client is refused at the change, for
   * both accept from the same queues. They stay this server's, and are valid until it closes. Empty
   * when it is closed, and with the nio poller, which does not know them. Any thread.
   */
  public List<Integer> descriptors() {
    return share == null ? List.of() : share.descriptors();
  }

  /** Whether it has been closed. */
  public boolean isClosed() {
    return share != null && share.isClosed();
  }

  /**
   * The number of errors of its connections, or of accepting them, that were not reported, because
   * the server has no event callback and the program set no default handler. A server goes on
   * serving after them.
   */
  public long unheardErrors() {
    return unheardErrors;
  }

  /**
   * The servers that the loops of the group have at its address, this one among them. Any thread.
   */
  protected final List<TcpServer> shares() {
    return share == null ? List.of() : share.servers().stream().map(TcpServer.class::cast).toList();
  }

  /** The port it listens on, also when it was opened on port 0; -1 for a Unix-domain address. */
  public int port() {
    return localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return share == null ? null : share.localAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return null;
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Attaches an object of the program. */
  public void attach(@Nullable Object object) {
    attachment = object;
  }
}
