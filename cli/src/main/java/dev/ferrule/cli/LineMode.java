package dev.ferrule.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Standard input and output as a terminal with lines that can be edited and called back. What a
 * peer says stands above the line that is being edited. Lines are kept in memory, or in a file
 * where that was asked for: a password that was typed is a line, too. Read by one thread, written
 * by another.
 */
final class LineMode implements AutoCloseable {
  private static final Logger QUIET = Logger.getLogger("org.jline"); // held, so that its level is

  private final Terminal terminal;
  private final LineReader reader;
  private final Charset charset;

  private LineMode(Terminal terminal, LineReader reader) {
    this.terminal = terminal;
    this.reader = reader;
    this.charset = terminal.encoding();
  }

  /** Takes the terminal; null where there is none that can be steered. */
  static @Nullable LineMode open(@Nullable Path history) {
    QUIET.setLevel(Level.OFF);
    Terminal terminal;
    try {
      terminal = TerminalBuilder.builder().system(true).dumb(false).build();
    } catch (IOException | IllegalStateException e) {
      return null;
    }
    DefaultParser literally = new DefaultParser().escapeChars(null).quoteChars(new char[0]);
    LineReaderBuilder lines =
        LineReaderBuilder.builder()
            .appName("ferrule")
            .terminal(terminal)
            .parser(literally)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
            .option(LineReader.Option.BRACKETED_PASTE, false);
    if (history != null) {
      prepare(history);
      lines.variable(LineReader.HISTORY_FILE, history.toAbsolutePath());
    }
    return new LineMode(terminal, lines.build());
  }

  /** For its owner only. */
  private static void prepare(Path history) {
    try {
      if (history.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        var owner = PosixFilePermissions.fromString("rw-------");
        Files.createFile(history, PosixFilePermissions.asFileAttribute(owner));
      }
    } catch (FileAlreadyExistsException e) {
      // with the permissions that it has
    } catch (IOException e) {
      throw new ToolError(Exit.USAGE, "--history " + history + " cannot be written: " + e, e);
    }
  }

  /** The streams of the terminal. */
  Stdio stdio(Stdio process) {
    return new Stdio(new Lines(), new Above(), process.err());
  }

  /** Gives the terminal back, as it was. */
  @Override
  public void close() {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new ToolError(Exit.FAILED, "the terminal cannot be given back: " + e.getMessage(), e);
    }
  }

  /** What is typed, line by line. */
  private final class Lines extends InputStream {
    private byte[] line = {};
    private int at;

    @Override
    public int read() {
      throw new UnsupportedOperationException("read into an array");
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
      if (at == line.length) {
        try {
          line = (reader.readLine() + "\n").getBytes(charset);
          at = 0;
        } catch (EndOfFileException e) {
          return -1; // Ctrl-D in an empty line
        } catch (UserInterruptException e) {
          close();
          System.exit(Exit.INTERRUPTED); // as Ctrl-C does where nobody edits
        }
      }
      int n = Math.min(length, line.length - at);
      System.arraycopy(line, at, to, from, n);
      at += n;
      return n;
    }

    @Override
    public void close() {
      LineMode.this.close();
    }
  }

  /** What a peer says: whole lines, and at a flush what there is of one. */
  private final class Above extends OutputStream {
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    @Override
    public void write(int octet) {
      waiting.write(octet);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      waiting.write(bytes, from, length);
    }

    @Override
    public void flush() {
      if (waiting.size() > 0) {
        reader.printAbove(waiting.toString(charset));
        waiting.reset();
      }
    }
  }
}
