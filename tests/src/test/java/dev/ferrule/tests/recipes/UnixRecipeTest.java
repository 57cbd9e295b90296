package dev.ferrule.tests.recipes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The recipe with a server and a client at a Unix-domain address. */
@Timeout(180) // the first test compiles all recipes
class UnixRecipeTest {
  static final String RECIPE = "Unix-domain sockets 1";

  @TempDir private Path folder;
  private UnixDomainSocketAddress address;

  @BeforeEach
  void writeFiles() throws IOException {
    RecipeFiles.writeTo(folder);
    address = UnixDomainSocketAddress.of(folder + "/app.sock");
  }

  private RunningRecipe start() {
    RecipeProgram program = RecipeCompiler.program(RECIPE).in(folder);
    RunningRecipe running = RunningRecipe.start(RECIPE, program);
    running.awaitServer();
    return running;
  }

  private SocketChannel connectAndSay(byte[] bytes) throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    channel.write(ByteBuffer.wrap(bytes));
    return channel;
  }

  private void visit() {
    List<String> heard = new ArrayList<>();
    EventLoop.run(loop ->
        Ssl.connect(loop, address)
            .serverName("app.internal.example")
            .trust(Pki.TRUST)
            .data("a question")
            .readTimeout(Duration.ofSeconds(10))
            .onRead((socket, data) -> {
              heard.add(UTF_8.decode(data).toString());
              socket.close();
            })
            .open());
    assertThat(heard).containsExactly("a question");
  }

  @Test
  void its_client_gets_the_answer_of_its_server() {
    try (RunningRecipe running = start()) {
      Loops.eventually(() -> running.said().contains("hello"));
    }
  }

  @Test
  void it_serves_on_after_clients_that_leave_or_stall() throws IOException {
    byte[] half = Visitor.halfAHello();
    byte[] whole = Visitor.hello();
    try (RunningRecipe running = start();
        SocketChannel silent = connectAndSay(new byte[0]);
        SocketChannel stalled = connectAndSay(half)) {
      for (byte[] said : List.of(new byte[0], half, whole)) {
        connectAndSay(said).close();
        visit();
        running.assertRunning();
      }
      assertThat(silent.isOpen() && stalled.isOpen()).isTrue();
    }
  }
}
