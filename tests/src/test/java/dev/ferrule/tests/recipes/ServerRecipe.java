package dev.ferrule.tests.recipes;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.nio.file.Path;

/** The recipes that serve TCP, and what a client that means well does there. */
enum ServerRecipe {
  CLIENT_CERTIFICATES("Client certificates 1", Kind.TLS) {
    @Override
    void hear(Visitor visitor, RunningRecipe running, int before) {
      Loops.eventually(() -> told(running) > before);
    }
  },

  NAMES("Certificates by name 1", Kind.TLS),

  HELLO("Deciding on a client's hello 1", Kind.TLS),

  RELOADED("Files that are replaced while a server serves 1", Kind.TLS),

  REVOKED("Files that are replaced while a server serves 2", Kind.TLS),

  STAPLED("A stapled OCSP response 1", Kind.TLS),

  TICKETS("Sessions across processes 1", Kind.TLS),

  HALF_CLOSE("Half close 1", Kind.TLS) {
    @Override
    void ask(Visitor visitor) throws IOException {
      visitor.send(QUESTION);
      visitor.shutdownOutput();
    }

    @Override
    void hear(Visitor visitor, RunningRecipe running, int before) throws IOException {
      visitor.expect("the last word\n");
    }
  },

  BACKPRESSURE("Backpressure 1", Kind.PLAIN),

  FILE("A file 1", Kind.TLS) {
    @Override
    void hear(Visitor visitor, RunningRecipe running, int before) throws IOException {
      visitor.expect("140000 bytes\n" + "a film\n".repeat(20_000));
    }
  },

  RELAY("A relay 1", Kind.TLS) {
    @Override
    RunningRecipe start(Path folder) {
      RecipeProgram program = program(folder);
      return RunningRecipe.around(
          program,
          loop -> {
            TcpServer backend = Tcp.server(loop, "127.0.0.1", 0).onRead(TcpSocket::write).open();
            RunningRecipe.mainOf(program.to(backend.port()));
          });
    }
  },

  STARTTLS("STARTTLS, the server 1", Kind.STARTTLS),

  PLAIN_AGAIN("Back to plain text 1", Kind.TLS) {
    @Override
    void hear(Visitor visitor, RunningRecipe running, int before) throws IOException {
      visitor.expect("200 in plain text from here\n");
      visitor.unwrap();
      visitor.send(QUESTION);
      visitor.expect(QUESTION);
    }
  },

  OTHER_THREAD("From another thread 1", Kind.PLAIN) {
    @Override
    RunningRecipe start(Path folder) {
      RecipeProgram program = program(folder);
      return RunningRecipe.around(program, loop -> serve(program, loop));
    }

    private void serve(RecipeProgram program, EventLoop loop) {
      program.server =
          Tcp.server(loop, "127.0.0.1", 0)
              .onConnect(socket -> {
                RecipeProgram fragment = RecipeCompiler.program(recipe).belongsTo(program);
                fragment.socket = socket;
                RunningRecipe.mainOf(fragment);
              })
              .open();
    }

    @Override
    void hear(Visitor visitor, RunningRecipe running, int before) throws IOException {
      visitor.expect("you said " + QUESTION);
    }
  },

  VIRTUAL_THREADS("Virtual threads 1", Kind.TLS),

  MESSAGES("Messages 1", Kind.TLS) {
    @Override
    void ask(Visitor visitor) throws IOException {
      visitor.send(QUESTION + "\n");
    }

    @Override
    void hear(Visitor visitor, RunningRecipe running, int before) throws IOException {
      visitor.expect(QUESTION + "\r\n");
    }
  },

  SEVERAL_LOOPS("Several loops 1", Kind.TLS),

  CALLBACK_ERRORS("Errors in callbacks 1", Kind.PLAIN) {
    @Override
    void hear(Visitor visitor, RunningRecipe running, int before) {
      Loops.eventually(() -> told(running) > before);
    }
  },

  README("A few lines more 1", Kind.TLS);

  static final String QUESTION = "a question";

  /** What comes before the data. */
  enum Kind {
    PLAIN,
    TLS,
    STARTTLS
  }

  final String recipe;
  final Kind kind;

  ServerRecipe(String recipe, Kind kind) {
    this.recipe = recipe;
    this.kind = kind;
  }

  RunningRecipe start(Path folder) {
    return RunningRecipe.start(recipe, program(folder));
  }

  RecipeProgram program(Path folder) {
    return RecipeCompiler.program(recipe).in(folder);
  }

  /** Up to where a handshake or data begins. */
  void approach(Visitor visitor) throws IOException {
    if (kind == Kind.STARTTLS) {
      visitor.expect("+OK ready\r\n");
      visitor.send("STLS\r\n");
      visitor.expect("+OK begin TLS\r\n");
    }
  }

  /** Up to where data begins. */
  void enter(Visitor visitor) throws IOException {
    approach(visitor);
    if (kind != Kind.PLAIN) {
      visitor.secure();
    }
  }

  /** Sends what is answered. */
  void ask(Visitor visitor) throws IOException {
    visitor.send(QUESTION);
  }

  /** Checks the answer; {@code before} is what was told before the question. */
  void hear(Visitor visitor, RunningRecipe running, int before) throws IOException {
    visitor.expect(QUESTION);
  }

  /** A whole visit, which must be served. */
  final void visit(RunningRecipe running) throws IOException {
    int before = told(running);
    try (Visitor visitor = Visitor.to(running.port())) {
      enter(visitor);
      ask(visitor);
      hear(visitor, running, before);
    }
  }

  /** How often the recipe said what it says of a client that means well. */
  static int told(RunningRecipe running) {
    return (int)
        running
            .said()
            .lines()
            .filter(line -> line.contains("CN=client.example") || line.contains("a bug"))
            .count();
  }
}
