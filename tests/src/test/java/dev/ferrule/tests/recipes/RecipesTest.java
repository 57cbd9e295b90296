package dev.ferrule.tests.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Timer;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All recipes are compiled, and each is run by a test; those without a peer here. */
@Timeout(180) // the first test compiles all recipes
class RecipesTest {
  private static final String LEFT_OUT = "A certificate authority of your own 2";
  private static final String NOTIFIER = "From another thread 2";
  private static final String STREAM = "A stream of events 1";
  private static final String SUM = "Several loops 2";

  @Test
  void every_block_of_the_pages_is_run_by_a_test() {
    List<String> run =
        new ArrayList<>(
            List.of(LEFT_OUT, NOTIFIER, STREAM, SUM, UnixRecipeTest.RECIPE, PoolRecipeTest.RECIPE));
    Stream.of(ServerRecipe.values()).forEach(recipe -> run.add(recipe.recipe));
    Stream.of(ClientRecipe.values()).forEach(recipe -> run.add(recipe.recipe));
    assertThat(Recipe.all().stream().filter(recipe -> !recipe.isMethod()).map(Recipe::name))
        .containsExactlyInAnyOrderElementsOf(run);
  }

  @Test
  void what_is_left_out_of_a_trusted_folder_is_told(@TempDir Path folder) throws IOException {
    Path trusted = RecipeFiles.writeTo(Files.createDirectory(folder.resolve("trusted")));
    Files.createFile(trusted.resolve("empty.pem"));
    RecipeProgram program = RecipeCompiler.program(LEFT_OUT).in(folder);
    RunningRecipe.mainOf(program);
    assertThat(program.said().lines()).singleElement().asString().contains("empty.pem is empty");
  }

  @Test
  void a_notifier_keeps_the_loop_running_until_it_is_triggered() {
    RecipeProgram program = RecipeCompiler.program(NOTIFIER);
    try (RunningRecipe running = RunningRecipe.start(NOTIFIER, program)) {
      assertThat(running.awaitEnd()).isNull();
      assertThat(running.said().strip()).isEqualTo("the file is written");
    }
  }

  @Test
  void handshakes_that_fail_are_heard_while_the_program_runs() {
    RecipeProgram program = RecipeCompiler.program(STREAM);
    Loops.run(loop -> {
      program.loop = loop;
      RunningRecipe.mainOf(program);
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0).credentials(Pki.LOCAL).onEvent(event -> {}).open();
      Ssl.connect(loop, "127.0.0.1", server.port()).onEvent(event -> {}).open(); // trusts others
      Timer[] looking = new Timer[1];
      looking[0] =
          loop.interval(
              Duration.ofMillis(20),
              () -> {
                if (program.said().contains("failed its handshake: ")) {
                  looking[0].cancel();
                  server.close();
                }
              });
    });
    assertThat(program.said()).contains("127.0.0.1:");
  }

  @Test
  void the_sum_over_all_loops_is_asked_for() {
    RecipeProgram program = RecipeCompiler.program(SUM);
    Loops.run(loop -> {
      program.loop = loop;
      RunningRecipe.mainOf(program);
    });
  }
}
