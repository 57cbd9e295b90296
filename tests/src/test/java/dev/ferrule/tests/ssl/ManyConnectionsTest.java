package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.tests.Provided;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many connections, ended in every way there is, leave nothing behind. */
class ManyConnectionsTest {
  @TempDir Path folder;

  @Test
  @Timeout(180) // some seconds, but longer than other tests where others share the machine
  void two_thousand_connections_leave_nothing_behind() {
    Soak.run(500, 20);
    long before = Provided.HELD.getAsLong();
    long heap = used();
    for (int i = 0; i < 3; i++) {
      Soak.run(500, 20);
    }
    assertThat(used() - heap).isLessThan(8L * 1024 * 1024);
    assertThat(Provided.HELD.getAsLong()).as("native objects").isLessThanOrEqualTo(before);
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void five_hundred_connections_at_once_leave_nothing_behind() {
    Soak.run(500, 500);
  }

  @Test
  void nothing_is_freed_twice_nor_used_afterwards() throws Exception {
    Provided.assumeNative();
    assumeTrue(hasGlibc(), "this system's allocator does not check itself");
    Path output = folder.resolve("output");
    Process process = jvm(output, "300", "30");
    try {
      assertThat(process.waitFor(50, TimeUnit.SECONDS)).as("in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
  }

  private static boolean hasGlibc() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    return Files.exists(maps) && Files.readString(maps).contains("/libc.so.6");
  }

  private static Process jvm(Path output, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    for (String name : new String[] {"dev.ferrule.poller", "dev.ferrule.provider"}) {
      String value = System.getProperty(name);
      if (value != null) {
        command.add("-D" + name + "=" + value);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Soak.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("MALLOC_CHECK_", "3");
    builder.environment().put("MALLOC_PERTURB_", "165");
    // Since glibc 2.34 the checks live in a library of their own.
    builder.environment().put("LD_PRELOAD", "libc_malloc_debug.so.0");
    return builder.redirectOutput(output.toFile()).start();
  }
}
