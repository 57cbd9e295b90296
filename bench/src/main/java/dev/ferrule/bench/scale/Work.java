package dev.ferrule.bench.scale;

/** What the connections of a loop do. */
enum Work {
  /** Full handshakes, one connection after the other. */
  HANDSHAKE,
  /** A few connections, on which the server sends as much as the client takes. */
  BULK
}
