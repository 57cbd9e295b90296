package dev.ferrule.cli;

import dev.ferrule.cli.bench.ReportPage;
import dev.ferrule.cli.check.Report;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that an option asks for. It takes the place of an older one of its kind in one step; a
 * file that is something else is refused, and so is a place that cannot be written, both before the
 * work begins.
 */
final class OutputFile {
  private static final int HEAD = 4096; // bytes that are looked at

  /** What is written, and how an older one is known. */
  enum Kind {
    BENCH_REPORT("--report", "report of ferrule bench", ReportPage.MARK),
    CHECK_REPORT("--page", "report of ferrule check", Report.PAGE_MARK),
    /** It is written by a {@link dev.ferrule.Capture}; this begins its section header. */
    CAPTURE("--capture", "capture (pcapng)", "\n\r\r\n");

    private final String option;
    private final String noun;
    private final String mark;

    Kind(String option, String noun, String mark) {
      this.option = option;
      this.noun = noun;
      this.mark = mark;
    }

    private boolean isOf(String head) {
      return this == CAPTURE ? head.startsWith(mark) : head.contains(mark);
    }

    /**
     * Looks whether the file may be replaced: there is none, it is empty, or it is one of this
     * kind. Pipes and devices are not looked at.
     *
     * @throws ToolError for wrong usage when it may not
     */
    void requireReplaceable(Path file) {
      if (!Files.isRegularFile(file)) {
        return;
      }
      byte[] head;
      try (var in = Files.newInputStream(file)) {
        head = in.readNBytes(HEAD);
      } catch (IOException e) {
        throw refused(file, ToolError.reason(e));
      }
      if (head.length > 0 && !isOf(new String(head, StandardCharsets.UTF_8))) {
        throw refused(file, "there is a file already that is no " + noun);
      }
    }

    private ToolError refused(Path file, String why) {
      return new ToolError(Exit.USAGE, option + " " + file + " cannot be written: " + why);
    }
  }

  private final Kind kind;
  private final Path file;

  private OutputFile(Kind kind, Path file) {
    this.kind = kind;
    this.file = file;
  }

  /**
   * Looks whether it can be written.
   *
   * @throws ToolError for wrong usage when not
   */
  static OutputFile check(Kind kind, Path file) {
    if (Files.isDirectory(file)) {
      throw kind.refused(file, "it is a folder");
    }
    kind.requireReplaceable(file);
    OutputFile output = new OutputFile(kind, file);
    try {
      if (output.isReplaced()) {
        Files.delete(output.beside());
      } else {
        FileChannel.open(file, StandardOpenOption.WRITE).close();
      }
    } catch (IOException e) {
      throw kind.refused(file, ToolError.reason(e));
    }
    return output;
  }

  /** A link such as /dev/stdout stays, and so do pipes and devices: they are written into. */
  private boolean isReplaced() {
    return !Files.isSymbolicLink(file) && (!Files.exists(file) || Files.isRegularFile(file));
  }

  private Path beside() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("its folder does not exist");
    }
    // Not a temporary file of Java's, which its owner alone could read.
    String name = ".ferrule-" + ProcessHandle.current().pid() + ".part";
    return Files.createFile(folder.resolve(name));
  }

  void write(String text) {
    try {
      if (!isReplaced()) {
        Files.writeString(file, text);
        return;
      }
      Path fresh = beside();
      try {
        Files.writeString(fresh, text);
        Files.move(
            fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new ToolError(
          Exit.FAILED,
          "the %s %s could not be written: %s".formatted(kind.noun, file, ToolError.reason(e)),
          e);
    }
  }
}
