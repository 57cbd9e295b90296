package dev.ferrule.tests.recipes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each server of docs/recipes.md serves on, whatever its clients do. */
@Timeout(180) // the first test compiles all recipes
class ServerRecipesTest {
  @TempDir private static Path folder;

  @BeforeAll
  static void writeFiles() throws IOException {
    RecipeFiles.writeTo(folder);
  }

  @ParameterizedTest
  @EnumSource
  void it_serves_on_after_every_attack(ServerRecipe recipe) throws IOException {
    Deque<Visitor> attackers = new ArrayDeque<>(); // those that stall stay to the end
    try (RunningRecipe running = recipe.start(folder)) {
      recipe.visit(running);
      for (ServerAttack attack : ServerAttack.values()) {
        Visitor attacker = Visitor.to(running.port());
        attackers.add(attacker);
        attack.on(recipe, attacker);
        recipe.visit(running);
        running.assertRunning();
      }
    } finally {
      for (Visitor attacker : attackers) {
        attacker.close();
      }
    }
  }
}
