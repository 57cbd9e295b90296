package dev.ferrule.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class InboxEndTest {
  private final List<String> done = new ArrayList<>();
  private final Inbox inbox = new Inbox(new Thread(() -> {}), () -> {});

  @Test
  void what_has_to_be_done_is_taken_until_the_loop_has_let_go_of_all_that_it_had() {
    inbox.close();
    assertThat(inbox.offerUntilReleased(() -> done.add("chore"))).isTrue();
    Inbox.Chore left = inbox.leftChore();
    assertThat(left).isNotNull();
    left.run();
    assertThat(inbox.leftChore()).isNull();
    assertThat(inbox.offerUntilReleased(() -> done.add("late"))).isFalse();
    assertThat(done).containsExactly("chore");
  }

  @Test
  void what_can_go_elsewhere_is_refused_as_soon_as_the_loop_ends() {
    assertThat(inbox.offer((Inbox.Chore) () -> done.add("in time"))).isTrue();
    inbox.close();
    assertThat(inbox.offer((Inbox.Chore) () -> done.add("chore"))).isFalse();
    assertThat(inbox.offer(() -> done.add("action"))).isFalse();
    Inbox.Chore left = inbox.leftChore();
    assertThat(left).isNotNull();
    left.run();
    assertThat(inbox.leftChore()).isNull();
    assertThat(done).containsExactly("in time");
  }
}
