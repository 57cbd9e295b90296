package dev.ferrule.cli.check;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.BlockingSocket;
import dev.ferrule.TcpSocket;
import dev.ferrule.cli.starttls.Refused;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSessions;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.Verify;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is only seen behind a whole handshake, by Ferrule's own client. It verifies nothing and
 * sends nothing of worth: certificates are judged elsewhere. Any thread; a call holds it up.
 */
final class Encrypted {
  /** All that a provider has; what it lacks is left out. */
  private static final String EVERY_SUITE = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";

  private static final Duration TICKETS_COME = Duration.ofMillis(400);
  private static final int LONGEST_ANSWER = 16 * 1024;

  private final Probe probe;
  private final Peer peer;

  Encrypted(Probe probe) {
    this.probe = probe;
    this.peer = probe.peer();
  }

  /**
   * A handshake that was done, or that failed.
   *
   * @param session what was agreed on; null when it failed
   * @param failure one sentence; null when it was done
   */
  record Outcome(@Nullable SslSession session, @Nullable String failure) {}

  /** What is done with a connection behind its handshake. */
  @FunctionalInterface
  interface Use<R> {
    R with(BlockingSocket<SslSocket> socket, SslSession session) throws IOException;
  }

  static SslContext context(Consumer<SslContextBuilder> settings) {
    SslContextBuilder builder = SslContext.client().verify(Verify.NONE).ciphers(EVERY_SUITE);
    settings.accept(builder);
    return builder.build();
  }

  /** A handshake with those settings. */
  Outcome handshake(Consumer<SslContextBuilder> settings) {
    return handshake(context(settings));
  }

  Outcome handshake(SslContext context) {
    try {
      return new Outcome(use(context, (_, session) -> session), null);
    } catch (IOException | Refused e) {
      return new Outcome(null, reason(e));
    }
  }

  static String reason(Exception e) {
    return e.getCause() instanceof EventError error
        ? error.message()
        : String.valueOf(e.getMessage());
  }

  /** Uses a connection behind its handshake, and aborts it then. */
  <R> R use(SslContext context, Use<R> use) throws IOException {
    if (probe.gaveUp()) {
      throw new IOException("the check was given up");
    }
    return probe.inTurn(() -> useNow(context, use));
  }

  private <R> R useNow(SslContext context, Use<R> use) throws IOException {
    BlockingSocket<SslSocket> socket = secure(peer.connect(), context);
    try {
      socket.readTimeout(peer.limit());
      socket.writeTimeout(peer.limit());
      return use.with(socket, socket.socket().session().orElseThrow());
    } finally {
      socket.abort();
    }
  }

