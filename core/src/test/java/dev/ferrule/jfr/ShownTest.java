package dev.ferrule.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of peers as events hold them. */
class ShownTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "example.org", "h2", "bücher.example", "[2001:db8::1]:443", "😀"})
  void what_is_harmless_stays_as_it_is(String text) {
    assertThat(Shown.of(text)).isEqualTo(text);
  }

  @Test
  void nothing_is_nothing() {
    assertThat(Shown.of(null)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 0x1B, '\n', '\r', 0x7F, 0x9B, 0x200B, 0x200F, 0x202E, 0x2028, 0x2066, 0xFEFF, 0x3164,
        0xE000
      })
  void controls_and_marks_of_direction_are_in_hex(int point) {
    String text = "a" + Character.toString(point) + "b";
    assertThat(Shown.of(text))
        .isEqualTo(("a" + (point < 0x100 ? "\\x%02X" : "\\u%04X") + "b").formatted(point));
  }

  @Test
  void what_is_too_long_is_cut_and_says_so() {
    String longest = "x".repeat(Shown.LONGEST);
    assertThat(Shown.of(longest)).isEqualTo(longest);
    assertThat(Shown.of(longest + "y")).isEqualTo(longest + "...");
  }

  @Test
  void any_text_becomes_bounded_and_harmless() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(600); length > 0; length--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000));
      }
      String shown = Shown.of(text.toString());
      assertThat(shown.length()).as("seed %s", seed).isLessThan(6 * Shown.LONGEST + 12);
      assertThat(shown.chars().noneMatch(Character::isISOControl)).as("seed %s", seed).isTrue();
    }
  }
}
