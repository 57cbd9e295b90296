package dev.ferrule.ssl.library;

import dev.ferrule.ssl.records.RecordSuite;
import dev.ferrule.ssl.records.TrafficSecrets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one handshake, as the library writes them to its key log (RFC 9850): lines of a
 * label, the client's random and the secret, in hexadecimal digits.
 */
public final class LoggedSecrets {
  private static final byte[] CLIENT = label("CLIENT_TRAFFIC_SECRET_0");
  private static final byte[] SERVER = label("SERVER_TRAFFIC_SECRET_0");
  private static final byte[] EXPORTER = label("EXPORTER_SECRET");

  /** Digits of the client's random, and the space behind them. */
  private static final int RANDOM = 65;

  private byte @Nullable [] client;
  private byte @Nullable [] server;
  private byte @Nullable [] exporter;

  private static byte[] label(String name) {
    return (name + ' ').getBytes(StandardCharsets.US_ASCII);
  }

  /** Nothing is known yet. */
  public LoggedSecrets() {}

  /** Takes what a line says, which stays the caller's. */
  public void take(byte[] line) {
    if (begins(line, CLIENT)) {
      client = secret(line, CLIENT);
    } else if (begins(line, SERVER)) {
      server = secret(line, SERVER);
    } else if (begins(line, EXPORTER)) {
      exporter = secret(line, EXPORTER);
    }
  }

  private static boolean begins(byte[] line, byte[] label) {
    return line.length > label.length
        && Arrays.equals(line, 0, label.length, label, 0, label.length);
  }

  private static byte[] secret(byte[] line, byte[] label) {
    int from = label.length + RANDOM;
    byte[] secret = new byte[(line.length - from) / 2];
    for (int i = 0; i < secret.length; i++) {
      int high = Character.digit(line[from + 2 * i], 16);
      secret[i] = (byte) (high << 4 | Character.digit(line[from + 2 * i + 1], 16));
    }
    return secret;
  }

  /**
   * The traffic secrets, for the record layer that overwrites them; null when the log did not have
   * them all. Nothing is kept here.
   */
  public @Nullable TrafficSecrets of(RecordSuite suite, boolean isServer, long written) {
    byte[] fromClient = client;
    byte[] fromServer = server;
    byte[] exporting = exporter;
    if (fromClient == null || fromServer == null || exporting == null) {
      return null;
    }
    client = null;
    server = null;
    exporter = null;
    return new TrafficSecrets(
        suite,
        isServer ? fromClient : fromServer,
        isServer ? fromServer : fromClient,
        0,
        written,
        exporting);
  }

  /** exporter_secret of TLS 1.3, which is then the caller's; null in other versions. */
  public byte @Nullable [] takeExporter() {
    byte[] exporting = exporter;
    exporter = null;
    return exporting;
  }

  /** Overwrites what is still here. */
  public void erase() {
    erase(client);
    erase(server);
    erase(exporter);
  }

  /** Overwrites one. */
  public static void erase(byte @Nullable [] secret) {
    if (secret != null) {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
