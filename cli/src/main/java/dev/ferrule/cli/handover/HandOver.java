package dev.ferrule.cli.handover;

import dev.ferrule.cli.handover.Calls.Call;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The side of a hand-over that serves now: it waits at a path for the process that takes over, and
 * sends it what it listens by. It has a thread of its own.
 */
public final class HandOver implements AutoCloseable {
  private static final int SHUT_RDWR = 2;
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** What the process does when another takes over, on the thread of the hand-over. */
  public interface Service {
    /** Sends the descriptors of each tunnel, which are valid until this returns. */
    void offer(Offer offer) throws IOException;

    /** Accepts no more; returns when that is so. */
    void handedOver(int pid);

    /** It goes on serving. */
    void failed(String why);
  }

  /** Takes the descriptors of one tunnel. */
  @FunctionalInterface
  public interface Offer {
    /** Sends them. */
    void socket(String tunnel, List<Integer> descriptors) throws IOException;
  }

  private final Path path;
  private final int listener;
  private final Service service;
  private boolean over; // handed over, or closed
  private boolean offered; // the next process has what it needs to serve

  private HandOver(Path path, int listener, Service service) {
    this.path = path;
    this.listener = listener;
    this.service = service;
  }

  /** Waits at a path, in the place of whoever did before, for this user's processes and root's. */
  public static HandOver open(Path path, Service service) throws IOException {
    Path own = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid());
    int listener =
        Call.SOCKET.require(
            "socket", LocalAddress.AF_UNIX, MessageSocket.SEQPACKET_CLOEXEC, 0, 0, 0);
    try (Arena arena = Arena.ofConfined()) {
      Files.deleteIfExists(own);
      long address = LocalAddress.unix(arena, own.toString()).address();
      int _ = Call.BIND.require(own.toString(), listener, address, LocalAddress.UNIX_BYTES, 0, 0);
      Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
      int _ = Call.LISTEN.require("listen", listener, 8, 0, 0, 0);
      Files.move(own, path, StandardCopyOption.ATOMIC_MOVE); // no moment without somebody there
    } catch (IOException e) {
      Files.deleteIfExists(own);
      Calls.close(listener);
      throw e;
    }
    HandOver waiting = new HandOver(path, listener, service);
    Thread.ofPlatform().daemon().name("ferrule-hand-over").start(waiting::run);
    return waiting;
  }

  private void run() {
    while (!isOver()) {
      int accepted = Call.ACCEPT4.of(listener, 0, 0, MessageSocket.CLOEXEC, 0);
      if (accepted < 0) {
        if (!isOver()) {
          LockSupport.parkNanos(PAUSE.toNanos()); // out of descriptors, mostly: it waits in line
        }
        continue;
      }
      try (MessageSocket next = new MessageSocket(accepted)) {
        handOver(next);
      } catch (IOException e) {
        takeBack();
        service.failed(String.valueOf(e.getMessage()));
      }
    }
    Calls.close(listener);
  }

  private void handOver(MessageSocket next) throws IOException {
    next.limit(TakeOver.PATIENCE);
    int pid = TakeOver.trusted(next);
    MessageSocket.Message hello = next.receive();
    if (hello == null || !hello.text().equals(TakeOver.HELLO)) {
      throw new IOException("process " + pid + " does not speak as this one does");
    }
    synchronized (this) {
      if (over) {
        return;
      }
      offered = true;
    }
    service.offer((tunnel, descriptors) -> TakeOver.send(next, tunnel, descriptors));
    MessageSocket.Message answer = next.send(TakeOver.ALL) ? next.receive() : null;
    if (answer == null || !answer.text().equals(TakeOver.SERVING)) {
      throw new IOException("process " + pid + " ended before it served");
    }
    synchronized (this) {
      if (over) {
        return; // asked to end in the meantime: the other finds out
      }
      over = true;
    }
    service.handedOver(pid);
    boolean _ = next.send(TakeOver.DONE); // it serves, whether it still hears this or not
  }

  /** The process that was to serve has failed. One that ends leaves it at that. */
  private synchronized void takeBack() {
    offered = over && offered;
  }

  /**
   * Whether the next process serves, or is about to: it listens by the same sockets then, and needs
   * the files of those that have one. Once this is closed it does not change.
   */
  public synchronized boolean isOffered() {
    return offered;
  }

  private synchronized boolean isOver() {
    return over;
  }

  /** Nobody takes over any more. */
  @Override
  public synchronized void close() {
    if (over) {
      return;
    }
    over = true;
    int _ = Call.SHUTDOWN.of(listener, SHUT_RDWR, 0); // ends the wait for the next one
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      return; // whoever comes next finds that nobody listens
    }
  }
}
