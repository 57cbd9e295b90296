package dev.ferrule.boringssl;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What the program still has to answer in a task of a handshake, until that is abandoned. The task
 * and the loop use it.
 */
final class AwaitedAnswer {
  private volatile @Nullable Future<?> answer;
  private volatile boolean abandoned;

  /** In the task, which then waits for it. */
  void is(Future<?> awaited) {
    answer = awaited;
    if (abandoned) {
      awaited.cancel(false);
    }
  }

  /** On the loop: nobody wants the result of the task. */
  void abandon() {
    abandoned = true;
    Future<?> awaited = answer;
    if (awaited != null) {
      awaited.cancel(false);
    }
  }
}
