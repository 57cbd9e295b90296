package dev.ferrule.cli;

import static java.nio.charset.CodingErrorAction.REPLACE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
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
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp;
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
  private final Attributes before;
  private final LineReader reader;
  private final Charset charset;

  private LineMode(Terminal terminal, LineReader reader) {
    this.terminal = terminal;
    // Between two lines too: what is typed then is for the next line, and not for the system.
    this.before = terminal.enterRawMode();
    this.reader = reader;
    this.charset = terminal.encoding();
  }

  /** Takes the terminal; null where there is none that can be steered. */
  static @Nullable LineMode open(@Nullable Path history) {
    QUIET.setLevel(Level.OFF);
    if (history != null) {
      prepare(history);
    }
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
      lines.variable(LineReader.HISTORY_FILE, history.toAbsolutePath());
    }
    LineMode opened = new LineMode(terminal, lines.build());
    // While nobody edits, JLine would leave it to the system, which runs no shutdown hooks.
    terminal.handle(Terminal.Signal.INT, _ -> System.exit(Exit.INTERRUPTED));
    try {
      opened.reader.getHistory().attach(opened.reader); // reads it
    } catch (UncheckedIOException e) {
      opened.close();
      throw unusable(history, requireNonNull(e.getCause()));
    }
    return opened;
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
      throw unusable(history, e);
    }
    try {
      FileChannel.open(history, CREATE, READ, WRITE).close();
    } catch (IOException e) {
      throw unusable(history, e);
    }
  }

  private static ToolError unusable(@Nullable Path history, IOException why) {
    String reason =
        why instanceof CharacterCodingException ? "it is no text in UTF-8" : ToolError.reason(why);
    return new ToolError(Exit.USAGE, "--history " + history + " cannot be used: " + reason, why);
  }

  /** The streams of the terminal. */
  Stdio stdio(Stdio process) {
    return new Stdio(new Lines(), new Above(), process.err());
  }

  /** Gives the terminal back, as it was. */
  @Override
  public void close() {
    try {
      terminal.puts(InfoCmp.Capability.keypad_local); // where a line was being edited
      terminal.flush();
      terminal.setAttributes(before);
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
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
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

  /** What a peer says: whole lines, and at a flush what there is of one, in whole characters. */
  private final class Above extends OutputStream {
    private static final int MOST = 64 * 1024;

    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private final CharsetDecoder decoder =
        charset.newDecoder().onMalformedInput(REPLACE).onUnmappableCharacter(REPLACE);

    @Override
    public void write(int octet) {
      waiting.write(octet);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      waiting.write(bytes, from, length);
      if (waiting.size() >= MOST) {
        flush();
      }
    }

    @Override
    public void flush() {
      ByteBuffer said = ByteBuffer.wrap(waiting.toByteArray());
      CharBuffer text =
          CharBuffer.allocate((int) (said.remaining() * decoder.maxCharsPerByte()) + 1);
      decoder.decode(said, text, false); // the beginning of a character is kept
      waiting.reset();
      waiting.write(said.array(), said.position(), said.remaining());
      if (text.flip().hasRemaining()) {
        reader.printAbove(text.toString());
      }
    }
  }
}
