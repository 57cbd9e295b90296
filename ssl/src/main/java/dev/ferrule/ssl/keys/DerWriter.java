package dev.ferrule.ssl.keys;

import java.io.ByteArrayOutputStream;

/** Writes the few DER elements (X.690) that wrap a PKCS#1 or SEC1 key into PKCS#8. */
public final class DerWriter {
  private DerWriter() {}

  public static byte[] sequence(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] content = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, content, at, part.length);
      at += part.length;
    }
    return element(Der.SEQUENCE, content);
  }

  public static byte[] octetString(byte[] content) {
    return element(Der.OCTET_STRING, content);
  }

  /** An INTEGER from 0 to 127. */
  public static byte[] smallInteger(int value) {
    return element(Der.INTEGER, new byte[] {(byte) value});
  }

  public static byte[] nullValue() {
    return element(Der.NULL, new byte[0]);
  }

  /** An OBJECT IDENTIFIER given in dots. */
  public static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    arc(content, Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      arc(content, Integer.parseInt(arcs[i]));
    }
    return element(Der.OID, content.toByteArray());
  }

  private static void arc(ByteArrayOutputStream out, int arc) {
    for (int shift = 28; shift > 0; shift -= 7) {
      if (arc >>> shift != 0) {
        out.write(((arc >>> shift) & 0x7F) | 0x80);
      }
    }
    out.write(arc & 0x7F);
  }

  private static byte[] element(int tag, byte[] content) {
    int length = content.length;
    int lengthBytes = length < 0x80 ? 0 : (39 - Integer.numberOfLeadingZeros(length)) / 8;
    byte[] element = new byte[2 + lengthBytes + length];
    element[0] = (byte) tag;
    element[1] = (byte) (lengthBytes == 0 ? length : 0x80 | lengthBytes);
    for (int i = 0; i < lengthBytes; i++) {
      element[2 + i] = (byte) (length >>> (8 * (lengthBytes - 1 - i)));
    }
    System.arraycopy(content, 0, element, 2 + lengthBytes, length);
    return element;
  }
}
