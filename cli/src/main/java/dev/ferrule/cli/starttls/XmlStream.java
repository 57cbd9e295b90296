package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tags of a peer's XML stream up to the start of TLS, read byte by byte and no further. It has
 * the XML that XMPP allows (RFC 6120 11.1): no DTD, so no entities to expand, no comments and no
 * instructions. Text between tags is skipped. Depth, tags and all of it are bounded.
 */
final class XmlStream {
  private static final int LONGEST_TAG = 4 * 1024;
  private static final int MOST_BYTES = 64 * 1024;
  private static final int DEEPEST = 16;
  private static final String NAME = "([A-Za-z_][A-Za-z0-9_.-]*)";
  private static final String QNAME = "(?:" + NAME + ":)?" + NAME;
  private static final Pattern START = Pattern.compile(QNAME);
  private static final Pattern END = Pattern.compile("/(" + QNAME + ")\\s*");
  private static final Pattern ATTRIBUTE =
      Pattern.compile("\\s+(" + QNAME + ")\\s*=\\s*(?:'([^'<]*)'|\"([^\"<]*)\")");

  private final String who;
  private final ByteArrayOutputStream tag = new ByteArrayOutputStream();
  private final Deque<Open> open = new ArrayDeque<>();
  private boolean inTag;
  private boolean begun; // by its first tag
  private int quote; // in which an attribute's value is; 0 outside
  private int bytes;

  /** What a tag does. */
  enum Kind {
    START,
    END,
    EMPTY
  }

  /**
   * A tag.
   *
   * @param kind what it does
   * @param namespace of its element; empty for none
   * @param name of its element, without a prefix
   * @param depth how many elements are around its element
   * @param attributes by their names with prefixes, with values as they are written
   */
  record Tag(Kind kind, String namespace, String name, int depth, Map<String, String> attributes) {
    boolean is(String space, String local) {
      return namespace.equals(space) && name.equals(local);
    }
  }

  /** An element whose end has not come. */
  private record Open(
      String written, String namespace, String name, Map<String, String> prefixes) {}

  /** {@code who} sends it. */
  XmlStream(String who) {
    this.who = who;
  }

  /** The next tag; null while it is not whole. */
  @Nullable Tag next(ByteBuffer data) {
    while (data.hasRemaining()) {
      byte b = data.get();
      if (++bytes > MOST_BYTES) {
        throw new Refused("the " + who + " sent more than " + MOST_BYTES + " bytes before TLS");
      }
      if (!inTag) {
        text(b);
      } else if (b == '<') {
        throw noXml();
      } else if (b == '>' && quote == 0) {
        inTag = false;
        Tag whole = read(tag.toString(UTF_8));
        tag.reset();
        if (whole != null) {
          return whole;
        }
      } else {
        inside(b);
      }
    }
    return null;
  }

  private void text(byte b) {
    if (b == '<') {
      inTag = true;
    } else if (open.isEmpty() && " \t\r\n".indexOf(b) < 0) {
      throw noXml();
    }
  }

  private void inside(byte b) {
    if (quote != 0) {
      quote = b == quote ? 0 : quote;
    } else if (b == '\'' || b == '"') {
      quote = b;
    }
    tag.write(b);
    if (tag.size() > LONGEST_TAG) {
      throw new Refused("the " + who + " sent a tag of more than " + LONGEST_TAG + " bytes");
    }
  }

  private Refused noXml() {
    return new Refused("the " + who + " does not speak XMPP");
  }

  private @Nullable Tag read(String text) {
    boolean first = !begun;
    begun = true;
    if (first && text.startsWith("?xml ") && text.endsWith("?")) {
      return null;
    }
    if (text.startsWith("?") || text.startsWith("!")) {
      throw new Refused(
          "the " + who + " sent XML that XMPP does not allow: '" + LineDialogue.shown(text) + "'");
    }
    return text.startsWith("/") ? end(text) : start(text);
  }

  private Tag end(String text) {
    Matcher name = END.matcher(text);
    Open ended = open.poll();
    if (!name.matches() || ended == null || !ended.written.equals(name.group(1))) {
      throw noXml();
    }
    return new Tag(Kind.END, ended.namespace, ended.name, open.size(), Map.of());
  }

  private Tag start(String text) {
    boolean empty = text.endsWith("/");
    String inner = (empty ? text.substring(0, text.length() - 1) : text).stripTrailing();
    Matcher name = START.matcher(inner);
    if (!name.lookingAt() || open.size() >= DEEPEST) {
      throw noXml();
    }
    Map<String, String> attributes = attributes(inner, name.end());
    Open around = open.peek();
    Map<String, String> prefixes = new HashMap<>(around == null ? Map.of() : around.prefixes);
    attributes.forEach((key, value) -> {
      if (key.equals("xmlns")) {
        prefixes.put("", value);
      } else if (key.startsWith("xmlns:")) {
        prefixes.put(key.substring("xmlns:".length()), value);
      }
    });
    String prefix = name.group(1) == null ? "" : name.group(1);
    String namespace = prefixes.getOrDefault(prefix, "");
    if (namespace.isEmpty() && !prefix.isEmpty()) {
      throw noXml();
    }
    int depth = open.size();
    String local = name.group(2);
    if (!empty) {
      open.push(new Open(name.group(), namespace, local, Map.copyOf(prefixes)));
    }
    return new Tag(empty ? Kind.EMPTY : Kind.START, namespace, local, depth, attributes);
  }

  private Map<String, String> attributes(String inner, int from) {
    Map<String, String> all = new HashMap<>();
    Matcher next = ATTRIBUTE.matcher(inner);
    int at = from;
    while (at < inner.length()) {
      if (!next.find(at) || next.start() != at) {
        throw noXml();
      }
      String value = next.group(4) == null ? next.group(5) : next.group(4);
      if (all.put(next.group(1), value) != null) {
        throw noXml();
      }
      at = next.end();
    }
    return all;
  }
}
