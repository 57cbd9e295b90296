package dev.ferrule.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class InboxEndTest {
  @Test
  void chores_are_taken_until_the_loop_has_let_go_of_all_that_it_had() {
    List<String> done = new ArrayList<>();
    Inbox inbox = new Inbox(new Thread(() -> {}), () -> {});
    inbox.close();
    assertThat(inbox.offer(() -> done.add("action"))).isFalse();
    assertThat(inbox.offer((Inbox.Chore) () -> done.add("chore"))).isTrue();
    Inbox.Chore left = inbox.leftChore();
    assertThat(left).isNotNull();
    left.run();
    assertThat(inbox.leftChore()).isNull();
    assertThat(inbox.offer((Inbox.Chore) () -> done.add("late"))).isFalse();
    assertThat(done).containsExactly("chore");
  }
}
