package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve --staple}, and what {@code connect} makes of it. */
class StapleOptionTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private Path folder;
  private final Issued identity = CA.request("localhost").mustStaple().issue();

  @BeforeEach
  void writeFiles() throws IOException {
    identity.write(folder);
    Files.writeString(folder.resolve("ca.pem"), CA.pem());
    Files.write(folder.resolve("good"), CA.ocsp(identity.certificate()).der());
    Files.write(folder.resolve("other"), CA.ocsp(CA.issue("other.example").certificate()).der());
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void a_client_accepts_the_certificate_that_demands_a_response_with_it_only() throws Exception {
    String[] shown = {
      "--provider", "boringssl", "--cert", file("chain.pem"), "--key", file("key.pem"), "--verbose"
    };
    try (RunningTool with = RunningTool.serve(folder, plus(shown, "--staple", file("good")));
        RunningTool without = RunningTool.serve(folder, shown)) {
      assertThat(connect(with.address()).status()).isZero();
      Tool.Result refused = connect(without.address());
      assertThat(refused.status()).isNotZero();
      assertThat(refused.err()).contains("must-staple", "sent none");
      assertThat(with.stop()).isZero();
      assertThat(with.err()).contains("sent a hello for localhost, JA4 t13");
      assertThat(without.stop()).isZero();
      assertThat(without.err()).contains("STAPLE_MISSING");
    }
  }

  private Tool.Result connect(String address) {
    String port = address.substring(address.lastIndexOf(':') + 1);
    return Tool.run(
        "connect", "localhost:" + port, "--ca", file("ca.pem"), "--shutdown-after", "0s");
  }

  private static String[] plus(String[] first, String... more) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  @Test
  void a_response_about_another_certificate_is_a_mistake_that_is_named() {
    Tool.Result result =
        Tool.run(
            "serve",
            "--port",
            "0",
            "--provider",
            "boringssl",
            "--cert",
            file("chain.pem"),
            "--key",
            file("key.pem"),
            "--staple",
            file("other"));
    assertThat(result.status()).isEqualTo(64);
    assertThat(result.err()).contains("other", "about another certificate", "CN=localhost");
  }

  @Test
  void it_has_no_meaning_without_ssl() {
    Tool.Result result = Tool.run("serve", "--port", "0", "--plain", "--staple", file("good"));
    assertThat(result.status()).isEqualTo(64);
    assertThat(result.err()).contains("--staple has no meaning with --plain");
  }
}
