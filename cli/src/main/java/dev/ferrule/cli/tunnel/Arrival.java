package dev.ferrule.cli.tunnel;

import dev.ferrule.AsyncStream;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.cli.starttls.Refused;
import dev.ferrule.cli.starttls.ServerDialogue;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a client comes in where that is not a handshake alone: STARTTLS before it, or a hello that is
 * read and passed on. It has the time limit of a handshake. Loop's thread.
 */
final class Arrival {
  private final Passage passage;
  private final Tunnel.Share share;
  private final @Nullable ServerDialogue dialogue;
  private @Nullable TcpSocket front;
  private @Nullable Timer limit;
  private boolean greeted;

  Arrival(Passage passage, Tunnel.Share share) {
    this.passage = passage;
    this.share = share;
    Setting setting = passage.setting();
    StartTls startTls = setting.startTls();
    this.dialogue = startTls == null ? null : startTls.serverDialogue();
  }

  private Setting setting() {
    return passage.setting();
  }

  /** A server with SSL from the first byte does all of it by itself. */
  void begin(TcpSocket socket) {
    front = socket;
    ServerDialogue talk = dialogue;
    if (talk == null ? setting().side() == Side.PASS : !talk.needsGreeting()) {
      beginLimit(); // else the client waits for the target, whose limits are those of connecting
    }
    if (talk != null && !talk.needsGreeting()) {
      talk(socket, talk);
    }
  }

  private void beginLimit() {
    end();
    limit = share.loop.delay(setting().bounds().handshake(), this::tooLong);
  }

  private void tooLong() {
    Duration time = setting().bounds().handshake();
    String what = needsGreeting() ? "no greeting of the target" : "no handshake";
    fail("ETIMEDOUT", what + " within " + time.toMillis() + " ms");
  }

  private void fail(String code, @Nullable String why) {
    passage.notArrived(code, why);
    if (front != null) {
      front.abort();
    }
  }

  /** The client sends no more. In SSL, its socket says what that means. */
  void ended() {
    boolean plain = front != null && !(front instanceof SslSocket);
    if (plain && (dialogue != null || setting().side() == Side.PASS)) {
      fail("TRUNCATED", "the client left before it asked for SSL");
    }
  }

  void end() {
    if (limit != null) {
      limit.cancel();
      limit = null;
    }
  }

  // ---- passthrough

  /** The client's first bytes are there. */
  void hello(AsyncStream stream) {
    ByteBuffer first = share.scratch();
    stream.peek(first);
    try {
      Optional<SslHello> hello = Ssl.hello(first.flip());
      if (hello.isPresent()) {
        passage.choose(hello.get().serverName().orElse(null));
      } else if (first.limit() == first.capacity()) {
        fail("MESSAGE_TOO_LONG", "the hello has more bytes than are read");
      } else if (stream.atEnd()) {
        fail("TRUNCATED", "the client left in the middle of its hello");
      }
    } catch (SslError e) {
      fail(e.code(), e.message());
    }
  }

  // ---- STARTTLS

  /** Whether the target's greeting is still to be passed on. */
  boolean needsGreeting() {
    return dialogue != null && dialogue.needsGreeting() && !greeted;
  }

  /** Passes on what the target says first, and then listens to the client. */
  void greet(TcpSocket target) {
    ServerDialogue talk = dialogue;
    TcpSocket client = front;
    if (talk == null || client == null) {
      throw new IllegalStateException("there is nothing to greet with");
    }
    beginLimit();
    // A stream is read on, so that a reset is heard, and keeps what is for the client after TLS.
    target.onStream((from, stream) -> {
      try {
        while (!greeted && stream.available() > 0) {
          greeted = talk.greeted(line(stream), client::write);
          if (greeted) {
            beginLimit();
            talk(client, talk);
          }
        }
      } catch (Refused e) {
        fail("STARTTLS", e.getMessage());
      }
    });
  }

  /** A line, or what is there of one: the greeting may end with it. */
  private ByteBuffer line(AsyncStream stream) {
    ByteBuffer bytes = share.scratch();
    stream.peek(bytes);
    bytes.flip();
    int end = 1;
    while (end < bytes.limit() && bytes.get(end - 1) != '\n') {
      end++;
    }
    stream.read(bytes.limit(end));
    return bytes.flip();
  }

  private void talk(TcpSocket client, ServerDialogue talk) {
    client.onRead((socket, data) -> {
      try {
        if (talk.hear(data, socket::write)) {
          wrap(socket, talk.insideTls());
        }
      } catch (Refused e) {
        passage.notArrived("STARTTLS", e.getMessage());
        socket.close();
      }
    });
  }

  private void wrap(TcpSocket plain, byte[] first) {
    var setup = Ssl.wrap(plain).asServer(setting().currentContext());
    if (setting().admission() != null) {
      setup.admission(setting().admission());
    }
    SslSocket secure =
        setup
            .halfOpen()
            .maxUnread(Bounds.WAITING)
            .handshakeTimeout(setting().bounds().handshake())
            .onStream((socket, stream) -> {}) // what comes is for the target, once it is there
            .onSecure((socket, session) -> {
              if (first.length > 0) {
                socket.write(first);
              }
              passage.secured(socket, session);
            })
            .onEvent(this::heard)
            .onClose(passage::frontClosed)
            .open();
    front = secure;
    secure.attach(passage);
    passage.wrapped(secure);
  }

  private void heard(Event event) {
    if (event instanceof Notice) {
      passage.tunnel().noticed(event);
    } else if (event instanceof EventError error) {
      passage.frontFailed(error);
    }
  }
}
