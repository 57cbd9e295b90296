package dev.ferrule.tests.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/** Addresses where nobody answers. */
final class NeverThere {
  /** Of RFC 5737, for documentation: it leads nowhere, or is refused by the first router. */
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("192.0.2.1");

  private static final InetAddress NOBODY = InetAddress.ofLiteral("192.0.2.2");

  static final List<InetAddress> TWICE = List.of(NOWHERE, NOBODY);
  static final int PORT = 9;

  private NeverThere() {}

  /** A port of 127.0.0.1 that was free a moment ago: connecting to it is refused. */
  static int refusing() {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      return ((InetSocketAddress) server.getLocalAddress()).getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
