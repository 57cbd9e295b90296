package dev.ferrule.tests.trust;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Changes elements of DER by a seed: their tags, contents, number and order. The lengths around
 * them are right, but for some. DER in an OCTET STRING or BIT STRING, as extensions have it, is
 * changed too. For one thread.
 */
final class ChangedDer {
  private static final int[] TAGS = {
    1, 2, 3, 4, 5, 6, 0x0C, 0x12, 0x13, 0x16, 0x17, 0x18, 0x1C, 0x1E, 0x30, 0x31, 0x80, 0x81, 0x82,
    0x84, 0x86, 0x87, 0x88, 0xA0, 0xA1, 0xA3, 0xA4
  };

  /** An element, whose content is the bytes {@code before} and then either children or bytes. */
  private static final class Element {
    int tag;
    byte[] before = {};
    List<Element> children; // null: it has bytes
    byte[] bytes = {};
    boolean lies; // about its length
    boolean bare; // its bytes are the whole element
  }

  private final Random random;

  ChangedDer(Random random) {
    this.random = random;
  }

  /** The element with so many changes in it. */
  byte[] of(byte[] der, int changes) {
    Element root = read(der, 0, der.length, 0).getFirst();
    for (int i = 0; i < changes; i++) {
      List<Element> all = new ArrayList<>();
      collect(root, all);
      change(all.get(random.nextInt(all.size())), all);
    }
    return written(root);
  }

  private void change(Element element, List<Element> all) {
    List<Element> children = element.children;
    if (children != null && !children.isEmpty() && random.nextInt(3) > 0) {
      int index = random.nextInt(children.size());
      switch (random.nextInt(4)) {
        case 0 -> children.remove(index);
        case 1 -> children.add(index, children.get(index));
        case 2 -> children.add(children.remove(index));
        default -> children.set(index, nested(all.get(random.nextInt(all.size()))));
      }
      return;
    }
    switch (random.nextInt(8)) {
      case 0 -> element.tag = TAGS[random.nextInt(TAGS.length)];
      case 1 -> element.tag ^= 1 << random.nextInt(8);
      case 2 -> element.lies = true;
      default -> {
        byte[] old = content(element);
        element.children = null;
        element.before = new byte[0];
        element.bytes = changed(old);
      }
    }
  }

  private byte[] changed(byte[] old) {
    byte[] bytes = old.clone();
    switch (random.nextInt(7)) {
      case 0 -> bytes = new byte[0];
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 2 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(40));
      case 3 -> {
        bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
      }
      case 4 -> Arrays.fill(bytes, (byte) 0xFF);
      case 5 -> bytes = ".*.\0\u00FC%s\n-".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      default -> {
        if (bytes.length > 0) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return bytes;
  }

  /** A copy of the element below others, now and then below very many. */
  private Element nested(Element element) {
    byte[] bytes = written(element);
    int depth = random.nextInt(20) == 0 ? 3_000 : random.nextInt(3);
    for (int i = 0; i < depth; i++) {
      bytes = headed(0x30, bytes);
    }
    Element copy = new Element();
    copy.bare = true;
    copy.bytes = bytes;
    return copy;
  }

  private static void collect(Element element, List<Element> all) {
    if (all.size() > 500) {
      return;
    }
    all.add(element);
    if (element.children != null) {
      element.children.forEach(child -> collect(child, all));
    }
  }

  /** The elements that fill these bytes; null when they are something else. */
  private static List<Element> read(byte[] bytes, int from, int to, int depth) {
    List<Element> elements = new ArrayList<>();
    int at = from;
    while (at < to) {
      int start = at + 2;
      if (start > to) {
        return null;
      }
      int length = bytes[at + 1] & 0xFF;
      if (length > 0x80 && length <= 0x82) {
        int width = length - 0x80;
        if (start + width > to) {
          return null;
        }
        length = 0;
        for (int i = 0; i < width; i++) {
          length = (length << 8) | (bytes[start + i] & 0xFF);
        }
        start += width;
      } else if (length >= 0x80) {
        return null;
      }
      if (start + length > to) {
        return null;
      }
      elements.add(element(bytes, at, start, start + length, depth));
      at = start + length;
    }
    return elements;
  }

  private static Element element(byte[] bytes, int at, int start, int end, int depth) {
    Element element = new Element();
    element.tag = bytes[at] & 0xFF;
    int skipped = element.tag == 3 && end > start ? 1 : 0;
    boolean holds = (element.tag & 0x20) != 0 || element.tag == 4 || element.tag == 3;
    List<Element> inside =
        holds && depth < 30 && end > start + skipped
            ? read(bytes, start + skipped, end, depth + 1)
            : null;
    if (inside != null) {
      element.before = Arrays.copyOfRange(bytes, start, start + skipped);
      element.children = inside;
    } else {
      element.bytes = Arrays.copyOfRange(bytes, start, end);
    }
    return element;
  }

  private byte[] content(Element element) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(element.before);
    if (element.children == null) {
      content.writeBytes(element.bytes);
    } else {
      element.children.forEach(child -> content.writeBytes(written(child)));
    }
    return content.toByteArray();
  }

  private byte[] written(Element element) {
    byte[] whole = element.bare ? element.bytes.clone() : headed(element.tag, content(element));
    if (element.lies) {
      whole[1] ^= (byte) (1 << random.nextInt(8));
    }
    return whole;
  }

  private static byte[] headed(int tag, byte[] content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    if (content.length >= 0x80) {
      int width = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
      all.write(0x80 + width);
      for (int i = width - 1; i > 0; i--) {
        all.write(content.length >> (8 * i));
      }
    }
    all.write(content.length);
    all.writeBytes(content);
    return all.toByteArray();
  }
}
