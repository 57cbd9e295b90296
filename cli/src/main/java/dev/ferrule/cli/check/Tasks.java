package dev.ferrule.cli.check;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Results of tasks that throw nothing but what is a mistake here. */
final class Tasks {
  private Tasks() {}

  static <R> R result(Future<R> task) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException mistake) {
        throw mistake;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
