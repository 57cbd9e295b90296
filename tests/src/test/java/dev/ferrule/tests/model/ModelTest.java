package dev.ferrule.tests.model;

import dev.ferrule.tests.model.Program.Kind;
import org.junit.jupiter.api.Test;

/**
 * Random programs over links that clog anywhere, compared with a model. More of them by {@code
 * -Ddev.ferrule.model.programs=1000000}; others, or one again, by {@code -Ddev.ferrule.model.seed}.
 */
final class ModelTest {
  @Test
  void programs_over_ssl_send_all_and_tell_all() {
    Programs.run(Kind.SSL, 250);
  }

  @Test
  void programs_that_wrap_send_all_and_tell_all() {
    Programs.run(Kind.WRAPPED, 250);
  }
}
