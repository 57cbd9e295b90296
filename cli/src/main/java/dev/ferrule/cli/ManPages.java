package dev.ferrule.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Writes a manual page for each command; the build runs it. */
public final class ManPages {
  private ManPages() {}

  /** The argument is a folder, which is made. */
  public static void main(String[] args) throws IOException {
    String version = new Main.Version().getVersion()[0];
    write(Path.of(args[0]), version.substring(version.indexOf(' ') + 1));
  }

  static void write(Path folder, String version) throws IOException {
    Files.createDirectories(folder);
    write(Main.described(Stdio.ofProcess(), "").getCommandSpec(), folder, version);
  }

  private static void write(CommandSpec command, Path folder, String version) throws IOException {
    Files.writeString(folder.resolve(ManPage.file(command)), ManPage.of(command, version));
    for (CommandLine each : command.subcommands().values()) {
      write(each.getCommandSpec(), folder, version);
    }
  }
}
