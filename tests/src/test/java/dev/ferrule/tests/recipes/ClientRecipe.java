package dev.ferrule.tests.recipes;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.Tcp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The recipes that connect. */
enum ClientRecipe {
  OWN_AUTHORITY("A certificate authority of your own 1", "TLSv1"),
  REVOCATION("A certificate authority of your own 3", "TLSv1"),
  CLIENT_CERTIFICATE("Client certificates 2", ""),
  ALPN("ALPN 1", "none agreed"),
  SEVERAL_ADDRESSES("Several addresses, and peers that vanish 1", "TLSv1"),

  RESUMPTION("A shared context, and resumption 2", "resumed: true") {
    @Override
    boolean closesAtAnAnswer() {
      return true;
    }
  },

  STARTTLS("STARTTLS, the client 2", "an answer") {
    @Override
    void approach(Host host) throws IOException {
      host.send("+OK ready\r\n");
      host.expect("STLS\r\n");
      host.send("+OK begin TLS\r\n");
    }
  },

  CHANNEL_BINDING("A login that is bound to its connection 1", "p=tls-server-end-point,, and 32"),
  CAPTURE("Looking into a connection 1", "are written to the capture"),

  TIME_LIMITS("Time limits 1", ""),
  APPLICATION_CONTEXT("Inside an application that has an SSLContext 1", ""),

  NETWORK_THREAD("Inside an application that has an SSLContext 2", "") {
    @Override
    boolean endsByItself() {
      return false;
    }
  },

  DIAL("Virtual threads 2", "an answer") {
    @Override
    boolean closesAtAnAnswer() {
      return true;
    }

    @Override
    RunningRecipe start(RecipeProgram program) {
      return RunningRecipe.withoutLoop(program);
    }
  },

  FUTURES("Futures 1", "an answer"),

  README_DIAL("A few lines more 4", "an answer") {
    @Override
    boolean closesAtAnAnswer() {
      return true;
    }

    @Override
    RunningRecipe start(RecipeProgram program) {
      return RunningRecipe.withoutLoop(program);
    }
  },

  README("In five lines 1", "an answer"),

  README_WRAP("A few lines more 2", "") {
    @Override
    RunningRecipe start(RecipeProgram program) {
      return RunningRecipe.around(
          program,
          loop ->
              Tcp.connect(loop, "mail.example.com", program.port)
                  .readTimeout(program.limit(30))
                  .onEvent(event -> program.out.println(event.message()))
                  .onConnect(socket -> {
                    program.plain = socket;
                    RunningRecipe.mainOf(program);
                  })
                  .open());
    }
  },

  README_STREAM("A few lines more 3", " bytes");

  static final byte[] ANSWER = "an answer".getBytes(US_ASCII);

  final String recipe;

  /** What it says of a server that answers. */
  final String success;

  ClientRecipe(String recipe, String success) {
    this.recipe = recipe;
    this.success = success;
  }

  /** The host's part of what comes before the handshake. */
  void approach(Host host) throws IOException {}

  /** Whether its loop ends with the connection. */
  boolean endsByItself() {
    return true;
  }

  /** Whether it hears nothing of what comes after the first bytes. */
  boolean closesAtAnAnswer() {
    return false;
  }

  final RunningRecipe start(Path folder, Host host, ClientAttack attack) {
    RecipeProgram program = RecipeCompiler.program(recipe).in(folder).to(host.port());
    return start(attack.stalls() ? program.waitingAtMost(Duration.ofMillis(100)) : program);
  }

  RunningRecipe start(RecipeProgram program) {
    return RunningRecipe.start(recipe, program);
  }
}
