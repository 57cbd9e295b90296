package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that the provider's library finds, on the command line. */
class KeyByUriTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private Path folder;

  @Test
  void a_server_takes_the_key_of_a_uri_with_the_openssl_provider() throws Exception {
    assumeTrue(
        SslContext.providers().stream()
            .anyMatch(each -> each.name().equals("openssl") && each.unavailable() == null),
        "no OpenSSL here");
    String ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    WrittenFiles files = CA.issue("localhost", "127.0.0.1").write(folder);
    try (RunningTool server =
        RunningTool.serve(
            folder,
            "--provider",
            "openssl",
            "--cert",
            files.certificate().toString(),
            "--key",
            files.key().toUri().toString())) {
      Tool.Result result = Tool.runWith("hi", "connect", server.address(), "--ca", ca);
      assertThat(result.out()).isEqualTo("hi");
    }
  }

  @Test
  void another_provider_says_which_can_and_a_pin_is_not_shown() throws Exception {
    WrittenFiles files = CA.issue("localhost").write(folder);
    Tool.Result result =
        Tool.run(
            "serve",
            "--port",
            "0",
            "--provider",
            "jdk",
            "--cert",
            files.certificate().toString(),
            "--key",
            "pkcs11:token=a;object=b?pin-value=4711");
    assertThat(result.status()).isNotZero();
    assertThat(result.err()).contains("take the provider openssl").doesNotContain("4711");
  }

  @Test
  void a_file_whose_name_looks_like_a_uri_is_a_file() throws Exception {
    WrittenFiles files = CA.issue("localhost").write(folder);
    Path key = Files.move(files.key(), folder.resolve("key:web"));
    try (RunningTool server =
        RunningTool.serve(
            folder, "--cert", files.certificate().toString(), "--key", key.toString())) {
      assertThat(server.address()).isNotEmpty();
    }
  }
}
