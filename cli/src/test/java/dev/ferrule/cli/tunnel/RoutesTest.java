package dev.ferrule.cli.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private static final Targets EXACT = targets();
  private static final Targets WILD = targets();
  private static final Targets OTHERS = targets();

  private static Targets targets() {
    return new Targets(List.of(new Destination("t", "localhost", 1, null)));
  }

  private final Routes routes =
      new Routes(Map.of("www.example.com", EXACT, "*.example.com", WILD), OTHERS);

  @Test
  void an_exact_name_goes_before_a_wildcard_and_that_before_the_rest() {
    assertThat(routes.of("www.example.com")).isSameAs(EXACT);
    assertThat(routes.of("WWW.Example.com.")).isSameAs(EXACT);
    assertThat(routes.of("db.example.com")).isSameAs(WILD);
    assertThat(routes.of("a.db.example.com")).isSameAs(OTHERS);
    assertThat(routes.of("example.com")).isSameAs(OTHERS);
    assertThat(routes.of("*.example.com")).isNotSameAs(EXACT);
    assertThat(routes.of("com")).isSameAs(OTHERS);
    assertThat(routes.of("")).isSameAs(OTHERS);
    assertThat(routes.of(null)).isSameAs(OTHERS);
  }

  @Test
  void without_the_rest_other_names_are_refused() {
    Routes strict = new Routes(Map.of("www.example.com", EXACT), null);
    assertThat(strict.of("other.example.com")).isNull();
    assertThat(strict.of(null)).isNull();
  }

  @Test
  void a_pattern_that_no_client_can_ask_for_is_a_mistake() {
    for (String wrong : new String[] {"10.0.0.1", "*", "a*.example.com", ""}) {
      assertThatThrownBy(() -> new Routes(Map.of(wrong, EXACT), null))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Routes(Map.of("a.example", EXACT, "a.example.", WILD), null))
        .hasMessageContaining("twice");
  }
}
