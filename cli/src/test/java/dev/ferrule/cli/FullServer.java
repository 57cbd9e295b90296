package dev.ferrule.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A server that accepts nobody and whose queue is full: Linux lets who comes next wait. */
record FullServer(ServerSocket listener, List<Socket> waiting) implements AutoCloseable {
  private static final int MOST = 10;

  static FullServer open() throws IOException {
    FullServer full =
        new FullServer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), new ArrayList<>());
    while (full.waiting.size() < MOST) {
      Socket socket = new Socket();
      full.waiting.add(socket);
      try {
        socket.connect(full.listener.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException e) {
        return full;
      }
    }
    throw new IOException("its queue does not get full");
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket each : waiting) {
      each.close();
    }
    listener.close();
  }
}
