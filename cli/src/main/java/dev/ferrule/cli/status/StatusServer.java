package dev.ferrule.cli.status;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ferrule.cli.tunnel.EventLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tells over HTTP how a process of tunnels does, on threads of its own: what a client does here
 * holds up no loop, and no other client. The JDK's server reads and writes with a thread for each
 * busy connection, so there are as many threads as connections, both are bounded, and each request
 * has a time limit. A connection has one request.
 */
public final class StatusServer implements AutoCloseable {
  /** Connections at once; more are closed at once. */
  static final int MOST_CONNECTIONS = 64;

  private static final int BACKLOG = 128;
  private static final int SECONDS = 10; // for a request, for its answer, and without either

  private final HttpServer server;
  private final Pages pages;
  private final EventLog log;
  private final boolean local;
  private final ExecutorService threads;
  private final ScheduledThreadPoolExecutor sampling;
  private final AtomicBoolean failed = new AtomicBoolean();

  private StatusServer(HttpServer server, Observed observed, EventLog log) {
    this.server = server;
    this.log = log;
    this.local = server.getAddress().getAddress().isLoopbackAddress();
    InstantSource clock = InstantSource.system();
    Samples samples = new Samples(observed);
    StatusJson json = new StatusJson(observed, log, samples, log.keepRecent(), clock.instant());
    this.pages = new Pages(observed, log, json, clock);
    this.threads = threads();
    this.sampling = new ScheduledThreadPoolExecutor(1, daemons("ferrule-samples"));
    ScheduledFuture<?> _ = // it ends with what it runs on
        sampling.scheduleAtFixedRate(
            () -> sample(samples, clock), 0, Samples.EVERY_SECONDS, TimeUnit.SECONDS);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /**
   * Listens.
   *
   * @throws IOException when it cannot listen there
   */
  public static StatusServer open(InetSocketAddress address, Observed observed, EventLog log)
      throws IOException {
    limit("jdk.httpserver.maxConnections", MOST_CONNECTIONS);
    limit("sun.net.httpserver.maxReqTime", SECONDS);
    limit("sun.net.httpserver.maxRspTime", SECONDS);
    limit("sun.net.httpserver.idleInterval", SECONDS);
    limit("sun.net.httpserver.maxReqHeaders", 100);
    limit("sun.net.httpserver.maxReqHeaderSize", 16 * 1024);
    limit("sun.net.httpserver.drainAmount", 16 * 1024);
    return new StatusServer(HttpServer.create(address, BACKLOG), observed, log);
  }

  /** The JDK's server reads its limits once, from properties; who set one goes first. */
  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  private static ExecutorService threads() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            MOST_CONNECTIONS,
            MOST_CONNECTIONS,
            SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // no longer than there are connections
            daemons("ferrule-status"));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory daemons(String name) {
    return Thread.ofPlatform().name(name).daemon().factory();
  }

  /** An exception would end the samples that follow. */
  private void sample(Samples samples, InstantSource clock) {
    try {
      samples.take(clock.instant());
    } catch (RuntimeException e) {
      tellFailure(e);
    }
  }

  /** Once, for a client could make it happen often. */
  private void tellFailure(RuntimeException e) {
    if (!failed.getAndSet(true)) {
      log.tell("notice", "what", "the status could not be told: " + e);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Pages.Page page = answer(exchange);
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Type", page.type);
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Connection", "close");
      if (page.policy != null) {
        headers.set("Content-Security-Policy", page.policy);
      }
      if (page.status == 405) {
        headers.set("Allow", "GET, HEAD");
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(page.status, -1);
      } else {
        exchange.sendResponseHeaders(page.status, page.body.length);
        exchange.getResponseBody().write(page.body);
      }
    }
  }

  private Pages.Page answer(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Pages.Page.text(405, "only GET and HEAD");
    }
    if (local && !isLocalName(exchange.getRequestHeaders().getFirst("Host"))) {
      return Pages.Page.text(421, "this is no address of that host");
    }
    try {
      return pages.of(exchange.getRequestURI().getRawPath());
    } catch (RuntimeException e) {
      tellFailure(e);
      return Pages.Page.text(500, "the status could not be told");
    }
  }

  /**
   * Whether a browser asks for this machine by a name that is surely its own. Any other name may be
   * a stranger's that resolves to 127.0.0.1, so that a page of his reads what is told here.
   */
  static boolean isLocalName(@Nullable String host) {
    if (host == null) {
      return true; // no browser
    }
    String name = host.replaceFirst(":[0-9]*$", "");
    return name.equalsIgnoreCase("localhost")
        || name.matches("[0-9.]+")
        || name.matches("\\[[0-9a-fA-F:.]+]");
  }

  @Override
  public void close() {
    sampling.shutdownNow();
    server.stop(0);
    threads.shutdownNow();
  }
}
