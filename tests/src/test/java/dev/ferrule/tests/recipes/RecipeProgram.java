package dev.ferrule.tests.recipes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.tests.JdkContexts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * What a compiled recipe extends: the names that its text supposes, and what takes the place of
 * ports, paths, hosts and standard output. See {@link RecipeSource}.
 */
public abstract class RecipeProgram {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  /** What the text supposes. */
  protected EventLoop loop;

  protected TcpSocket socket;
  protected TcpSocket plain;

  /** The server that the recipe opened last; null before. */
  protected volatile TcpServer server;

  /** Where a client's recipe connects. */
  protected int port;

  protected PrintStream out;
  private ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path folder;
  private Duration longest = Duration.ofDays(1);
  private volatile EventLoop first;
  private volatile Runnable last = () -> {};

  protected RecipeProgram() {
    out = new PrintStream(said, true, UTF_8);
  }

  /** The text. */
  protected abstract void main() throws Exception;

  final RecipeProgram in(Path where) {
    folder = where;
    return this;
  }

  final RecipeProgram to(int peer) {
    port = peer;
    return this;
  }

  /** No time limit is longer: the peer is one that stalls. */
  final RecipeProgram waitingAtMost(Duration time) {
    longest = time;
    return this;
  }

  /** For a fragment that is run for one connection of this program. */
  final RecipeProgram belongsTo(RecipeProgram whole) {
    folder = whole.folder;
    longest = whole.longest;
    port = whole.port;
    said = whole.said;
    out = whole.out;
    loop = whole.loop;
    return this;
  }

  final String said() {
    return said.toString(UTF_8);
  }

  final EventLoop first() {
    return first;
  }

  final void end() {
    last.run();
  }

  // ---- called by the text

  protected final Path file(String name) {
    return folder.resolve(name);
  }

  protected final EventLoop started(EventLoop running) {
    if (first == null) {
      first = running;
    }
    return running;
  }

  /** Every name is this host. */
  protected static LoopSetup setup() {
    return EventLoop.setup().resolver(host -> List.of(HERE));
  }

  /** Every name is this host to the shared loop too. */
  protected final SslClientSetup named(SslClientSetup ssl, String name) {
    return ssl.serverName(name).handshakeTimeout(limit(10));
  }

  protected final Duration limit(int seconds) {
    Duration asked = Duration.ofSeconds(seconds);
    return asked.compareTo(longest) < 0 ? asked : longest;
  }

  protected static SSLContext applicationContext() {
    return JdkContexts.of(null);
  }

  protected final void atTheEnd(Runnable action) {
    last = action;
  }
}
