package dev.ferrule.ssl.records;

import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * A key in the middle of an array. Ciphers and MACs are initialized with it again and again, so
 * that no object keeps a copy of the key; the copy that {@link #getEncoded} makes is the JDK's.
 */
final class LentKey implements SecretKey {
  private static final long serialVersionUID = 1L;

  private final String algorithm;
  private transient byte[] bytes = new byte[0];
  private transient int offset;
  private transient int length;

  LentKey(String algorithm) {
    this.algorithm = algorithm;
  }

  LentKey at(byte[] array, int start, int count) {
    bytes = array;
    offset = start;
    length = count;
    return this;
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  @Override
  public byte[] getEncoded() {
    return Arrays.copyOfRange(bytes, offset, offset + length);
  }

  @Override
  public String toString() {
    return "a key of " + length + " bytes";
  }
}
