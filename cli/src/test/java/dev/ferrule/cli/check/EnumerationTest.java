package dev.ferrule.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EnumerationTest {
  /** A server that takes some numbers, by its own order or by its client's. */
  private record Model(List<Integer> takes, boolean ownOrder) {
    ServerAnswer answer(List<Integer> offered) {
      List<Integer> first = ownOrder ? takes : offered;
      List<Integer> second = ownOrder ? offered : takes;
      return first.stream()
          .filter(second::contains)
          .findFirst()
          .map(EnumerationTest::chosen)
          .orElseGet(() -> new ServerAnswer.Refused(40));
    }
  }

  private static ServerAnswer chosen(int suite) {
    return new ServerAnswer.Chosen(
        0x0303, suite, 0, false, false, Set.of(), -1, 0, -1, List.of(), List.of(), false);
  }

  @Property(tries = 300)
  void what_a_server_takes_is_found_in_its_order(
      @ForAll long seed, @ForAll @IntRange(max = 300) int many, @ForAll boolean ownOrder) {
    Random random = new Random(seed);
    List<Integer> candidates = new ArrayList<>(IntStream.range(0, many).boxed().toList());
    Collections.shuffle(candidates, random);
    List<Integer> takes =
        new ArrayList<>(candidates.stream().filter(_ -> random.nextInt(4) == 0).toList());
    Collections.shuffle(takes, random);
    Model server = new Model(takes, ownOrder);
    Enumeration found = Enumeration.of(candidates, server::answer, ServerAnswer.Chosen::suite);
    assertThat(found.taken()).containsExactlyInAnyOrderElementsOf(takes);
    assertThat(found.serverOrder()).isEqualTo(ownOrder && takes.size() > 1);
    if (ownOrder) {
      assertThat(found.taken()).isEqualTo(takes);
    }
    assertThat(found.answers()).hasSameSizeAs(found.taken());
  }

  @Test
  void a_server_that_chooses_what_was_not_offered_is_asked_once() {
    List<List<Integer>> asked = new ArrayList<>();
    Enumeration found =
        Enumeration.of(
            List.of(1, 2, 3),
            offered -> {
              asked.add(offered);
              return chosen(9);
            },
            ServerAnswer.Chosen::suite);
    assertThat(found.taken()).isEmpty();
    assertThat(asked).hasSize(1);
  }
}
