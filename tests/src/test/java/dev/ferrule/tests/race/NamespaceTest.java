package dev.ferrule.tests.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.loop.Pollers;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Hosts of which some addresses swallow what is sent to them, in networks of their own. */
@EnabledOnOs(OS.LINUX)
class NamespaceTest {
  private static final Pattern WON = Pattern.compile("/127\\.0\\.0\\.1:\\d+ after (\\d+)");

  @Test
  void two_addresses_that_swallow_everything_cost_two_delays() {
    assertThat(millis(Namespace.run(NamespaceProgram.class, "race"))).isBetween(499L, 10_000L);
  }

  @Test
  void so_it_is_where_the_handshake_decides() {
    List<String> said = Namespace.run(NamespaceProgram.class, "handshakes");
    assertThat(millis(said)).isBetween(499L, 20_000L);
  }

  private static long millis(List<String> said) {
    Matcher won = WON.matcher(said.getLast());
    assertThat(won.matches()).as(said.toString()).isTrue();
    return Long.parseLong(won.group(1));
  }

  @Test
  void when_all_are_silent_the_error_names_them() {
    List<String> said = Namespace.run(NamespaceProgram.class, "silence");
    assertThat(said.getLast())
        .contains("no connection within 0.6 s")
        .contains(Namespace.SWALLOWED + ":9: no answer")
        .contains("]:9: no answer");
  }

  @Test
  void with_fast_open_the_first_bytes_go_with_the_syn() {
    boolean nio = Pollers.chosen((String) null).name().equals("nio");
    assumeTrue(!nio, "java.nio has no TCP_FASTOPEN, which SocketOptionsTest sees");
    List<String> said = Namespace.run(NamespaceProgram.class, "fastopen");
    assertThat(said).containsExactly("answer hi", "answer hi", "answer hi", "passive 2");
  }
}
