package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve}, in a JVM of its own, whose files are replaced. */
class ReloadingServeTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private Path folder;
  private final Issued first = CA.issue("localhost");
  private final Issued next = CA.issue("localhost");

  @Test
  @DisabledOnOs(OS.WINDOWS) // which has no SIGHUP
  void SIGHUP_loads_the_files_again_and_a_bad_file_keeps_what_was() throws Exception {
    first.write(folder);
    try (RunningTool server = serve("--cert", "chain.pem", "--key", "key.pem")) {
      String address = server.address();
      assertThat(shows(address, first)).isTrue();
      next.write(folder);
      Files.writeString(folder.resolve("key.pem"), first.keyPem());
      hangUp(server);
      awaitError(server, "served on: The key in ");
      assertThat(shows(address, first)).isTrue();
      next.write(folder);
      hangUp(server);
      awaitError(server, "loaded again: CN=localhost until ");
      assertThat(shows(address, next)).isTrue();
      assertThat(server.stop()).isZero();
      assertThat(server.err().lines()).hasSize(2).allMatch(line -> line.startsWith("ferrule: "));
    }
  }

  @Test
  void watch_loads_what_has_changed_and_reads_the_password_again() throws Exception {
    store(first, "one");
    Files.writeString(folder.resolve("password"), "one\n");
    try (RunningTool server =
        serve("--watch", "--cert", "store.p12", "--password-file", "password")) {
      String address = server.address();
      assertThat(shows(address, first)).isTrue();
      store(next, "two");
      Files.writeString(folder.resolve("password"), "two\n");
      awaitError(server, "loaded again: CN=localhost until ");
      assertThat(shows(address, next)).isTrue();
      assertThat(server.stop()).isZero();
    }
  }

  private RunningTool serve(String... arguments) throws IOException {
    String[] all = arguments.clone();
    for (int i = 0; i < all.length; i++) {
      all[i] = all[i].startsWith("--") ? all[i] : folder.resolve(all[i]).toString();
    }
    return RunningTool.serve(folder, all);
  }

  private void store(Issued issued, String password) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    X509Certificate[] chain = issued.chain().toArray(X509Certificate[]::new);
    store.setKeyEntry("own", issued.key(), password.toCharArray(), chain);
    Path file = folder.resolve("store.tmp");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, password.toCharArray());
    }
    Files.move(file, folder.resolve("store.p12"), StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean shows(String address, Issued issued) {
    String pin = Fingerprint.of(issued.certificate()).toString();
    return Tool.runWith("hi", "connect", address, "--pin", pin, "-q", "--shutdown-after=0s")
            .status()
        == 0;
  }

  private static void hangUp(RunningTool server) throws IOException, InterruptedException {
    String pid = String.valueOf(server.process().pid());
    assertThat(new ProcessBuilder("kill", "-HUP", pid).start().waitFor()).isZero();
  }

  private static void awaitError(RunningTool server, String words) {
    Loops.eventually(() -> {
      try {
        return server.err().contains(words);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }
}
