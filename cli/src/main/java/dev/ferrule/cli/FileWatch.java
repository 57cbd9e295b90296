package dev.ferrule.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a small file from time to time, on a thread of its own. A change is told when the file
 * is the same at two looks, so that one which is still being written is not.
 */
final class FileWatch implements AutoCloseable {
  private @Nullable Thread thread;

  /** Begins, with the file as it is now. */
  void begin(Path file, Duration every, Runnable changed) {
    byte[] first = content(file);
    thread =
        Thread.ofPlatform()
            .name("ferrule-watch")
            .daemon()
            .start(() -> watch(file, first, every, changed));
  }

  private static void watch(Path file, byte[] first, Duration every, Runnable changed) {
    byte[] told = first;
    byte[] last = first;
    try {
      while (true) {
        Thread.sleep(every);
        byte[] now = content(file);
        if (!Arrays.equals(now, told) && Arrays.equals(now, last)) {
          told = now;
          changed.run();
        }
        last = now;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it was closed
    }
  }

  /** One that cannot be read counts as empty: that is a change, and told as one. */
  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
