package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** External pre-shared keys on the command line. */
class PskTest {
  private static final String KEY = "00112233445566778899aabbccddeeff";
  private static final String OTHER = "ffeeddccbbaa99887766554433221100";

  @TempDir private Path folder;

  @BeforeEach
  void openssl() {
    assumeTrue(
        SslContext.providers().stream()
            .anyMatch(each -> each.name().equals("openssl") && each.unavailable() == null),
        "no OpenSSL here");
  }

  private String file(String name, String... lines) throws IOException {
    Path file = Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file.toString();
  }

  private static Tool.Result connect(String address, String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "connect";
    all[1] = address;
    System.arraycopy(options, 0, all, 2, options.length);
    return Tool.runWith("hi", all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.3"})
  void a_client_and_a_server_with_the_same_key_need_no_certificate(String version)
      throws Exception {
    String ofServer = file("server", "# meters", "meter:1:" + KEY, "meter:2:" + OTHER);
    try (RunningTool server = RunningTool.serve(folder, "--psk-file", ofServer)) {
      Tool.Result result =
          connect(
              server.address(),
              "--psk-file",
              ofServer,
              "--psk-identity",
              "meter:2",
              "--min-protocol",
              version,
              "--max-protocol",
              version);
      assertThat(result.err()).contains("external PSK meter:2");
      assertThat(result.out()).isEqualTo("hi");
    }
  }

  @ParameterizedTest
  @CsvSource({"meter, " + OTHER, "nobody, " + KEY})
  void another_key_and_an_unknown_identity_are_refused(String identity, String key)
      throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--psk-file", file("s", "meter:" + KEY))) {
      Tool.Result result = connect(server.address(), "--psk-file", file("c", identity + ":" + key));
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.out()).isEmpty();
      assertThat(result.err()).doesNotContain(KEY, OTHER);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no colon | line 1 is not IDENTITY:KEY",
        "a:0011zz | line 1: the key is not of hex digits",
        "a:00112233445566778899aabbccddee | line 1: an external PSK is a key of 16 to 512 bytes",
        ":00112233445566778899aabbccddeeff | line 1: the identity",
        "# none | has no key",
      })
  void a_bad_line_is_told_by_its_number_and_not_shown(String line, String told) throws Exception {
    Tool.Result result = Tool.run("serve", "--port", "0", "--psk-file", file("keys", line));
    assertThat(result.status()).isEqualTo(Exit.USAGE);
    assertThat(result.err()).contains(told).doesNotContain("00112233", "0011zz");
  }

  @Test
  void a_file_that_others_can_read_is_refused() throws Exception {
    String file = file("keys", "meter:" + KEY);
    Files.setPosixFilePermissions(Path.of(file), PosixFilePermissions.fromString("rw-r--r--"));
    Tool.Result result = Tool.run("serve", "--port", "0", "--psk-file", file);
    assertThat(result.status()).isEqualTo(Exit.USAGE);
    assertThat(result.err()).contains("can be read or written by others: chmod 600");
  }

  @Test
  void which_of_several_keys_a_client_offers_must_be_said() throws Exception {
    String file = file("keys", "a:" + KEY, "b:" + OTHER);
    assertThat(connect("127.0.0.1:1", "--psk-file", file).err()).contains("several keys");
    assertThat(connect("127.0.0.1:1", "--psk-file", file, "--psk-identity", "c").err())
        .contains("no key of the identity");
    assertThat(connect("127.0.0.1:1", "--psk-identity", "c").err()).contains("where is the key?");
    assertThat(Tool.run("serve", "--port", "0", "--psk-file", file, "--psk-identity", "a").err())
        .contains("--psk-identity is for a client");
    String twice = file("twice", "a:" + KEY, "a:" + OTHER);
    assertThat(connect("127.0.0.1:1", "--psk-file", twice).err()).contains("line 2");
  }

  @Test
  void keys_beside_a_certificate_are_a_contradiction() throws Exception {
    String file = file("keys", "meter:" + KEY);
    for (String command : new String[] {"serve", "tunnel"}) {
      Tool.Result result =
          command.equals("serve")
              ? Tool.run("serve", "--port", "0", "--psk-file", file, "--cert", "c.pem")
              : Tool.run(
                  "tunnel",
                  "--listen",
                  "127.0.0.1:0",
                  "--to",
                  "127.0.0.1:1",
                  "--psk-file",
                  file,
                  "--cert",
                  "c.pem");
      assertThat(result.status()).isEqualTo(Exit.USAGE);
      assertThat(result.err()).contains("--psk-file contradicts --cert");
    }
  }

  @Test
  void a_provider_that_cannot_says_which_can() throws Exception {
    String file = file("keys", "meter:" + KEY);
    Tool.Result result = Tool.run("serve", "--port", "0", "--psk-file", file, "--provider", "jdk");
    assertThat(result.status()).isNotZero();
    assertThat(result.err()).contains("take the provider openssl");
  }

  @Test
  void a_tunnel_between_two_ends_needs_no_certificate() throws Exception {
    String file = file("keys", "tunnel:" + KEY);
    try (PlainTarget target = PlainTarget.echo();
        RunningTool far =
            RunningTool.start(
                folder,
                "tunnel",
                "--listen=127.0.0.1:0",
                "--to=" + target.address(),
                "--psk-file=" + file);
        RunningTool near =
            RunningTool.start(
                folder,
                "tunnel",
                "--client",
                "--listen=127.0.0.1:0",
                "--to=" + far.address(),
                "--psk-file=" + file)) {
      Tool.Result result = connect(near.address(), "--plain");
      assertThat(result.out()).isEqualTo("hi");
    }
  }
}
