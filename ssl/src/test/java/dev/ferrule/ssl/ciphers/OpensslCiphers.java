package dev.ferrule.ssl.ciphers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * The {@code openssl ciphers} of the system, as the truth to compare with.
 *
 * <p>It reads no configuration file, as some systems set a security level there. Others compile
 * another one in, so a string that sets none gets level 1, OpenSSL's own default, at its end.
 * {@code -s} applies the level, and hides PSK and SRP unless they are asked for too.
 */
final class OpensslCiphers {
  private OpensslCiphers() {}

  /** Skips the test unless there is an OpenSSL 3.0: later ones know other suites and ratings. */
  static void assumePresent() {
    String version;
    try {
      version = run(List.of("openssl", "version"));
    } catch (UncheckedIOException e) {
      version = "no openssl command";
    }
    Assumptions.assumeTrue(
        version.startsWith("OpenSSL 3.0."), "Needs OpenSSL 3.0 to compare with; found " + version);
  }

  /** OpenSSL's names of the suites the string chooses, in order; empty if it is an error. */
  static List<String> of(String ciphers) {
    String levelled = ciphers.contains("@SECLEVEL") ? ciphers : ciphers + ":@SECLEVEL=1";
    String out = run(List.of("openssl", "ciphers", "-s", "-psk", "-srp", "--", levelled));
    return out.isEmpty() ? List.of() : List.of(out.split(":", -1));
  }

  /** The lines of {@code openssl ciphers -V} for every suite it has. */
  static List<String> table() {
    return run(List.of("openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL"))
        .lines()
        .toList();
  }

  private static String run(List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("OPENSSL_CONF", "/dev/null");
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      Process process = builder.start();
      return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
