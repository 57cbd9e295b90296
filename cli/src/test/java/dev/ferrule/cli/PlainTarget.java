package dev.ferrule.cli;

import dev.ferrule.testkit.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A plain TCP server behind a tunnel: each connection plays a script on a thread of its own. */
final class PlainTarget implements AutoCloseable {
  private final ServerSocket listener;
  private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();

  private PlainTarget(ServerSocket listener) {
    this.listener = listener;
  }

  static PlainTarget of(ScriptedServer.Script script) throws IOException {
    return on(0, script);
  }

  static PlainTarget on(int port, ScriptedServer.Script script) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    PlainTarget target = new PlainTarget(listener);
    Thread.ofPlatform().daemon().start(() -> target.serve(script));
    return target;
  }

  /** The address of a port at which nobody listens. */
  static String nobody() {
    return "127.0.0.1:" + Ports.free();
  }

  /** Sends back what comes, and ends when its client does. */
  static PlainTarget echo() throws IOException {
    return of(PlainTarget::echo);
  }

  static void echo(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    in.transferTo(socket.getOutputStream());
  }

  /** Says who it is, and ends. */
  static PlainTarget named(String name) throws IOException {
    return of(socket -> {
      socket.getOutputStream().write(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    });
  }

  private void serve(ScriptedServer.Script script) {
    try {
      while (true) {
        Socket socket = listener.accept();
        accepted.add(socket);
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try (socket) {
                script.play(socket);
              } catch (IOException e) {
                // the client's matter, who sees it
              }
            });
      }
    } catch (IOException e) {
      // closed
    }
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** The next connection that came. */
  Socket next() throws InterruptedException {
    Socket socket = accepted.poll(20, TimeUnit.SECONDS);
    if (socket == null) {
      throw new IllegalStateException("no connection came");
    }
    return socket;
  }

  /** Waits until no connection has come for a second. */
  void awaitQuiet() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (accepted.poll(1, TimeUnit.SECONDS) != null) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("connections come on and on");
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : accepted) {
      socket.close();
    }
  }
}
