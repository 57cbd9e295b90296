package dev.ferrule.fleet.proof;

import dev.ferrule.EventLoop;
import dev.ferrule.event.Event;
import dev.ferrule.fleet.Await;
import dev.ferrule.fleet.Fleet;
import dev.ferrule.fleet.FleetStatus;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server of the fleet in a process of its own: it echoes. It listens when it has read the fleet's
 * keys; at SIGTERM it accepts no more, and it ends with its last connection. It prints what a
 * {@link ServerProcess} reads.
 */
public final class ProofServer {
  static final String ALL_ENDED = "all connections have ended";
  static final Duration PERIOD = Duration.ofSeconds(15);
  static final Duration LIFETIME = Duration.ofMinutes(5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_TOLD = 20;
  private static final Set<String> TOLD = new HashSet<>(); // by the loop
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(20);

  private ProofServer() {}

  /** Arguments: address, port, the fleet's store, a folder with secret, certificate and key. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[3]);
    Fleet fleet =
        Fleet.of(arguments[2], folder.resolve("secret"))
            .period(PERIOD)
            .ticketLifetime(LIFETIME)
            .poll(Duration.ofMillis(250))
            .timeout(Duration.ofMillis(250))
            .clockDifference(Duration.ofSeconds(1))
            .onEvent(event -> System.out.println(event.kind() + ": " + event.message()))
            .start();
    Thread.ofPlatform().daemon().start(() -> tell(fleet));
    Await.until("the store answers", () -> fleet.status().visits() > 0);
    EventLoop.run(loop -> {
      SslServer server =
          Ssl.server(loop, arguments[0], Integer.parseInt(arguments[1]))
              .certificate(folder.resolve("server.pem"))
              .key(folder.resolve("server.key"))
              .ticketKeys(fleet.ticketKeys())
              .ticketLifetime(LIFETIME)
              .backlog(1024)
              .handshakeTimeout(PATIENCE) // others may use the machine
              .onRead((socket, data) -> socket.write(data))
              .onEvent(ProofServer::heard)
              .open();
      endWith(loop, server);
      System.out.println("listening");
    });
  }

  /** Each message once: HAProxy's health checks connect and leave, again and again. */
  private static void heard(Event event) {
    if (TOLD.size() < MOST_TOLD && TOLD.add(event.message())) {
      System.out.println(event.message());
    }
  }

  private static void endWith(EventLoop loop, SslServer server) {
    Thread main = Thread.currentThread();
    Runnable end =
        () -> {
          loop.execute(server::close);
          try {
            boolean ended = main.join(PATIENCE);
            System.out.println(ended ? ALL_ENDED : "connections are cut");
          } catch (InterruptedException e) {
            // It ends anyway.
          }
        };
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(end));
  }

  /** Prints each change of state and key. */
  private static void tell(Fleet fleet) {
    String last = "";
    while (true) {
      FleetStatus status = fleet.status();
      String now = ServerProcess.NOW + status.state() + " " + status.encrypting();
      if (!now.equals(last)) {
        System.out.println(now);
        last = now;
      }
      LockSupport.parkNanos(LOOK);
    }
  }
}
