package dev.ferrule.ssl.records;

import java.util.Random;

/** The secrets of a connection, for both of its ends and for any number of connections. */
final class Sides {
  final RecordSuite suite;
  private final byte[] client;
  private final byte[] server;
  private final PeerKeys clientKeys;
  private final PeerKeys serverKeys;

  private Sides(RecordSuite suite, byte[] client, byte[] server) {
    this.suite = suite;
    this.client = client;
    this.server = server;
    this.clientKeys = new PeerKeys(suite, client, 0);
    this.serverKeys = new PeerKeys(suite, server, 0);
  }

  static Sides random(RecordSuite suite, Random random) {
    byte[] client = new byte[suite.secret];
    byte[] server = new byte[suite.secret];
    random.nextBytes(client);
    random.nextBytes(server);
    return new Sides(suite, client, server);
  }

  /** What one end gets of them. */
  TrafficSecrets secrets(boolean ofServer, long read, long written) {
    return new TrafficSecrets(
        suite,
        (ofServer ? client : server).clone(),
        (ofServer ? server : client).clone(),
        read,
        written,
        new byte[suite.secret]);
  }

  /** How the peer of an end writes. */
  PeerKeys towards(boolean ofServer, long sequence) {
    return (ofServer ? clientKeys : serverKeys).from(sequence);
  }

  /** How the peer of an end reads. */
  PeerKeys behind(boolean ofServer, long sequence) {
    return (ofServer ? serverKeys : clientKeys).from(sequence);
  }
}
