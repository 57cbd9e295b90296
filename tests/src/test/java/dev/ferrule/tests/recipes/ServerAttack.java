package dev.ferrule.tests.recipes;

import java.io.IOException;

/** What a client does that means no good, or whose network is bad. */
enum ServerAttack {
  LEAVES_AT_ONCE {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      visitor.leave();
    }
  },

  RESETS_AT_ONCE {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      visitor.reset();
    }
  },

  LEAVES_IN_THE_MIDDLE_OF_ITS_HELLO {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      recipe.approach(visitor);
      visitor.sayHalfAHello();
      visitor.leave();
    }
  },

  LEAVES_IN_THE_MIDDLE_OF_THE_HANDSHAKE {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      recipe.approach(visitor);
      visitor.sayHello();
      hearWhereAnswered(recipe, visitor);
      visitor.leave();
    }
  },

  RESETS_IN_THE_MIDDLE_OF_THE_HANDSHAKE {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      recipe.approach(visitor);
      visitor.sayHello();
      hearWhereAnswered(recipe, visitor);
      visitor.reset();
    }
  },

  SAYS_NOTHING {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) {}
  },

  STALLS_IN_THE_MIDDLE_OF_A_WORD {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      visitor.send("ST");
    }
  },

  STALLS_IN_ITS_HELLO {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      recipe.approach(visitor);
      visitor.sayHalfAHello();
    }
  },

  STALLS_IN_THE_MIDDLE_OF_A_REQUEST {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      recipe.enter(visitor);
      visitor.sendHalfARecord();
    }
  },

  STALLS_BEFORE_IT_READS_THE_ANSWER {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      recipe.enter(visitor);
      visitor.send(MUCH);
    }
  },

  CUTS_THE_CONNECTION {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      recipe.enter(visitor);
      recipe.ask(visitor);
      visitor.leave();
    }
  },

  RESETS_IN_THE_MIDDLE_OF_THE_ANSWER {
    @Override
    void on(ServerRecipe recipe, Visitor visitor) throws IOException {
      recipe.enter(visitor);
      visitor.send(MUCH);
      recipe.ask(visitor);
      visitor.reset();
    }
  };

  /** Less than the system's buffers hold, for who sends it does not read. */
  private static final String MUCH = "x".repeat(200_000);

  abstract void on(ServerRecipe recipe, Visitor visitor) throws IOException;

  private static void hearWhereAnswered(ServerRecipe recipe, Visitor visitor) throws IOException {
    if (recipe.kind != ServerRecipe.Kind.PLAIN) {
      visitor.hear();
    }
  }
}
