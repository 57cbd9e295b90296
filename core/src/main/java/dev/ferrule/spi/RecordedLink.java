package dev.ferrule.spi;

/**
 * A link whose bytes are written to a capture. A wire that can tell the secrets of its handshake
 * gives them to it, for the capture to be read. On the loop's thread; nothing here fails.
 */
public interface RecordedLink extends Link {
  /**
   * The secrets will come: what goes by is kept until they are complete, so that they stand before
   * it in the capture.
   */
  void awaitSecrets();

  /** Takes a line of the key log (RFC 9850), without its end; it is copied. */
  void secret(byte[] line);
}
