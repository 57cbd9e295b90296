package dev.ferrule.tests.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.tests.Pki;
import dev.ferrule.tests.interop.Peer.Terms;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The other implementations of TLS that Ferrule is tried with. */
enum PeerKind {
  OPENSSL("openssl"),
  PYTHON("python3"),
  NODE("node"),
  GO("go"),
  JDK("");

  private final String program;

  PeerKind(String program) {
    this.program = program;
  }

  /** Skips the test, and says why, when the program is missing. */
  void assumeHere() {
    assumeTrue(
        program.isEmpty() || (this == GO ? GoProgram.isHere() : Program.exists(program)),
        () -> program + " is not installed here");
  }

  Peer client(Terms terms, int port) {
    return start(terms, false, port);
  }

  Peer server(Terms terms) {
    return start(terms, true, 0);
  }

  private Peer start(Terms terms, boolean server, int port) {
    return switch (this) {
      case OPENSSL -> new OpensslPeer(terms, server, port);
      case PYTHON -> new ScriptPeer(Program.start(command("peer.py", terms, server, port)));
      case NODE -> new ScriptPeer(Program.start(command("peer.js", terms, server, port)));
      case GO -> new ScriptPeer(Program.start(command("peer.go", terms, server, port)));
      case JDK -> JdkPeer.start(terms, server, port);
    };
  }

  private List<String> command(String script, Terms terms, boolean server, int port) {
    Pki.Identity shown = terms.shown(server);
    List<String> command = new ArrayList<>();
    command.addAll(
        this == GO ? List.of(GoProgram.of(resource(script))) : List.of(program, resource(script)));
    command.addAll(List.of(server ? "server" : "client", Integer.toString(port)));
    command.addAll(List.of(terms.protocol().toString(), Pki.trustFile().toString()));
    command.add(shown == null ? "-" : shown.chain().toString());
    command.add(shown == null ? "-" : shown.key().toString());
    command.addAll(List.of(Peer.ALPN, terms.clientAuth() ? "yes" : "no"));
    return command;
  }

  static String resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(PeerKind.class.getResource(name)).toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
