package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Connections that fail at the same time, on one loop and one context, each for its own reason. */
class SeveralErrorsTest {
  private static final int EACH = 25;

  private enum Cause {
    NONE,
    WRONG_CA,
    PLAIN_HTTP,
    TRUNCATED,
    RESET,
    CHANGED_RECORD,
    VERSION
  }

  private final SslContext servers =
      SslContext.server().credentials(Pki.LOCAL).minProtocol(Protocol.TLS_1_3).build();
  private final SslContext clients = SslContext.client().trust(Pki.TRUST).build();
  private final SslContext strangers =
      SslContext.client().trust(List.of(ThrowawayCa.create().certificate())).build();
  private final SslContext old =
      SslContext.client().trust(Pki.TRUST).maxProtocol(Protocol.TLS_1_2).build();
  private final Map<Cause, List<Event>> served = new EnumMap<>(Cause.class);
  private final Map<Cause, List<Event>> seen = new EnumMap<>(Cause.class);
  private final Map<Cause, SslServer> listening = new EnumMap<>(Cause.class);
  private int open;

  @Test
  void each_hears_of_its_own_cause_and_none_of_anothers() {
    Loops.run(loop -> {
      for (Cause cause : Cause.values()) {
        served.put(cause, new ArrayList<>());
        seen.put(cause, new ArrayList<>());
        listening.put(cause, serve(loop, cause));
      }
      open = EACH * Cause.values().length;
      for (int i = 0; i < EACH; i++) {
        for (Cause cause : Cause.values()) {
          begin(loop, cause, listening.get(cause).port());
        }
      }
    });
    each(served, Cause.NONE, TcpEof.class);
    assertThat(seen.get(Cause.NONE)).isEmpty();
    each(seen, Cause.WRONG_CA, SslError.class, "unknown issuer");
    each(served, Cause.WRONG_CA, SslError.class, "certificate");
    each(served, Cause.PLAIN_HTTP, SslError.class, "HTTP");
    each(served, Cause.TRUNCATED, SslTruncated.class);
    each(seen, Cause.TRUNCATED, SslTruncated.class);
    each(served, Cause.RESET, TcpReset.class);
    each(seen, Cause.RESET, TcpReset.class);
    each(served, Cause.CHANGED_RECORD, SslError.class, "changed on its way");
    each(seen, Cause.CHANGED_RECORD, SslError.class, "a record arrived changed");
    each(served, Cause.VERSION, SslError.class, "no protocol version is shared");
    each(seen, Cause.VERSION, SslError.class, "none of the protocol versions");
  }

  private static void each(
      Map<Cause, List<Event>> heard, Cause cause, Class<? extends Event> type, String... words) {
    assertThat(heard.get(cause))
        .as(cause.toString())
        .hasSize(EACH)
        .allSatisfy(event -> assertThat(event).isInstanceOf(type))
        .allSatisfy(event -> assertThat(List.of(words)).allMatch(event.message()::contains));
  }

  /** Answers what it reads, and listens until the last connection of all has ended. */
  private SslServer serve(EventLoop loop, Cause cause) {
    return Ssl.server(loop, "127.0.0.1", 0)
        .context(servers)
        .backlog(200)
        .onRead((socket, data) -> socket.write("answer"))
        .onEvent(served.get(cause)::add)
        .onClose(this::ended)
        .open();
  }

  private void ended() {
    if (--open == 0) {
      listening.values().forEach(SslServer::close);
    }
  }

  private void begin(EventLoop loop, Cause cause, int port) {
    if (cause == Cause.PLAIN_HTTP) {
      Tcp.connect(loop, "127.0.0.1", port)
          .data("GET / HTTP/1.1\r\n\r\n")
          .onRead((socket, data) -> {})
          .onEvent(event -> {})
          .open();
      return;
    }
    Relay[] relay = new Relay[1];
    boolean[] armed = new boolean[1];
    int way = cause == Cause.NONE ? port : through(loop, port, relay, armed);
    SslClientSetup setup = Ssl.connect(loop, "127.0.0.1", way);
    setup
        .context(
            switch (cause) {
              case WRONG_CA -> strangers;
              case VERSION -> old;
              default -> clients;
            })
        .data("question")
        .onRead((socket, data) -> answered(cause, relay[0], armed, socket::write, socket::close))
        .onEvent(seen.get(cause)::add)
        .open();
  }

  private static int through(EventLoop loop, int port, Relay[] relay, boolean[] armed) {
    return Relay.open(
        loop,
        port,
        (self, up, bytes) -> {
          relay[0] = self;
          if (up && armed[0]) {
            bytes[bytes.length - 1] ^= 1;
          }
          self.forward(up, bytes);
        });
  }

  private static void answered(
      Cause cause, Relay relay, boolean[] armed, Consumer<String> write, Runnable close) {
    switch (cause) {
      case NONE -> close.run();
      case TRUNCATED -> relay.cut(false);
      case RESET -> relay.cut(true);
      case CHANGED_RECORD -> {
        armed[0] = true;
        write.accept("more");
      }
      default -> throw new AssertionError(cause + " was answered");
    }
  }
}
