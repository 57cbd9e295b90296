import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.transport.Transport;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The Vert.x peer, set up as someone who knows Vert.x well would: one event loop, the native
 * transport, the BoringSSL engine, back pressure by the write queue.
 *
 * <p>{@code --port N --cert FILE --key FILE [--mode echo|source|sink]}. The key must be PKCS#8.
 */
public final class VertxServer {
  private static final int BACKLOG = 4096;
  private static final int STREAM_WRITE = 64 * 1024;
  private static final int WRITES_UNDER_WAY = 8; // 512 KiB, as much as Netty's peer has
  private static final Set<String> OPTIONS = Set.of("port", "cert", "key", "mode");

  private static Vertx vertx;

  private VertxServer() {}

  private static void echo(NetSocket socket) {
    socket.handler(
        data -> {
          socket.write(data);
          if (socket.writeQueueFull()) {
            socket.pause();
            socket.drainHandler(drained -> socket.resume());
          }
        });
  }

  /**
   * Keeps some writes under way, each with a buffer of its own that is used again when it is out: a
   * buffer that several writes share is sent corrupt.
   */
  private static void source(NetSocket socket) {
    socket.handler(data -> {});
    for (int i = 0; i < WRITES_UNDER_WAY; i++) {
      Buffer stream = Buffer.buffer(new byte[STREAM_WRITE]);
      // Not in the connect handler: its writes are queued without bound.
      vertx.runOnContext(later -> writeAgain(socket, stream));
    }
  }

  private static void writeAgain(NetSocket socket, Buffer stream) {
    socket
        .write(stream)
        .onSuccess(sent -> vertx.runOnContext(later -> writeAgain(socket, stream)));
  }

  private static void sink(NetSocket socket) {
    socket.handler(data -> {});
  }

  /** Vert.x leaves the connection open after the peer's close_notify, and tells inner API of it. */
  private static void closeWithPeer(NetSocket socket) {
    ((NetSocketInternal) socket)
        .eventHandler(
            event -> {
              if (event instanceof SslCloseCompletionEvent) {
                socket.close();
              }
            });
  }

  private static Map<String, String> parse(String[] args) {
    Map<String, String> options = new HashMap<>(Map.of("mode", "echo"));
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i].replaceFirst("^--", ""), args[i + 1]);
    }
    if (args.length % 2 != 0
        || !OPTIONS.containsAll(options.keySet())
        || !options.keySet().containsAll(Set.of("port", "cert", "key"))) {
      System.err.println("usage: --port N --cert FILE --key FILE [--mode echo|source|sink]");
      System.exit(2);
    }
    return options;
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = parse(args);
    vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(1))
            .withTransport(Transport.EPOLL)
            .build();
    if (!vertx.isNativeTransportEnabled()) {
      throw new IllegalStateException("no native transport", vertx.unavailableNativeTransportCause());
    }
    String mode = options.get("mode");
    int port = Integer.parseInt(options.get("port"));
    NetServerOptions server =
        new NetServerOptions()
            .setSsl(true)
            .setSslEngineOptions(new OpenSSLEngineOptions().setSessionCacheEnabled(true))
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertPath(options.get("cert"))
                    .addKeyPath(options.get("key")))
            .setTcpNoDelay(true)
            .setAcceptBacklog(BACKLOG);
    vertx
        .createNetServer(server)
        .connectHandler(
            socket -> {
              socket.exceptionHandler(failure -> socket.close());
              closeWithPeer(socket);
              switch (mode) {
                case "source" -> source(socket);
                case "sink" -> sink(socket);
                default -> echo(socket);
              }
            })
        .listen(port, "127.0.0.1")
        .await(10, TimeUnit.SECONDS);
    System.out.println("READY " + port);
  }
}
