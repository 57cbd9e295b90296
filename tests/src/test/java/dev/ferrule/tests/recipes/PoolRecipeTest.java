package dev.ferrule.tests.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pool of docs/recipes.md, against a server that resets connections. */
@Timeout(180) // the first test compiles all recipes
class PoolRecipeTest {
  static final String RECIPE = "A pool for many threads 2";

  @TempDir private static Path folder;

  @BeforeAll
  static void writeFiles() throws IOException {
    RecipeFiles.writeTo(folder);
  }

  /** Sends lines back, but for so many, at which it resets the connection. */
  private static final class Server {
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private int faults;
    private int seen;
    private volatile EventLoop loop;

    Server(int faults) {
      this.faults = faults;
    }

    void run() {
      EventLoop.run(own -> {
        loop = own;
        port.complete(
            Ssl.server(own, "127.0.0.1", 0)
                .credentials(RecipeFiles.SERVER.credentials())
                .onConnect(this::resetSome)
                .onRead(this::answer)
                .onEvent(event -> {})
                .open()
                .port());
      });
    }

    private void resetSome(TcpSocket socket) {
      if (faults > 0 && ++seen % 3 == 0) {
        faults--;
        socket.abort();
      }
    }

    private void answer(TcpSocket socket, ByteBuffer data) {
      resetSome(socket);
      if (!socket.isClosed()) {
        socket.write(data);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void each_thread_gets_the_answer_to_its_question(int faults) {
    Server server = new Server(faults);
    Thread serving = Thread.ofPlatform().daemon().start(server::run);
    RecipeProgram program = RecipeCompiler.program(RECIPE).in(folder).to(server.port.join());
    RunningRecipe running = RunningRecipe.withoutLoop(program);
    assertThat(running.awaitEnd()).isNull();
    server.loop.execute(server.loop::exit);
    Set<String> questions = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      questions.add("question " + i);
    }
    assertThat(program.said().lines()).containsExactlyInAnyOrderElementsOf(questions);
    assertThat(serving).isNotNull();
  }
}
