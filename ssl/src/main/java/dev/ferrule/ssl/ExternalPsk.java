package dev.ferrule.ssl;

import dev.ferrule.host.SafeText;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * An external pre-shared key (RFC 8446 2.2, RFC 9257): a secret that both sides have from
 * elsewhere, and by which they authenticate each other instead of by certificates. Immutable; any
 * thread.
 */
public final class ExternalPsk {
  /** The most bytes of an identity. */
  public static final int LONGEST_IDENTITY = 256;

  /** The fewest bytes of a key (RFC 9257 6). */
  public static final int SHORTEST_KEY = 16;

  /** The most bytes of a key. */
  public static final int LONGEST_KEY = 512;

  private final String identity;
  private final byte[] key;

  private ExternalPsk(String identity, byte[] key) {
    this.identity = identity;
    this.key = key;
  }

  /**
   * A key and the name by which both sides know it.
   *
   * @param identity 1 to 256 bytes in UTF-8, without a zero. It goes over the network in the clear
   * @param key 16 to 512 bytes, which are copied: random ones, never a password, which could be
   *     guessed by whoever has recorded a handshake
   * @throws SslConfigException when they are not that
   */
  public static ExternalPsk of(String identity, byte[] key) {
    int length = length(identity);
    if (length == 0 || length > LONGEST_IDENTITY || identity.indexOf('\0') >= 0) {
      throw new SslConfigException(
          "the identity of an external PSK is 1 to "
              + LONGEST_IDENTITY
              + " bytes of text in UTF-8, without a zero");
    }
    if (key.length < SHORTEST_KEY || key.length > LONGEST_KEY) {
      throw new SslConfigException(
          "an external PSK is a key of "
              + SHORTEST_KEY
              + " to "
              + LONGEST_KEY
              + " bytes (RFC 9257 6), not "
              + key.length);
    }
    return new ExternalPsk(identity, key.clone());
  }

  /** 0 for what has no encoding. */
  private static int length(String identity) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(identity)).remaining();
    } catch (CharacterCodingException e) {
      return 0;
    }
  }

  /** The name by which both sides know the key. */
  public String identity() {
    return identity;
  }

  /** A copy of the key. */
  public byte[] key() {
    return key.clone();
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "external PSK of " + SafeText.of(identity);
  }
}
