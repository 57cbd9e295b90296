package dev.ferrule.ssl.records;

import java.util.Random;

/** The secrets of a connection, for both of its ends and for any number of connections. */
record Sides(
    RecordSuite suite, byte[] client, byte[] server, PeerKeys clientKeys, PeerKeys serverKeys) {
  static Sides random(RecordSuite suite, Random random) {
    byte[] client = new byte[suite.secret];
    byte[] server = new byte[suite.secret];
    random.nextBytes(client);
    random.nextBytes(server);
    return new Sides(
        suite, client, server, new PeerKeys(suite, client, 0), new PeerKeys(suite, server, 0));
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
