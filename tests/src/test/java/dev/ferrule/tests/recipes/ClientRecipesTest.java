package dev.ferrule.tests.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each client of docs/recipes.md ends and says why, whatever its server does. */
@Timeout(180) // the first test compiles all recipes
class ClientRecipesTest {
  @TempDir private static Path folder;

  @BeforeAll
  static void writeFiles() throws IOException {
    RecipeFiles.writeTo(folder);
  }

  private static Stream<Arguments> attacked() {
    return Stream.of(ClientRecipe.values())
        .flatMap(recipe ->
            Stream.of(ClientAttack.values())
                .filter(attack -> attack != ClientAttack.ANSWERS_AND_ENDS)
                .map(attack -> Arguments.of(recipe, attack)));
  }

  private static String run(ClientRecipe recipe, ClientAttack attack) throws IOException {
    try (Host host = Host.start(connection -> attack.on(recipe, connection));
        RunningRecipe running = recipe.start(folder, host, attack)) {
      if (recipe.endsByItself()) {
        assertThat(running.awaitEnd()).isNull();
      } else {
        Loops.eventually(() -> attack.told.matcher(running.said()).find());
        running.assertRunning();
      }
      return running.said();
    }
  }

  @ParameterizedTest
  @MethodSource("attacked")
  void it_ends_and_says_why(ClientRecipe recipe, ClientAttack attack) throws IOException {
    String said = run(recipe, attack);
    if (!(recipe.closesAtAnAnswer() && attack.comesWithAnAnswer())) {
      assertThat(said).containsPattern(attack.told);
    }
  }

  @ParameterizedTest
  @EnumSource
  void it_does_what_it_says(ClientRecipe recipe) throws IOException {
    String said = run(recipe, ClientAttack.ANSWERS_AND_ENDS);
    assertThat(said).contains(recipe.success);
    if (!recipe.closesAtAnAnswer()) {
      assertThat(said).containsPattern(ClientAttack.ANSWERS_AND_ENDS.told);
    }
  }

  @Test
  void the_client_certificate_is_shown() throws IOException {
    ClientRecipe recipe = ClientRecipe.CLIENT_CERTIFICATE;
    ClientAttack none = ClientAttack.ANSWERS_AND_ENDS;
    try (Host host = Host.start(connection -> none.on(recipe, connection));
        RunningRecipe running = recipe.start(folder, host, none)) {
      assertThat(running.awaitEnd()).isNull();
      assertThat(host.client()).isEqualTo("CN=client.example");
    }
  }
}
