package dev.ferrule.cli.bench;

import dev.ferrule.host.SafeText;

/** Texts in a page. */
final class Html {
  private Html() {}

  /** A text as it is seen, whatever it holds; good between tags and in a quoted attribute. */
  static String text(String text) {
    StringBuilder safe = new StringBuilder();
    for (char each : SafeText.of(text).toCharArray()) {
      switch (each) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.append(each);
      }
    }
    return safe.toString();
  }
}
