package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.CertificateRequest;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies, groups and post-quantum key exchange on the command line, and the audit at start. */
class PolicyOptionsTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private Path folder;

  @Test
  void a_server_of_a_policy_and_a_client_with_groups_agree() throws Exception {
    String ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    try (RunningTool server = serve(CA.request("localhost", "127.0.0.1"), "--policy", "modern")) {
      String address = server.address();
      Tool.Result agreed = connect(address, "--ca", ca, "--groups", "P-384:P-521");
      assertThat(agreed.err()).contains("TLSv1.3", "group secp384r1");
      assertThat(agreed.out()).isEqualTo("hi");
      Tool.Result refused = connect(address, "--ca", ca, "--max-protocol", "1.2");
      assertThat(refused.status()).isEqualTo(2);
      assertThat(refused.err()).contains("protocol");
      Tool.Result required =
          connect(address, "--ca", ca, "--provider", "boringssl", "--post-quantum", "require");
      assertThat(required.status()).isEqualTo(2);
      assertThat(required.err()).contains("a post-quantum group (X25519MLKEM768) is required here");
      assertThat(server.err()).isEmpty();
    }
  }

  @Test
  void a_server_says_at_start_what_is_weak_unless_it_is_quiet() throws Exception {
    CertificateRequest old = CA.request("localhost").expired();
    try (RunningTool server = serve(old, "--option", "allow-short-keys")) {
      server.address();
      assertThat(server.err().lines())
          .hasSize(2)
          .anyMatch(
              line -> line.startsWith("ferrule: error CERTIFICATE_EXPIRED: ") && line.length() > 60)
          .anyMatch(line -> line.startsWith("ferrule: warning WEAK_PEERS_ALLOWED: "));
    }
    try (RunningTool server = serve(old, "--quiet")) {
      server.address();
      assertThat(server.err()).isEmpty();
    }
  }

  @Test
  void a_server_says_that_its_certificate_is_about_to_expire() throws Exception {
    Instant soon = Instant.now().plus(Duration.ofDays(5));
    try (RunningTool server = serve(CA.request("localhost").notAfter(soon))) {
      server.address();
      assertThat(server.err())
          .startsWith("ferrule: warning CERTIFICATE_EXPIRES_SOON: ")
          .contains("CN=localhost");
    }
  }

  @Test
  void of_the_certificate_that_is_made_at_start_nothing_is_said() throws Exception {
    try (RunningTool server = RunningTool.serve(folder)) {
      server.address();
      assertThat(server.err().lines()).singleElement().asString().contains("made a certificate");
    }
  }

  private static Tool.Result connect(String address, String... more) {
    String[] all = new String[more.length + 3];
    all[0] = "connect";
    all[1] = address;
    all[2] = "--shutdown-after=0s";
    System.arraycopy(more, 0, all, 3, more.length);
    return Tool.runWith("hi", all);
  }

  private RunningTool serve(CertificateRequest request, String... more) throws Exception {
    WrittenFiles files = request.issue().write(folder);
    String[] all = new String[more.length + 4];
    all[0] = "--cert";
    all[1] = files.certificate().toString();
    all[2] = "--key";
    all[3] = files.key().toString();
    System.arraycopy(more, 0, all, 4, more.length);
    return RunningTool.serve(folder, all);
  }
}
