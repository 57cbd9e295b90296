package dev.ferrule.ssl.ciphers;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.CipherSuite.Protocol;
import dev.ferrule.ssl.SslConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a cipher string from left to right and applies each rule in turn, as openssl-ciphers(1) and
 * OpenSSL 3.0 do. Not thread-safe; for one string.
 *
 * <p>Like OpenSSL it skips a rule with a word it does not know, but keeps the word for the message
 * if no suite is left.
 */
final class CipherRules {
  private static final String DEFAULT = "ALL:!COMPLEMENTOFDEFAULT:!eNULL";
  private static final String P256 = "ECDHE-ECDSA-AES128-GCM-SHA256";
  private static final String P384 = "ECDHE-ECDSA-AES256-GCM-SHA384";

  private final String text;
  private final String whole;
  private int at;

  final CipherOrder upToTls12 = CipherOrder.upToTls12();
  final CipherOrder tls13 = CipherOrder.tls13();
  final List<String> unknown = new ArrayList<>();
  boolean tls13Named;
  SecurityLevel level = SecurityLevel.DEFAULT;

  private CipherRules(String whole, String text) {
    this.whole = whole;
    this.text = text;
  }

  /** Applies all rules; a malformed string is an error, unknown words are not. */
  static CipherRules apply(String ciphers) {
    CipherRules rules = new CipherRules(ciphers, expand(ciphers));
    while (rules.at < rules.text.length()) {
      rules.rule();
    }
    return rules;
  }

  /** SUITEB... replaces the whole string, DEFAULT its own place; both only at the very start. */
  private static String expand(String ciphers) {
    if (ciphers.startsWith("SUITEB128ONLY")) {
      return P256;
    }
    if (ciphers.startsWith("SUITEB128C2") || ciphers.startsWith("SUITEB192")) {
      return P384;
    }
    if (ciphers.startsWith("SUITEB128")) {
      return P256 + ":" + P384;
    }
    return ciphers.startsWith("DEFAULT")
        ? DEFAULT + ":" + ciphers.substring("DEFAULT".length())
        : ciphers;
  }

  private void rule() {
    char operator = text.charAt(at);
    if (isSeparator(operator)) {
      at++;
      return;
    }
    if ("-+!@".indexOf(operator) >= 0) {
      at++;
    }
    if (operator == '@') {
      command();
      return;
    }
    Selection selection = words();
    if (selection == null) {
      skipToSeparator();
      return;
    }
    Predicate<CipherSuite> matching = selection.matching;
    CipherOrder order = selection.tls13 ? tls13 : upToTls12;
    switch (operator) {
      case '-' -> order.deactivate(matching);
      case '+' -> order.moveToEnd(matching);
      case '!' -> order.remove(matching);
      default -> {
        if (selection.tls13 && !tls13Named) {
          tls13Named = true;
          tls13.deactivate(_ -> true);
        }
        order.activate(matching);
      }
    }
  }

  /** Words joined by {@code +}, or null when one of them is not known. */
  private @Nullable Selection words() {
    Predicate<CipherSuite> matching = _ -> true;
    boolean tls13 = false;
    boolean more = true;
    while (more) {
      String word = word();
      CipherSuite suite = CipherTable.find(word);
      Predicate<CipherSuite> next = suite == null ? CipherWords.ALL.get(word) : suite::equals;
      if (next == null) {
        unknown.add(word);
        return null;
      }
      matching = matching.and(next);
      tls13 = suite != null && suite.since() == Protocol.TLS13;
      more = at < text.length() && text.charAt(at) == '+';
      if (more) {
        at++;
      }
    }
    return new Selection(matching, tls13);
  }

  private void command() {
    String word = word();
    if (word.equals("STRENGTH")) {
      upToTls12.strongestFirst();
    } else if (word.matches("SECLEVEL=[0-5]")) {
      level = new SecurityLevel(word.charAt(word.length() - 1) - '0');
    } else {
      throw new SslConfigException(
          "The cipher string \"%s\" has the unknown command @%s (there are STRENGTH and SECLEVEL=0..5)."
              .formatted(whole, word));
    }
    skipToSeparator();
  }

  private String word() {
    int start = at;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      String before = at < text.length() ? "before \"" + text.charAt(at) + "\"" : "at its end";
      throw new SslConfigException(
          "The cipher string \"%s\" lacks a word %s.".formatted(whole, before));
    }
    return text.substring(start, at);
  }

  private void skipToSeparator() {
    while (at < text.length() && !isSeparator(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isSeparator(char c) {
    return c == ':' || c == ',' || c == ' ' || c == ';';
  }

  // The underscore is for IANA's names, which OpenSSL 3.0 does not take here.
  private static boolean isWordPart(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || "-._=".indexOf(c) >= 0;
  }

  private record Selection(Predicate<CipherSuite> matching, boolean tls13) {}
}
