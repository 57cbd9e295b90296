package dev.ferrule.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether a person looks at what the process says on standard error. */
final class Terminal {
  private static final Path ERR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  static boolean shows(Stdio stdio) {
    return stdio.err() == System.err && isTerminal();
  }

  /** Linux tells of standard error; elsewhere the JVM knows of the other two streams only. */
  private static boolean isTerminal() {
    try {
      if (Files.isSymbolicLink(ERR)) {
        return Files.readSymbolicLink(ERR).toString().matches("/dev/(pts/|tty|console).*");
      }
    } catch (IOException e) {
      return false;
    }
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }
}
