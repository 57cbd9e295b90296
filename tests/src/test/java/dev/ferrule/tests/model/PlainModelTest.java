package dev.ferrule.tests.model;

import dev.ferrule.tests.model.Program.Kind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As {@link ModelTest}, for plain TCP: no provider has a part in it. */
@Tag("once")
final class PlainModelTest {
  @Test
  void programs_over_plain_tcp_send_all_and_tell_all() {
    Programs.run(Kind.PLAIN, 9_000);
  }
}
