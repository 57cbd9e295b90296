package dev.ferrule.cli.cert;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Words of commands that are printed to be pasted into a shell. */
public final class ShellText {
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+:,./][\\w@%+=:,./-]*");
  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

  private ShellText() {}

  /** One word, quoted where the shell would make something else of it. */
  public static String quoted(Path path) {
    String text = path.toString();
    return quoted(text.startsWith("-") ? "./" + text : text);
  }

  static String quoted(String text) {
    if (WINDOWS) {
      return text.indexOf(' ') < 0 ? text : '"' + text + '"';
    }
    if (PLAIN.matcher(text).matches()) {
      return text;
    }
    if (text.chars().noneMatch(Character::isISOControl)) {
      return "'" + text.replace("'", "'\\''") + "'";
    }
    StringBuilder escaped = new StringBuilder("$'"); // bash, zsh and ksh: no control character
    text.chars()
        .forEach(c ->
            escaped.append(
                Character.isISOControl(c)
                    ? "\\u%04x".formatted(c)
                    : c == '\'' || c == '\\' ? "\\" + (char) c : String.valueOf((char) c)));
    return escaped.append('\'').toString();
  }
}
