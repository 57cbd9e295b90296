package dev.ferrule.ssl.keys;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One element of DER (X.690), read in place. It finds out what a file holds, opens encrypted keys
 * and finds curves; the JDK parses certificates and keys.
 *
 * <p>Every method throws IOException on input that does not have the expected form, and no other
 * exception.
 */
public final class Der {
  public static final int INTEGER = 0x02;
  public static final int BIT_STRING = 0x03;
  public static final int OCTET_STRING = 0x04;
  public static final int NULL = 0x05;
  public static final int OID = 0x06;
  public static final int SEQUENCE = 0x30;
  public static final int CONTEXT_0 = 0xA0;
  public static final int CONTEXT_1 = 0xA1;

  private final byte[] bytes;
  private final int start;
  private final int content;
  private final int end;

  private Der(byte[] bytes, int start, int content, int end) {
    this.bytes = bytes;
    this.start = start;
    this.content = content;
    this.end = end;
  }

  /** Reads the first element; what follows it is ignored. */
  public static Der first(byte[] bytes) throws IOException {
    return read(bytes, 0, bytes.length);
  }

  /** Reads one element that takes all the bytes. */
  public static Der whole(byte[] bytes) throws IOException {
    Der der = first(bytes);
    if (der.end != bytes.length) {
      throw new IOException(
          (bytes.length - der.end) + " bytes follow the end of the DER structure");
    }
    return der;
  }

  private static Der read(byte[] bytes, int start, int limit) throws IOException {
    if (limit - start < 2) {
      throw new IOException("the DER structure ends early");
    }
    int content = start + 2;
    int length = bytes[start + 1] & 0xFF;
    if (length > 0x7F) {
      int count = length & 0x7F;
      if (count == 0 || count > 4 || limit - content < count) {
        throw new IOException("a DER length is malformed");
      }
      length = 0;
      for (int i = 0; i < count; i++) {
        length = (length << 8) | (bytes[content++] & 0xFF);
      }
    }
    if (length < 0 || length > limit - content) {
      throw new IOException("the DER structure ends early");
    }
    return new Der(bytes, start, content, content + length);
  }

  public int tag() {
    return bytes[start] & 0xFF;
  }

  public boolean is(int tag) {
    return tag() == tag;
  }

  public Der expect(int tag) throws IOException {
    if (!is(tag)) {
      throw new IOException("DER tag 0x%02x found in place of 0x%02x".formatted(tag(), tag));
    }
    return this;
  }

  public List<Der> children() throws IOException {
    List<Der> children = new ArrayList<>();
    for (int at = content; at < end; ) {
      Der child = read(bytes, at, end);
      children.add(child);
      at = child.end;
    }
    return children;
  }

  /** The {@code index}-th child, which must be there. */
  public Der child(int index) throws IOException {
    List<Der> children = children();
    if (index >= children.size()) {
      throw new IOException("a DER structure has too few parts");
    }
    return children.get(index);
  }

  public byte[] content() {
    return Arrays.copyOfRange(bytes, content, end);
  }

  public byte[] encoded() {
    return Arrays.copyOfRange(bytes, start, end);
  }

  /** A non-negative INTEGER below 2^31. */
  public int intValue() throws IOException {
    expect(INTEGER);
    if (end - content < 1 || end - content > 4 || bytes[content] < 0) {
      throw new IOException("a DER number is out of range");
    }
    int value = 0;
    for (int i = content; i < end; i++) {
      value = (value << 8) | (bytes[i] & 0xFF);
    }
    return value;
  }

  /** An OBJECT IDENTIFIER in dots. */
  public String oid() throws IOException {
    expect(OID);
    StringBuilder dotted = new StringBuilder();
    long arc = 0;
    for (int i = content; i < end; i++) {
      arc = (arc << 7) | (bytes[i] & 0x7F);
      if (arc > Integer.MAX_VALUE) {
        throw new IOException("an object identifier is out of range");
      }
      if (bytes[i] >= 0) {
        if (dotted.isEmpty()) {
          long top = Math.min(arc / 40, 2);
          dotted.append(top).append('.').append(arc - 40 * top);
        } else {
          dotted.append('.').append(arc);
        }
        arc = 0;
      }
    }
    return dotted.toString();
  }
}
