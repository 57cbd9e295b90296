package dev.ferrule.ssl.keys;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads PEM (RFC 7468, and the headers of RFC 1421 that OpenSSL's old encrypted keys have). Lenient
 * about white space and about text around blocks; strict about blocks that are cut short or
 * damaged, because a chain without its last certificates fails with some clients only. A BEGIN or
 * END within a line of text is text.
 *
 * <p>Messages name lines, never content: the block may be a key.
 */
final class Pem {
  /** More are not told, nor looked for: a file that has them is none of certificates. */
  static final int MOST_FAULTS = 1000;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final String MARK = "\u00EF\u00BB\u00BF"; // as ISO 8859-1 reads it
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9 ]{1,40}");
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  private final String name;
  private final String text;
  private final List<PemBlock> blocks = new ArrayList<>();
  private int faults;
  private int counted; // of the text, for the number of a line
  private int lines; // that end within it

  private Pem(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /**
   * The blocks in the order of the file; none if there is no BEGIN and no END. A block that is cut
   * short or damaged is returned with its fault, and the blocks after it are read, unless there are
   * too many. Reads the text once: a search ends where the next block begins.
   */
  static List<PemBlock> parse(Source source) {
    return new Pem(source.name(), new String(source.bytes(), ISO_8859_1)).blocks();
  }

  private List<PemBlock> blocks() {
    int at = 0;
    int begin;
    while ((begin = marker(BEGIN, at, text.length())) >= 0) {
      addEndWithoutBegin(at, begin);
      if (faults >= MOST_FAULTS) {
        blocks.add(
            PemBlock.faulty(
                new SslConfigException(
                    "%s has more than %d damaged blocks: the rest is not read."
                        .formatted(name, MOST_FAULTS))));
        return blocks;
      }
      int labelEnd = text.indexOf(DASHES, begin + BEGIN.length());
      if (labelEnd < 0) {
        add(PemBlock.faulty(problem("is cut short in the BEGIN line", begin)));
        return blocks;
      }
      int body = labelEnd + DASHES.length();
      String label = text.substring(begin + BEGIN.length(), labelEnd);
      if (!LABEL.matcher(label).matches()) {
        add(PemBlock.faulty(problem("has a damaged BEGIN line", begin)));
        at = begin + BEGIN.length();
        continue;
      }
      int next = marker(BEGIN, body, text.length());
      int end = text.indexOf(END + label + DASHES, body, next < 0 ? text.length() : next);
      if (end < 0) {
        String what = "has a BEGIN " + label + " without its END";
        add(PemBlock.faulty(problem(what, begin)));
        at = next < 0 ? text.length() : next;
        continue;
      }
      add(blockOrFault(label, body, end));
      at = end + END.length() + label.length() + DASHES.length();
    }
    addEndWithoutBegin(at, text.length());
    return blocks;
  }

  private void add(PemBlock block) {
    blocks.add(block);
    faults += block.fault() == null ? 0 : 1;
  }

  /**
   * The next marker at the start of a line, or directly at {@code from}; elsewhere in a line it is
   * text. -1 when there is none before {@code to}.
   */
  private int marker(String marker, int from, int to) {
    int found = from - 1;
    while ((found = text.indexOf(marker, found + 1, to)) >= 0) {
      int before = found;
      while (before > from && isBlank(text.charAt(before - 1))) {
        before--;
      }
      if (before == from || text.charAt(before - 1) == '\n') {
        return found;
      }
    }
    return -1;
  }

  /** White space within a line, and the byte order mark of UTF-8. */
  private static boolean isBlank(char c) {
    return (c != '\n' && Character.isWhitespace(c)) || MARK.indexOf(c) >= 0;
  }

  private void addEndWithoutBegin(int from, int to) {
    int end = marker(END, from, to);
    if (end >= 0) {
      add(PemBlock.faulty(problem("has an END line without its BEGIN", end)));
    }
  }

  private PemBlock blockOrFault(String label, int from, int to) {
    try {
      return block(label, from, to);
    } catch (SslConfigException e) {
      return PemBlock.faulty(label, e);
    }
  }

  private PemBlock block(String label, int from, int to) {
    PemBlock empty = new PemBlock(label, null, new byte[0]);
    if (!empty.isCertificate()
        && !empty.isPrivateKey()
        && !empty.isRevocationList()
        && !label.equals("EC PARAMETERS")) {
      // Other kinds need not be base64 (PGP ends with a checksum).
      return PemBlock.other(label, () -> decodeOther(label, from, to));
    }
    int base64 = endOfHeaders(from, to);
    String dekInfo = dekInfo(text.substring(from, base64));
    byte[] der = decode(label, base64, to);
    if (dekInfo == null) {
      try {
        if (label.equals("TRUSTED CERTIFICATE")) {
          Der.first(der); // OpenSSL's own form: its settings follow the certificate
        } else {
          Der.whole(der);
        }
      } catch (IOException e) {
        throw problem("has a %s block that is damaged (%s)".formatted(label, e.getMessage()), from);
      }
    }
    return new PemBlock(label, dekInfo, der);
  }

  private byte[] decodeOther(String label, int from, int to) {
    byte[] der = decode(label, endOfHeaders(from, to), to);
    try {
      Der.whole(der);
      return der;
    } catch (IOException e) {
      throw problem("has a %s block that is damaged (%s)".formatted(label, e.getMessage()), from);
    }
  }

  private int endOfHeaders(int from, int to) {
    int at = from;
    int colon;
    while ((colon = text.indexOf(':', at, to)) >= 0) {
      int lineEnd = text.indexOf('\n', colon, to);
      at = lineEnd < 0 ? to : lineEnd + 1;
    }
    return at;
  }

  private static @Nullable String dekInfo(String headers) {
    if (!headers.contains("ENCRYPTED")) {
      return null;
    }
    String prefix = "DEK-Info:";
    return headers
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .findFirst()
        .orElse("");
  }

  private byte[] decode(String label, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        throw new SslConfigException(
            "%s holds backslashes in its %s block (line %d), as an escaped copy has; put real line"
                    .formatted(name, label, line(i))
                + " ends there.");
      }
      if (!isBase64(c) && !Character.isWhitespace(c)) {
        throw problem("has a %s block that is not base64".formatted(label), i);
      }
    }
    String base64 = WHITE_SPACE.matcher(text.substring(from, to)).replaceAll("");
    try {
      byte[] der = Base64.getDecoder().decode(base64);
      if (der.length == 0 || base64.length() % 4 != 0) {
        throw problem("has a %s block whose base64 is cut short".formatted(label), from);
      }
      return der;
    } catch (SslConfigException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw problem("has a %s block whose base64 is damaged".formatted(label), from);
    }
  }

  private static boolean isBase64(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/'
        || c == '=';
  }

  private SslConfigException problem(String what, int at) {
    return new SslConfigException(
        "%s %s (line %d); copy the whole file again.".formatted(name, what, line(at)));
  }

  private int line(int at) {
    if (at < counted) {
      counted = 0;
      lines = 0;
    }
    for (; counted < at; counted++) {
      lines += text.charAt(counted) == '\n' ? 1 : 0;
    }
    return 1 + lines;
  }
}
