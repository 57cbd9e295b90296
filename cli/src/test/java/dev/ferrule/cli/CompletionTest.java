package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bash offers after the script of {@code ferrule completion}. */
@Timeout(60)
class CompletionTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "ferrule tun,tunnel",
    "'ferrule ',check",
    "ferrule tunnel --hand,--hand-over",
    "ferrule check --min,--min-grade",
    "ferrule bench --mode r,resumed",
    "ferrule connect --starttls xm,xmpp-server"
  })
  void bash_completes_commands_options_and_their_words(String typed, String offered)
      throws IOException {
    Tool.Result printed = Tool.run("completion");
    assertThat(printed.err()).isEmpty();
    assertThat(printed.status()).isZero();
    Path script = Files.writeString(folder.resolve("ferrule.bash"), printed.out());
    assertThat(completions(script, typed)).contains(offered);
  }

  /** As bash does it at a tab: the words in COMP_WORDS, what is offered in COMPREPLY. */
  private static List<String> completions(Path script, String typed) throws IOException {
    String ask =
        """
        source "$1"
        words="$2"
        read -ra COMP_WORDS <<< "$words"
        [[ $words == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMP_LINE=$words COMP_POINT=${#words}
        _complete_ferrule
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    Process bash =
        new ProcessBuilder("bash", "-c", ask, "bash", script.toString(), typed)
            .redirectErrorStream(true)
            .start();
    return bash.inputReader(UTF_8).lines().map(String::strip).toList();
  }
}
