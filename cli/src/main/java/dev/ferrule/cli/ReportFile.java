package dev.ferrule.cli;

import dev.ferrule.cli.bench.ReportPage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file of {@code --report}. A report takes the place of an older one in one step; a file that
 * is something else is refused, and so is a place that cannot be written, both before the load.
 */
final class ReportFile {
  private static final int HEAD = 4096; // bytes that are looked at

  private final Path file;

  private ReportFile(Path file) {
    this.file = file;
  }

  /**
   * Looks whether it can be written.
   *
   * @throws ToolError for wrong usage when not
   */
  static ReportFile check(Path file) {
    if (Files.isDirectory(file)) {
      throw refused(file, "it is a folder");
    }
    ReportFile report = new ReportFile(file);
    try {
      if (!Files.exists(file)) {
        Files.delete(report.beside());
      } else if (Files.isRegularFile(file)) {
        report.requireReport();
        Files.delete(report.beside());
      } else {
        FileChannel.open(file, StandardOpenOption.WRITE).close(); // such as /dev/stdout
      }
    } catch (IOException e) {
      throw refused(file, ToolError.reason(e));
    }
    return report;
  }

  private void requireReport() throws IOException {
    byte[] head;
    try (var in = Files.newInputStream(file)) {
      head = in.readNBytes(HEAD);
    }
    String text = new String(head, StandardCharsets.UTF_8);
    if (head.length > 0 && !text.contains(ReportPage.MARK)) {
      throw refused(file, "there is a file already that is no report of ferrule bench");
    }
  }

  private Path beside() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("its folder does not exist");
    }
    // Not a temporary file of Java's, which its owner alone could read.
    String name = ".ferrule-bench-" + ProcessHandle.current().pid() + ".html";
    return Files.createFile(folder.resolve(name));
  }

  void write(String page) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        Files.writeString(file, page);
        return;
      }
      Path fresh = beside();
      try {
        Files.writeString(fresh, page);
        Files.move(
            fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new ToolError(
          Exit.FAILED, "the report " + file + " could not be written: " + ToolError.reason(e), e);
    }
  }

  private static ToolError refused(Path file, String why) {
    return new ToolError(Exit.USAGE, "--report " + file + " cannot be written: " + why);
  }
}
