package dev.ferrule.tests.recipes;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A recipe as a class that can be compiled and run: what its text leaves out is put around it, and
 * what is not here (hosts, ports, files, standard output) is replaced by the names of {@link
 * RecipeProgram}. All else stays as it is on the page.
 */
final class RecipeSource {
  static final String PACKAGE = "dev.ferrule.tests.recipes.generated";

  private record Replacement(Pattern text, String by) {
    static Replacement of(String text, String by) {
      return new Replacement(Pattern.compile(text), by);
    }
  }

  private static final List<Replacement> REPLACEMENTS =
      List.of(
          Replacement.of("\\bSystem\\.(out|err)\\b", "out"),
          Replacement.of("\\.printStackTrace\\(\\)", ".printStackTrace(out)"),
          Replacement.of("\\bPath\\.of\\((\"[^\"]+\")\\)", "file($1)"),
          Replacement.of("SocketAddress\\.of\\(\"[^\"]*/", "SocketAddress.of(file(\"\") + \"/"),
          Replacement.of(
              "\\b(Ssl|Tcp)\\.server\\((\\w+), (null|\"[^\"]+\"), \\d+\\)",
              "server = $1.server(started($2), \"127.0.0.1\", 0)"),
          Replacement.of(
              "\\b(Ssl|Tcp)\\.server\\((\\w+), address\\)",
              "server = $1.server(started($2), address)"),
          Replacement.of(
              "\\b(Ssl|Tcp)\\.connect\\((\\w+), (\"[^\"]+\"), \\d+\\)",
              "$1.connect(started($2), $3, port)"),
          Replacement.of(
              "\\bSsl\\.dial\\((\"[^\"]+\"), \\d+\\)",
              "Ssl.dial(\"127.0.0.1\", port, ssl -> named(ssl, $1).trust(file(\"ca.pem\")))"),
          Replacement.of(
              "\\bSsl\\.dial\\((\"[^\"]+\"), \\d+, ssl -> ssl",
              "Ssl.dial(\"127.0.0.1\", port, ssl -> named(ssl, $1)"),
          Replacement.of("\\bDuration\\.ofSeconds\\((\\d+)\\)", "limit($1)"),
          Replacement.of("\\bEventLoop\\.setup\\(\\)", "setup()"),
          Replacement.of("\\bEventLoop\\.run\\(", "setup().run("),
          Replacement.of("\\bSSLContext\\.getDefault\\(\\)", "applicationContext()"),
          Replacement.of(
              "\\bnetwork\\.execute\\((network::exit)\\);",
              "atTheEnd(() -> network.execute($1));"));

  /** Handshakes of clients: a limit that can be short, and the tests' authority. */
  private static final Pattern CLIENT =
      Pattern.compile(
          "Ssl\\.connect\\(started\\(\\w+\\), \"[^\"]+\", port\\)|\\.asClient\\([^)]*\\)");

  /** A variable of the text that hides the one of {@link RecipeProgram}. */
  private static final String LOCAL_SERVER = "SslServer server = ";

  private static final String IMPORTS =
      """
      import static java.nio.charset.StandardCharsets.*;
      import dev.ferrule.*;
      import dev.ferrule.event.*;
      import dev.ferrule.spi.SocketOptions;
      import dev.ferrule.ssl.*;
      import java.io.*;
      import java.net.*;
      import java.nio.*;
      import java.nio.file.*;
      import java.time.*;
      import java.util.*;
      import java.util.concurrent.*;
      import java.util.concurrent.atomic.*;
      import javax.net.ssl.SSLContext;
      import jdk.jfr.consumer.RecordingStream;
      """;

  private RecipeSource() {}

  /** The text of the class {@code name} in {@link #PACKAGE}. */
  static String of(Recipe recipe, String name, List<Recipe> methods) {
    StringBuilder source = new StringBuilder("package " + PACKAGE + ";\n" + IMPORTS);
    source.append("public final class ").append(name);
    source.append(" extends dev.ferrule.tests.recipes.RecipeProgram {\n");
    for (Recipe method : methods) {
      String ofThisProgram = method.text().replaceFirst("static ", "");
      source.append(replaced(ofThisProgram)).append('\n');
    }
    source.append("@Override protected void main() throws Exception {\n");
    source.append(replaced(recipe.text()));
    if (recipe.text().contains(LOCAL_SERVER)) {
      source.append("\nthis.server = server;");
    }
    source.append("\n}\n}\n");
    return source.toString();
  }

  static boolean runsLoops(Recipe recipe) {
    return recipe.text().contains("EventLoop.setup()") || recipe.text().contains("EventLoop.run(");
  }

  private static String replaced(String text) {
    String result = text;
    for (Replacement each : REPLACEMENTS) {
      result = each.text().matcher(result).replaceAll(each.by());
    }
    boolean trusting = text.contains(".trust(") || text.contains(".context(");
    String trust = trusting ? "" : ".trust(file(\"ca.pem\"))";
    return CLIENT.matcher(result).replaceAll("$0.handshakeTimeout(limit(10))" + trust);
  }
}
