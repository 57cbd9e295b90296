package dev.ferrule.tests.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A recipe on a thread of its own. */
final class RunningRecipe implements AutoCloseable {
  private static final int LONGEST = 20; // seconds

  private final RecipeProgram program;
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();

  private RunningRecipe(RecipeProgram program) {
    this.program = program;
  }

  /** A whole program, or statements for a loop. */
  static RunningRecipe start(String name, RecipeProgram program) {
    return RecipeSource.runsLoops(Recipe.named(name))
        ? start(program, program::main)
        : start(program, () -> run(program, loop -> mainOf(program)));
  }

  /** Statements for a thread that runs no loop; what they throw of the network is told. */
  static RunningRecipe withoutLoop(RecipeProgram program) {
    return start(
        program,
        () -> {
          try {
            program.main();
          } catch (IOException e) {
            program.out.println(e.getMessage());
          }
        });
  }

  /** A fragment: {@code around} runs on the loop, and opens what the text supposes. */
  static RunningRecipe around(RecipeProgram program, Consumer<EventLoop> around) {
    return start(program, () -> run(program, around));
  }

  static void mainOf(RecipeProgram program) {
    try {
      program.main();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(RecipeProgram program, Consumer<EventLoop> main) {
    RecipeProgram.setup()
        .run(loop -> {
          program.loop = program.started(loop);
          main.accept(loop);
        });
  }

  private interface Body {
    void run() throws Exception;
  }

  private static RunningRecipe start(RecipeProgram program, Body body) {
    RunningRecipe running = new RunningRecipe(program);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            body.run();
            running.ended.complete(null);
          } catch (Throwable e) {
            running.ended.complete(e);
          }
        });
    return running;
  }

  /** The port of its server, once it listens. */
  int port() {
    awaitServer();
    return program.server.port();
  }

  void awaitServer() {
    Loops.eventually(() -> program.server != null || ended.isDone());
    assertThat(program.server).as("it ended: %s", ended.getNow(null)).isNotNull();
  }

  /** Whether its loop takes an action, and runs it. */
  void assertRunning() {
    CountDownLatch ran = new CountDownLatch(1);
    program.first().execute(ran::countDown);
    Loops.eventually(() -> ran.getCount() == 0);
  }

  String said() {
    return program.said();
  }

  /** Waits until it ends by itself; what was thrown, or null. */
  Throwable awaitEnd() {
    return ended.orTimeout(LONGEST, TimeUnit.SECONDS).join();
  }

  /** Leaves its loops; nothing may have been thrown out of them. */
  @Override
  public void close() {
    program.end();
    EventLoop first = program.first();
    if (first != null) {
      Loops.eventually(() -> hasLeft(first));
    }
    assertThat(awaitEnd()).isNull();
  }

  private static boolean hasLeft(EventLoop loop) {
    try {
      loop.group().execute(EventLoop::exit);
      return false;
    } catch (IllegalStateException e) {
      return true; // it has ended
    }
  }
}
