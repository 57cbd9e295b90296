package dev.ferrule.ssl.records;

import java.util.Arrays;

/**
 * What a provider tells of a finished TLS 1.3 handshake, so that another record layer can go on
 * (RFC 8446 7.1). The arrays belong to this object, which overwrites them when they are used.
 */
public final class TrafficSecrets {
  final RecordSuite suite;
  final byte[] read;
  final byte[] write;
  final long readSequence;
  final long writeSequence;
  final byte[] exporter;

  /**
   * The secrets of one side.
   *
   * @param read the secret of the direction that this side reads: a server's is
   *     client_application_traffic_secret_0
   * @param write the secret of the other direction
   * @param readSequence how many records were read under the first secret
   * @param writeSequence how many records were written under the second secret, tickets among them
   * @param exporter exporter_secret (RFC 8446 7.5)
   * @throws IllegalArgumentException when the length of a secret is not that of the suite's hash
   */
  public TrafficSecrets(
      RecordSuite suite,
      byte[] read,
      byte[] write,
      long readSequence,
      long writeSequence,
      byte[] exporter) {
    if (read.length != suite.secret
        || write.length != suite.secret
        || exporter.length != suite.secret) {
      throw new IllegalArgumentException(
          "a secret of " + suite + " has " + suite.secret + " bytes");
    }
    this.suite = suite;
    this.read = read;
    this.write = write;
    this.readSequence = readSequence;
    this.writeSequence = writeSequence;
    this.exporter = exporter;
  }

  /** Overwrites them. */
  public void erase() {
    Arrays.fill(read, (byte) 0);
    Arrays.fill(write, (byte) 0);
    Arrays.fill(exporter, (byte) 0);
  }

  /** Not the secrets. */
  @Override
  public String toString() {
    return "traffic secrets of " + suite;
  }
}
