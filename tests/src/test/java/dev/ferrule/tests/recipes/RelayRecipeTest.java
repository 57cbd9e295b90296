package dev.ferrule.tests.recipes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The relay of docs/recipes.md, attacked from behind; from the front see ServerRecipesTest. */
@Timeout(180) // the first test compiles all recipes
class RelayRecipeTest {
  private static final ServerRecipe RELAY = ServerRecipe.RELAY;

  /** Stands for an end that is none in TLS. */
  private static final String CUT = " (cut)";

  @TempDir private static Path folder;

  @BeforeAll
  static void writeFiles() throws IOException {
    RecipeFiles.writeTo(folder);
  }

  /** What a backend does, and what the client behind the relay gets of it. */
  enum Backend {
    LEAVES_AT_ONCE(""),
    RESETS_AT_ONCE(CUT),
    LEAVES_IN_THE_MIDDLE_OF_THE_ANSWER("half an ans"),
    RESETS_IN_THE_MIDDLE_OF_THE_ANSWER("half an ans" + CUT),
    STALLS(CUT),
    STALLS_IN_THE_MIDDLE_OF_THE_ANSWER("half an ans" + CUT);

    final String heard;

    Backend(String heard) {
      this.heard = heard;
    }

    void serve(Host host) throws IOException {
      if (heard.startsWith("half")) {
        host.expect(ServerRecipe.QUESTION);
        host.send("half an ans");
      }
      if (name().startsWith("LEAVES")) {
        host.leave();
      } else if (name().startsWith("RESETS")) {
        host.reset();
      }
    }
  }

  /** A host that is as {@code backend} says to its first client. */
  private static Host host(Backend backend) throws IOException {
    AtomicBoolean attacked = new AtomicBoolean();
    return Host.start(connection -> {
      if (attacked.compareAndSet(false, true)) {
        backend.serve(connection);
      } else {
        connection.echo();
      }
    });
  }

  /** What is answered, and how it ends. The JDK's sockets do not tell a cut from an end. */
  private static String answer(int port) {
    StringBuilder heard = new StringBuilder();
    EventLoop.run(loop ->
        Ssl.connect(loop, "127.0.0.1", port)
            .trust(Pki.TRUST)
            .data(ServerRecipe.QUESTION)
            .readTimeout(Duration.ofSeconds(10))
            .onRead((socket, data) -> heard.append(US_ASCII.decode(data)))
            .onEvent(event -> {
              if (event instanceof SslTruncated || event instanceof TcpReset) {
                heard.append(CUT);
              } else if (event instanceof EventError) {
                heard.append(event.message());
              }
            })
            .open());
    return heard.toString();
  }

  @ParameterizedTest
  @EnumSource
  void a_client_hears_what_its_backend_does_and_the_next_is_served(Backend backend)
      throws IOException {
    RecipeProgram program = RELAY.program(folder);
    if (backend.name().startsWith("STALLS")) {
      program.waitingAtMost(Duration.ofSeconds(1));
    }
    try (Host host = host(backend);
        RunningRecipe running = RunningRecipe.start(RELAY.recipe, program.to(host.port()))) {
      assertThat(answer(running.port())).isEqualTo(backend.heard);
      RELAY.visit(running);
    }
  }

  @Test
  void a_backend_that_is_not_there_is_a_cut() throws IOException {
    RecipeProgram program = RELAY.program(folder).to(Ports.refusing());
    try (RunningRecipe running = RunningRecipe.start(RELAY.recipe, program)) {
      assertThat(answer(running.port())).isEqualTo(CUT);
      running.assertRunning();
    }
  }
}
