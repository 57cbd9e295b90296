package dev.ferrule.cli.starttls;

import dev.ferrule.cli.starttls.LineDialogue.Answer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** What servers of the line-based protocols answer. */
final class LineAnswers {
  private LineAnswers() {}

  /**
   * A reply of SMTP, LMTP or FTP: lines {@code 250-...} up to a line {@code 250 ...}; between them
   * FTP allows anything (RFC 959 4.2). Where a word is wanted, one line must offer it.
   */
  static Answer code(String code, String word) {
    return new Answer() {
      private boolean continues;

      @Override
      public boolean ends(String line) {
        if (!continues) {
          continues = line.matches("[0-9]{3}-.*");
          return !continues;
        }
        return line.matches("[0-9]{3}( .*)?");
      }

      @Override
      public boolean agrees(List<String> lines) {
        return isCode(lines.getFirst())
            && isCode(lines.getLast())
            && (word.isEmpty() || lines.stream().skip(1).anyMatch(this::offers));
      }

      private boolean isCode(String line) {
        return line.startsWith(code) && line.matches("[0-9]{3}([ -].*)?");
      }

      private boolean offers(String line) {
        return isCode(line) && line.length() > 4 && line.substring(4).equalsIgnoreCase(word);
      }
    };
  }

  /** An answer of one line. */
  static Answer line(Predicate<String> agrees) {
    return new Answer() {
      @Override
      public boolean ends(String line) {
        return true;
      }

      @Override
      public boolean agrees(List<String> lines) {
        return agrees.test(lines.getFirst());
      }
    };
  }

  /** An answer of one line that starts with {@code text}. */
  static Answer prefix(String text) {
    return line(line -> begins(line, text));
  }

  /** An answer of IMAP: lines that begin with a star may come before the one with the tag. */
  static Answer tagged(String tag, String word) {
    return new Answer() {
      @Override
      public boolean ends(String line) {
        return !line.startsWith("* ");
      }

      @Override
      public boolean agrees(List<String> lines) {
        return begins(lines.getLast(), tag + " " + word);
      }
    };
  }

  /** A list of NNTP, up to a line with a dot; with another code it is one line (RFC 3977 3.1). */
  static Answer listed(String code, String word) {
    return new Answer() {
      private boolean continues;

      @Override
      public boolean ends(String line) {
        if (!continues) {
          continues = begins(line, code);
          return !continues;
        }
        return line.equals(".");
      }

      @Override
      public boolean agrees(List<String> lines) {
        return begins(lines.getFirst(), code)
            && lines.stream().skip(1).anyMatch(line -> begins(line, word));
      }
    };
  }

  /**
   * An answer of ManageSieve: capabilities up to OK, NO or BYE (RFC 5804 1.2). Where a word is
   * wanted, it must be one of them.
   */
  static Answer sieve(String word) {
    return new Answer() {
      @Override
      public boolean ends(String line) {
        return line.matches("(?i)(OK|NO|BYE)([ (].*)?");
      }

      @Override
      public boolean agrees(List<String> lines) {
        return lines.getLast().matches("(?i)OK([ (].*)?")
            && (word.isEmpty() || lines.stream().anyMatch(this::offers));
      }

      private boolean offers(String line) {
        return begins(line, '"' + word + '"');
      }
    };
  }

  /** A message of IRC with this numeric; notices and the like may come before it. */
  static Answer numeric(String number, String... refusals) {
    Set<String> others = Set.of(refusals);
    return new Answer() {
      @Override
      public boolean ends(String line) {
        String command = command(line);
        return command.equals(number) || others.contains(command);
      }

      @Override
      public boolean agrees(List<String> lines) {
        return command(lines.getLast()).equals(number);
      }

      private static String command(String line) {
        String text = line.startsWith(":") ? line.replaceFirst("^:[^ ]* +", "") : line;
        return LineServer.word(text);
      }
    };
  }

  private static boolean begins(String line, String text) {
    String upper = line.toUpperCase(Locale.ROOT);
    String wanted = text.toUpperCase(Locale.ROOT);
    return upper.equals(wanted) || upper.startsWith(wanted + " ");
  }
}
