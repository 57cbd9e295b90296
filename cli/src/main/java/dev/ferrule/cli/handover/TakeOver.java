package dev.ferrule.cli.handover;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The side of a hand-over that gets the sockets of the process that serves now. When this one
 * listens by them it says so, and the other accepts no more. One thread at a time.
 */
public final class TakeOver implements AutoCloseable {
  static final String HELLO = "ferrule hand-over 1";
  static final String SOCKET = "socket ";
  static final String ALL = "all";
  static final String SERVING = "serving";
  static final String DONE = "done";

  private static final Duration RETRY = Duration.ofSeconds(10);

  /** How long either waits for the other; a server that has to load much takes its time. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MessageSocket other;
  private final int pid;
  private final GivenSockets sockets = new GivenSockets(true);

  private TakeOver(MessageSocket other, int pid) {
    this.other = other;
    this.pid = pid;
  }

  /**
   * Asks the process that serves a path for its sockets; null when there is none.
   *
   * @throws IOException when it does not give them
   */
  public static @Nullable TakeOver begin(Path path) throws IOException {
    long start = System.nanoTime();
    boolean closed = false; // by one that hands over to somebody else, or ends
    while (true) {
      MessageSocket other = MessageSocket.connect(path);
      TakeOver taken = other == null ? null : ask(other);
      boolean late = System.nanoTime() - start > RETRY.toNanos();
      if (taken != null || (other == null && (!closed || late))) {
        return taken;
      }
      if (late) {
        throw new IOException("the process that serves does not hand its sockets over");
      }
      closed = true;
      LockSupport.parkNanos(RETRY.toNanos() / 200);
    }
  }

  /** Null when the other closes. */
  private static @Nullable TakeOver ask(MessageSocket other) throws IOException {
    try {
      other.limit(PATIENCE);
      TakeOver taken = new TakeOver(other, trusted(other));
      if (taken.receiveAll()) {
        return taken;
      }
    } catch (IOException | RuntimeException e) {
      other.close();
      throw e;
    }
    other.close();
    return null;
  }

  /** The other's process; only one of this user or of root is spoken with. */
  static int trusted(MessageSocket other) throws IOException {
    MessageSocket.Peer peer = other.peer();
    int own = Calls.Call.GETEUID.of(0, 0, 0);
    if (peer.user() != own && peer.user() != 0) {
      throw new IOException("process " + peer.pid() + " is another user's (" + peer.user() + ")");
    }
    return peer.pid();
  }

  private boolean receiveAll() throws IOException {
    if (!other.send(HELLO)) {
      return false;
    }
    while (true) {
      MessageSocket.Message message = other.receive();
      if (message == null) {
        sockets.handOver();
        return false;
      }
      if (message.text().equals(ALL)) {
        return true;
      }
      for (int descriptor : message.descriptors()) {
        sockets.add(message.text().substring(SOCKET.length()), descriptor);
      }
    }
  }

  /** What the other served. */
  public GivenSockets sockets() {
    return sockets;
  }

  /** The process that served until now. */
  public int pid() {
    return pid;
  }

  /**
   * This process listens: the other shall accept no more. Returns when it does not.
   *
   * @throws IOException when it did not say so; it may have ended
   */
  public void serving() throws IOException {
    MessageSocket.Message answer = other.send(SERVING) ? other.receive() : null;
    if (answer == null || !answer.text().equals(DONE)) {
      throw new IOException("process " + pid + " did not say that it accepts no more");
    }
  }

  /** Without {@link #serving} before, the other goes on as if nothing had been. */
  @Override
  public void close() {
    other.close();
  }

  /** A tunnel's sockets, in messages that can be sent. */
  static void send(MessageSocket to, String tunnel, List<Integer> descriptors) throws IOException {
    int most = MessageSocket.MOST_DESCRIPTORS;
    for (int from = 0; from < descriptors.size(); from += most) {
      int end = Math.min(descriptors.size(), from + most);
      if (!to.send(SOCKET + tunnel, descriptors.subList(from, end))) {
        throw new IOException("the process that asked for them has ended");
      }
    }
  }
}
