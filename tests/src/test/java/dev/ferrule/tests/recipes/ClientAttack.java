package dev.ferrule.tests.recipes;

import java.io.IOException;
import java.util.regex.Pattern;

/** What a server does that is broken, overloaded or far away. */
enum ClientAttack {
  LEAVES_AT_ONCE("(closed|ended) the connection") {
    @Override
    void on(ClientRecipe recipe, Host host) throws IOException {
      host.leave();
    }
  },

  RESETS_AT_ONCE("reset") {
    @Override
    void on(ClientRecipe recipe, Host host) throws IOException {
      host.reset();
    }
  },

  LEAVES_IN_THE_MIDDLE_OF_THE_HANDSHAKE("in the middle of the handshake") {
    @Override
    void on(ClientRecipe recipe, Host host) throws IOException {
      recipe.approach(host);
      host.sayHalfAHello();
      host.leave();
    }
  },

  RESETS_IN_THE_MIDDLE_OF_THE_HANDSHAKE("reset") {
    @Override
    void on(ClientRecipe recipe, Host host) throws IOException {
      recipe.approach(host);
      host.sayHalfAHello();
      host.reset();
    }
  },

  CUTS_THE_CONNECTION("without close_notify") {
    @Override
    void on(ClientRecipe recipe, Host host) throws IOException {
      recipe.approach(host);
      host.secure();
      host.leave();
    }
  },

  RESETS_IN_THE_MIDDLE_OF_THE_ANSWER("reset") {
    @Override
    void on(ClientRecipe recipe, Host host) throws IOException {
      recipe.approach(host);
      host.secure();
      host.send("half an ans");
      host.reset();
    }
  },

  STALLS_AT_ONCE("0\\.1 s") {
    @Override
    void on(ClientRecipe recipe, Host host) {}
  },

  STALLS_IN_THE_MIDDLE_OF_THE_HANDSHAKE("0\\.1 s") {
    @Override
    void on(ClientRecipe recipe, Host host) throws IOException {
      recipe.approach(host);
      host.sayHalfAHello();
    }
  },

  STALLS_BEFORE_THE_ANSWER("0\\.1 s") {
    @Override
    void on(ClientRecipe recipe, Host host) throws IOException {
      recipe.approach(host);
      host.secure();
    }
  },

  ANSWERS_AND_ENDS("ended the connection cleanly") {
    @Override
    void on(ClientRecipe recipe, Host host) throws IOException {
      recipe.approach(host);
      host.secure();
      host.send(ClientRecipe.ANSWER);
      host.end();
    }
  };

  /** What the client says of it; of a peer that stalls, the limit that came first. */
  final Pattern told;

  ClientAttack(String told) {
    this.told = Pattern.compile(told);
  }

  abstract void on(ClientRecipe recipe, Host host) throws IOException;

  boolean comesWithAnAnswer() {
    return this == RESETS_IN_THE_MIDDLE_OF_THE_ANSWER || this == ANSWERS_AND_ENDS;
  }

  boolean stalls() {
    return name().startsWith("STALLS");
  }
}
