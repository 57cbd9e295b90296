package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;

/** The tool, run in this process with streams of its own. */
final class Tool {
  /** {@code out} has a char for each byte. */
  record Result(int status, String out, String err) {}

  private Tool() {}

  static Result run(String... arguments) {
    return runWith(InputStream.nullInputStream(), arguments);
  }

  static Result runWith(String input, String... arguments) {
    return runWith(new ByteArrayInputStream(input.getBytes(UTF_8)), arguments);
  }

  static Result runWith(InputStream input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Stdio stdio = new Stdio(input, out, new PrintStream(err, true, UTF_8));
    int status = Main.run(stdio, arguments);
    return new Result(status, out.toString(ISO_8859_1), err.toString(UTF_8));
  }
}
