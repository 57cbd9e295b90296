package dev.ferrule.tests.interop;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.tests.Pki;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** openssl s_client or s_server: what is fed to it goes to Ferrule, what comes is printed. */
final class OpensslPeer implements Peer {
  private static final AtomicInteger SESSIONS = new AtomicInteger();

  private final boolean server;
  private final List<String> command;
  private final Path session = Pki.file("session-" + SESSIONS.incrementAndGet() + ".pem");
  private Program program;

  OpensslPeer(Terms terms, boolean server, int port) {
    this.server = server;
    command = new ArrayList<>(List.of("openssl", server ? "s_server" : "s_client"));
    command.add(terms.protocol() == Protocol.TLS_1_3 ? "-tls1_3" : "-tls1_2");
    command.addAll(List.of("-CAfile", Pki.trustFile().toString(), "-verify_return_error"));
    command.addAll(List.of("-alpn", ALPN));
    if (terms.suite() != null) {
      command.addAll(List.of("-ciphersuites", terms.suite()));
    }
    if (server) {
      command.addAll(List.of("-accept", "127.0.0.1:" + port, "-tlsextdebug"));
    } else {
      command.addAll(List.of("-connect", "127.0.0.1:" + port, "-sess_out", session.toString()));
      command.addAll(List.of("-servername", "localhost", "-verify_hostname", "localhost"));
    }
    if (server && terms.clientAuth()) {
      command.addAll(List.of("-Verify", "2"));
    }
    if (server || terms.clientAuth()) {
      Pki.Identity identity = server ? Pki.server(terms.key()) : Pki.client(terms.key());
      command.addAll(List.of("-cert", identity.chain().toString()));
      command.addAll(List.of("-key", identity.key().toString()));
    }
    program = Program.start(command);
  }

  @Override
  public Matcher report(Pattern line) {
    return program.await(line);
  }

  @Override
  public void send(String line) {
    program.feed(line);
  }

  @Override
  public void expect(String line) {
    report(Pattern.compile(Pattern.quote(line) + "$"));
  }

  @Override
  public void answer(int bytes) {
    throw new UnsupportedOperationException("openssl sends lines");
  }

  @Override
  public void shutDown() {
    throw new UnsupportedOperationException("openssl reads nothing after its end");
  }

  @Override
  public int readAll() {
    throw new UnsupportedOperationException("openssl does not count");
  }

  @Override
  public void hangUp() {
    if (!server) {
      program.endInput();
      program.exitCode();
    }
  }

  @Override
  public void again() {
    if (!server) {
      program.close();
      List<String> next = new ArrayList<>(command);
      if (Files.exists(session)) {
        next.addAll(List.of("-sess_in", session.toString()));
        session.toFile().deleteOnExit();
      }
      program = Program.start(next);
    }
  }

  @Override
  public Pattern says(Fact fact) {
    return Pattern.compile(
        switch (fact) {
          case RESUMED -> server ? "^Reused session-id" : "^Reused, TLSv1";
          case ALPN_AGREED -> (server ? "ALPN protocols selected: " : "ALPN protocol: ") + ALPN;
          case NAME_ASKED -> "TLS client extension \"server name\"";
          case CLIENT_SHOWN -> "depth=0 CN ?= ?client.example";
        });
  }

  @Override
  public void close() {
    program.close();
  }
}
