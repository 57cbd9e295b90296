package dev.ferrule.cli;

import dev.ferrule.Capture;
import dev.ferrule.SocketSetup;
import dev.ferrule.ssl.SslSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The options of what is written down for Wireshark. The capture is closed by the command, or by a
 * shutdown hook when the process is killed.
 */
final class RecordingOptions {
  private final Set<String> said = ConcurrentHashMap.newKeySet();
  private @Nullable String keyLog;
  private @Nullable String captured;
  private @Nullable Capture capture;
  private @Nullable Thread atExit;

  void describe(Description command) {
    command
        .text(
            "--capture",
            "FILE",
            file -> captured = file,
            "Write what goes over the connections to this file (pcapng, for Wireshark), together with"
                + " the secrets that decrypt it: who has the file reads them. 1 GiB at most. It takes the"
                + " place of an older capture, and of no other file. The jdk provider does not tell"
                + " its secrets.")
        .text(
            "--keylog",
            "FILE",
            file -> keyLog = file,
            "Append the secrets of each handshake to this file, in the format of SSLKEYLOGFILE, which"
                + " alone has no effect. Not with jdk.");
  }

  /** The name of an option that only SSL uses and that was given; null when none was. */
  @Nullable String sslOnly() {
    return keyLog == null ? null : "--keylog";
  }

  /** Opens the capture, if there is to be one. */
  void open() {
    if (captured == null) {
      return;
    }
    try {
      OutputFile.Kind.CAPTURE.requireReplaceable(Path.of(captured));
      Capture opened = Capture.to(Path.of(captured));
      capture = opened;
      Thread hook = new Thread(opened::close);
      atExit = hook;
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IOException e) {
      throw new ToolError(Exit.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  void apply(SslSetup<?> ssl) {
    if (keyLog != null) {
      ssl.keyLog(Path.of(keyLog));
    }
  }

  void capture(SocketSetup<?, ?> setup) {
    if (capture != null) {
      setup.capture(capture);
    }
  }

  /** Whether a notice is not to be said again: each loop and each connection has its own. */
  boolean isNew(String notice) {
    return (captured == null && keyLog == null) || said.add(notice);
  }

  /** Ends the capture; says what is wrong with it, unless a connection did. */
  void close(Stdio stdio) {
    Capture open = capture;
    Thread hook = atExit;
    if (open == null || hook == null) {
      return;
    }
    open.close();
    open.problem()
        .filter(this::isNew)
        .ifPresent(problem -> stdio.err().println("ferrule: " + problem));
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the process is ending, and closes it again, which does nothing
    }
  }
}
