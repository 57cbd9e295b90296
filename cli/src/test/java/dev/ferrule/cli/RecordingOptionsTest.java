package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --capture} and {@code --keylog}; that Wireshark reads them is tested elsewhere. */
class RecordingOptionsTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private Path folder;
  private WrittenFiles identity;

  @BeforeEach
  void writeFiles() throws IOException {
    identity = CA.issue("localhost").write(folder);
    Files.writeString(folder.resolve("ca.pem"), CA.pem());
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private RunningTool serve(String... more) throws IOException {
    String[] shown = {
      "--mode",
      "line",
      "--cert",
      identity.certificate().toString(),
      "--key",
      identity.key().toString()
    };
    String[] all = new String[shown.length + more.length];
    System.arraycopy(shown, 0, all, 0, shown.length);
    System.arraycopy(more, 0, all, shown.length, more.length);
    return RunningTool.serve(folder, all);
  }

  private Tool.Result connect(RunningTool server, String... more) throws IOException {
    return connect(server.address(), more);
  }

  private Tool.Result connect(String address, String... more) {
    String port = address.substring(address.lastIndexOf(':') + 1);
    String[] all = new String[5 + more.length];
    String[] begin = {"connect", "localhost:" + port, "-q", "--ca", file("ca.pem")};
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    return Tool.runWith("a line\n", all);
  }

  @Test
  void a_client_writes_both_and_says_so_once_each() throws Exception {
    try (RunningTool server = serve()) {
      Tool.Result result =
          connect(
              server,
              "--provider",
              "boringssl",
              "--capture",
              file("it.pcapng"),
              "--keylog",
              file("keys"));
      assertThat(result.status()).isZero();
      assertThat(result.err().lines())
          .hasSize(2)
          .anyMatch(line -> line.contains("written to the file " + file("keys")))
          .anyMatch(line -> line.contains("written to the capture " + file("it.pcapng")));
    }
    String keys = Files.readString(folder.resolve("keys"));
    assertThat(keys.lines()).hasSize(5);
    assertThat(Files.readString(folder.resolve("it.pcapng"), ISO_8859_1))
        .contains(keys.lines().toList());
  }

  @Test
  void a_server_on_several_loops_writes_one_capture_until_it_is_stopped() throws Exception {
    String[] options = {"--loops", "2", "--provider", "boringssl", "--capture", file("it.pcapng")};
    try (RunningTool server = serve(options)) {
      assertThat(connect(server).status()).isZero();
      assertThat(server.stop()).isZero();
      assertThat(server.err().lines())
          .filteredOn(line -> line.contains("written to the capture"))
          .hasSize(1);
    }
    assertThat(Files.readString(folder.resolve("it.pcapng"), ISO_8859_1))
        .contains("EXPORTER_SECRET ");
  }

  @Test
  void a_capture_takes_the_place_of_an_older_one_and_of_no_other_file() throws Exception {
    try (RunningTool server = serve()) {
      String address = server.address();
      for (int i = 0; i < 2; i++) {
        assertThat(connect(address, "--capture", file("it.pcapng")).status()).isZero();
      }
      Tool.Result refused = connect(address, "--capture", file("ca.pem"));
      assertThat(refused.err())
          .contains("--capture " + file("ca.pem") + " cannot be written")
          .contains("no capture (pcapng)");
      assertThat(refused.status()).isEqualTo(Exit.USAGE);
    }
    assertThat(folder.resolve("ca.pem")).content().isEqualTo(CA.pem());
  }

  @ParameterizedTest
  @ValueSource(strings = {"it.pcapng", "/dev/full"})
  void the_jdk_provider_says_that_its_capture_cannot_be_decrypted(String to) throws Exception {
    String file = to.startsWith("/") ? to : file(to);
    try (RunningTool server = serve()) {
      Tool.Result result = connect(server, "--provider", "jdk", "--capture", file);
      assertThat(result.status()).isZero();
      assertThat(result.out()).isNotEmpty();
      assertThat(result.err()).contains("the capture of this one cannot be decrypted");
      assertThat(result.err().lines())
          .filteredOn(line -> line.contains("cannot be written any more"))
          .hasSize(to.startsWith("/") ? 1 : 0);
    }
  }
}
