package dev.ferrule.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.SslPair;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The providers of OpenSSL that a system property names, each in a JVM of its own. */
@Tag("once")
class NamedProvidersTest {

  /** What the other JVM does: a handshake, whose session or failure it prints. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      try {
        if (arguments.length > 0) {
          SslContext.of(MemorySegment.ofAddress(LibContext.make(true)));
          System.out.println("adopted");
          return;
        }
        SslPair.create()
            .contexts(
                SslContext.client().provider("openssl").trust(Pki.TRUST).build(),
                SslContext.server().provider("openssl").credentials(Pki.LOCAL).build())
            .onOpen((client, server) -> {
              System.out.println("session " + client.session().orElseThrow());
              client.close();
            })
            .run();
      } catch (SslConfigException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  private static String said(String providers, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-D" + NamedProviders.NAMES + "=" + providers,
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "default", " default , legacy"})
  void those_that_are_there_shake_hands(String providers) throws Exception {
    String said = said(providers);
    assertThat(said).contains("session ");
    assertThat(said.contains("records in Java")).as(said).isEqualTo(providers.isEmpty());
  }

  @Test
  void one_that_is_not_installed_is_an_error_and_nothing_takes_its_place() throws Exception {
    assertThat(said("default,no-such-provider"))
        .contains("refused: ", "OpenSSL's provider 'no-such-provider'", "cannot be loaded")
        .doesNotContain("session ");
  }

  @Test
  void a_context_that_was_made_outside_is_refused_beside_them() throws Exception {
    assertThat(said("", "outside")).contains("adopted");
    assertThat(said("default", "outside"))
        .contains("refused: ", "made outside")
        .doesNotContain("adopted");
  }

  @Test
  void those_that_cannot_do_tls_are_an_error() throws Exception {
    assertThat(said("base"))
        .contains("refused: ", "cannot speak TLS by the providers [base]")
        .doesNotContain("session ");
  }

  @Test
  void fips_is_used_where_it_is_installed_and_an_error_elsewhere() throws Exception {
    String said = said("fips,base");
    if (said.contains("session ")) {
      assertThat(isFipsInstalled()).isTrue();
      assertThat(said).doesNotContain("records in Java", "CHACHA20");
    } else { // it may be there, and not configured
      assertThat(said).contains("refused: ", "OpenSSL's provider 'fips'");
    }
  }

  private static boolean isFipsInstalled() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("/usr"), 5)) {
      return files.anyMatch(file -> file.endsWith("fips.so"));
    }
  }
}
