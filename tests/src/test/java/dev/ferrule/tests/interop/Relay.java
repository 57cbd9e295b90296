package dev.ferrule.tests.interop;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/** Stands between a client and a server, and passes bytes on in random pieces. */
final class Relay implements AutoCloseable {
  private final ServerSocket listener;
  private final IntSupplier targets;
  private final int largest;

  Relay(int target, int largest) {
    this(() -> target, largest);
  }

  /** With a port to connect to for each connection. */
  Relay(IntSupplier targets, int largest) {
    this.targets = targets;
    this.largest = largest;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket from = listener.accept();
        Socket to = new Socket(InetAddress.getLoopbackAddress(), targets.getAsInt());
        Thread up = Thread.ofPlatform().daemon().start(() -> pass(from, to));
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              pass(to, from);
              end(up, from, to);
            });
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void pass(Socket from, Socket to) {
    RandomGenerator random = RandomGenerator.of("Xoshiro256PlusPlus");
    byte[] piece = new byte[largest];
    try {
      to.setTcpNoDelay(true);
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int n;
      while ((n = in.read(piece, 0, 1 + random.nextInt(largest))) > 0) {
        out.write(piece, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      close(from); // one side has gone, and takes the other with it
      close(to);
    }
  }

  /** Both ways are done: nothing may stay open. */
  private static void end(Thread other, Socket from, Socket to) {
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close(from);
    close(to);
  }

  private static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    close(listener);
  }
}