  /** The handshake on a connection; on failure that is gone. */
  BlockingSocket<SslSocket> secure(BlockingSocket<TcpSocket> plain, SslContext context)
      throws IOException {
    CompletableFuture<BlockingSocket<SslSocket>> done = new CompletableFuture<>();
    plain.socket().loop().execute(() -> wrap(plain, context, done));
    try {
      return done.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String message = cause == null ? "" : String.valueOf(cause.getMessage());
      throw new IOException(message, cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void wrap(
      BlockingSocket<TcpSocket> plain,
      SslContext context,
      CompletableFuture<BlockingSocket<SslSocket>> done) {
    try {
      TcpSocket socket = plain.callbacks();
      var _ =
          Ssl.wrap(socket)
              .asClient(peer.serverName() == null ? peer.host() : peer.serverName())
              .context(context)
              .handshakeTimeout(peer.limit())
              .openAsync()
              .whenComplete((secure, thrown) -> {
                if (thrown != null) {
                  done.completeExceptionally(thrown);
                } else {
                  done.complete(secure.blocking());
                }
              });
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  // ---- resumption

  /**
   * Whether a second connection resumes the session of the first, and how long a ticket lives.
   *
   * @param resumed empty when no handshake could be done
   * @param lifetime as the server says; empty when it does not, or is not known
   * @param earlyData the most bytes of early data; empty when not known
   * @param failure of a connection behind its handshake, in one sentence: then the rest is empty
   */
  record Resumed(
      Optional<Boolean> resumed,
      Optional<Duration> lifetime,
      OptionalLong earlyData,
      Optional<String> failure) {
    static final Resumed UNKNOWN =
        new Resumed(Optional.empty(), Optional.empty(), OptionalLong.empty(), Optional.empty());

    static Resumed failed(String sentence) {
      return new Resumed(
          Optional.empty(), Optional.empty(), OptionalLong.empty(), Optional.of(sentence));
    }

    Resumed with(Optional<Duration> said) {
      return new Resumed(resumed, said, earlyData, failure);
    }
  }

  Resumed resumption(Protocol version) {
    SslContext context = context(ssl -> ssl.minProtocol(version).maxProtocol(version));
    AtomicBoolean behindHandshake = new AtomicBoolean();
    try {
      Optional<SslSessions.Entry> kept =
          use(
              context,
              (socket, session) -> {
                behindHandshake.set(true);
                awaitTickets(socket, context);
                return context.sessions().entries().stream().findFirst();
              });
      boolean resumed = use(context, (_, session) -> session.resumed());
      return new Resumed(
          Optional.of(resumed),
          kept.map(each -> Duration.between(each.made(), each.until())),
          kept.map(SslSessions.Entry::earlyData).orElse(OptionalLong.empty()),
          Optional.empty());
    } catch (IOException | Refused e) {
      return behindHandshake.get() ? Resumed.failed(reason(e)) : Resumed.UNKNOWN;
    }
  }

  /** Tickets of TLS 1.3 come behind the handshake, with what the server says first or later. */
  private static void awaitTickets(BlockingSocket<SslSocket> socket, SslContext context)
      throws IOException {
    socket.readTimeout(Duration.ofMillis(50));
    long end = System.nanoTime() + TICKETS_COME.toNanos();
    while (context.sessions().entries().isEmpty() && System.nanoTime() < end) {
      try {
        if (socket.input().read(new byte[512]) < 0) {
          return;
        }
      } catch (SocketTimeoutException e) {
        // Once more, until the time is over.
      }
    }
  }

  // ---- the end

  /** How a server ends a connection that its client has ended. */
  enum Close {
    /** By close_notify, as it shall be (RFC 8446 6.1). */
    NOTIFIED,
    /** By FIN alone: its peers cannot distinguish that from a cut. */
    UNNOTIFIED,
    RESET,
    /** Not within the time limit. */
    OPEN,
    UNKNOWN
  }

  Close close(Consumer<SslContextBuilder> settings, Duration patience) {
    try {
      return use(
          context(settings),
          (socket, session) -> {
            socket.readTimeout(patience);
            socket.shutdownOutput();
            long end = System.nanoTime() + patience.toNanos();
            byte[] some = new byte[4096];
            try {
              while (socket.input().read(some) >= 0) {
                if (System.nanoTime() > end) {
                  return Close.OPEN;
                }
              }
              return Close.NOTIFIED;
            } catch (SocketTimeoutException e) {
              return Close.OPEN;
            } catch (IOException e) {
              return e.getCause() instanceof SslTruncated
                  ? Close.UNNOTIFIED
                  : e.getCause() instanceof TcpReset ? Close.RESET : Close.UNKNOWN;
            }
          });
    } catch (IOException | Refused e) {
      return Close.UNKNOWN;
    }
  }

  // ---- HTTP

  /** The value of a header of the answer to {@code HEAD /}; empty where there is none. */
  Optional<String> header(String name) {
    try {
      return use(
          context(ssl -> ssl.alpn("http/1.1")),
          (socket, session) -> {
            String request =
                "HEAD / HTTP/1.1\r\nHost: %s\r\nUser-Agent: ferrule\r\nConnection: close\r\n\r\n"
                    .formatted(peer.host());
            socket.output().write(request.getBytes(US_ASCII));
            return headerOf(name, answer(socket.input(), peer.limit()));
          });
    } catch (IOException | Refused e) {
      return Optional.empty();
    }
  }

  /** The head of an answer, or what came of it within the time limit for all of it. */
  static String answer(InputStream in, Duration limit) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    byte[] bytes = new byte[LONGEST_ANSWER];
    int at = 0;
    while (at < bytes.length) {
      int count = in.read(bytes, at, bytes.length - at);
      if (count < 0 || System.nanoTime() > end) {
        break;
      }
      at += count;
      if (new String(bytes, 0, at, US_ASCII).contains("\r\n\r\n")) {
        break;
      }
    }
    return new String(bytes, 0, at, US_ASCII);
  }

  static Optional<String> headerOf(String name, String answer) {
    if (!answer.startsWith("HTTP/")) {
      return Optional.empty();
    }
    return answer
        .lines()
        .takeWhile(line -> !line.isBlank())
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }
}
