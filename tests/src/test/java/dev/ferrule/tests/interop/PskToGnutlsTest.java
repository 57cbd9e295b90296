package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.spi.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * External pre-shared keys with the server of GnuTLS, which listens on all addresses: so both run
 * in a network of their own.
 */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class PskToGnutlsTest {
  private static final String KEY = "00112233445566778899aabbccddeeff";
  private static final String OTHER = "ffeeddccbbaa99887766554433221100";
  private static final String READY = "the network is there";
  private static final String SCRIPT =
      """
      ip link set lo up && echo '%s' || exit 1
      timeout 60 gnutls-serv --echo --port 5556 --pskpasswd "$0" \
          --priority NORMAL:+ECDHE-PSK:+DHE-PSK >/dev/null 2>&1 &
      server=$!
      "$@"
      kill $server
      """
          .formatted(READY);

  @TempDir private Path folder;

  @BeforeEach
  void programs() {
    assumeTrue(
        SslContext.providers().stream()
            .anyMatch(each -> each.can(Capability.EXTERNAL_PSK) && each.unavailable() == null),
        "there is no OpenSSL on this machine");
    for (String program : List.of("gnutls-serv", "unshare", "ip")) {
      assumeTrue(Program.exists(program), () -> "there is no " + program + " on this machine");
    }
  }

  private List<String> connect(String version, String identity, String key) throws IOException {
    Path keys = Files.writeString(folder.resolve("keys"), "meter17:" + KEY + "\n");
    List<String> command =
        Stream.of(
                List.of("unshare", "-rn", "sh", "-c", SCRIPT, keys.toString()),
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                List.of("--enable-native-access=ALL-UNNAMED"),
                List.of("-cp", System.getProperty("java.class.path")),
                List.of(PskToGnutls.class.getName(), "5556", version, identity, key))
            .flatMap(List::stream)
            .toList();
    try (Program both = Program.start(command)) {
      List<String> said = both.output().lines().toList();
      assumeTrue(said.contains(READY), () -> "no network can be made here: " + said);
      return said;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS_1_2", "TLS_1_3"})
  void a_server_of_gnutls_is_believed_by_its_key(String version) throws IOException {
    assertThat(connect(version, "meter17", KEY)).endsWith("secure by meter17", "read hello");
  }

  @ParameterizedTest
  @CsvSource({"TLS_1_2, meter17", "TLS_1_3, meter17", "TLS_1_2, nobody", "TLS_1_3, nobody"})
  void another_key_and_an_unknown_identity_are_told_by_name(String version, String identity)
      throws IOException {
    assertThat(connect(version, identity, OTHER).getLast())
        .startsWith("PEER_REFUSED_")
        .contains("external PSK \"" + identity + '"');
  }
}
