package dev.ferrule.tests.tcp;

import java.net.InetAddress;
import java.util.List;

/** Addresses where nobody answers. */
final class NeverThere {
  /** Of RFC 5737, for documentation: it leads nowhere, or is refused by the first router. */
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("192.0.2.1");

  private static final InetAddress NOBODY = InetAddress.ofLiteral("192.0.2.2");

  static final List<InetAddress> TWICE = List.of(NOWHERE, NOBODY);
  static final int PORT = 9;

  private NeverThere() {}
}
