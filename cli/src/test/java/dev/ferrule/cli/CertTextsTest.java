package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ferrule.cli.cert.ShellText;
import dev.ferrule.cli.cert.SubjectName;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts of {@code ferrule cert}: names of certificates, and words of commands. */
class CertTextsTest {
  @ParameterizedTest
  @CsvSource({
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:0DB8::0001, 2001:db8::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "0:0:0:0:0:0:0:0, ::",
    "1:0:0:0:0:0:0:0, 1::",
    "::ffff:127.0.0.1, 127.0.0.1",
    "[::1], ::1",
  })
  void addresses_are_written_as_rfc_5952_has_them(String written, String text) {
    assertThat(SubjectName.parse(written)).isEqualTo(new SubjectName(SubjectName.Kind.IP, text));
  }

  @Property
  void a_shortened_address_is_the_same_address(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    for (int group = 0; group < 16; group += 2) {
      if (random.nextInt(3) > 0) {
        bytes[group] = bytes[group + 1] = 0;
      }
    }
    InetAddress address = InetAddress.getByAddress(bytes);
    String whole = HexFormat.of().formatHex(bytes).replaceAll("(....)(?!$)", "$1:");
    String text = SubjectName.parse(whole).text();
    assertThat(InetAddress.ofLiteral(text)).isEqualTo(address);
    assertThat(SubjectName.parse(text).text()).isEqualTo(text);
    assertThat(text).hasSizeLessThanOrEqualTo(address.getHostAddress().length());
  }

  @Property
  void a_name_is_refused_in_a_sentence_or_stays_as_it_is_when_parsed_again(@ForAll String written) {
    try {
      SubjectName name = SubjectName.parse(written);
      assertThat(SubjectName.parse(name.text())).isEqualTo(name);
      assertThat(name.text()).matches("\\p{ASCII}+");
    } catch (IllegalArgumentException e) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SubjectName.parse(written))
          .withMessageNotContaining("\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain.pem",
        "localhost+2-key.pem",
        "a b",
        "it's",
        "$HOME",
        "`id`",
        "a\"b",
        "back\\slash",
        "-dash",
        "~tilde",
        "a=b",
        "tab\tand\nline",
        "esc\u001b'",
        "ünï",
        "#x",
        "*",
      })
  void a_word_of_a_command_is_what_the_shell_makes_of_it(String word) throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
    String command = "printf %s " + ShellText.quoted(Path.of(word));
    ProcessBuilder shell = new ProcessBuilder("/bin/bash", "-c", command);
    shell.environment().put("LC_ALL", "C.UTF-8");
    Process process = shell.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(said).isEqualTo(word.startsWith("-") ? "./" + word : word);
    assertThat(process.waitFor()).isZero();
  }
}
