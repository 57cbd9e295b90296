package dev.ferrule.tests.interop;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A peer that is told by lines on its input what to do: peer.py, peer.js and {@link JdkPeer}. */
final class ScriptPeer implements Peer {
  private final java.util.function.Function<Pattern, Matcher> report;
  private final Consumer<String> tell;
  private final Runnable end;

  ScriptPeer(Program program) {
    this(program::await, program::feed, program::close);
  }

  ScriptPeer(
      java.util.function.Function<Pattern, Matcher> report, Consumer<String> tell, Runnable end) {
    this.report = report;
    this.tell = tell;
    this.end = end;
  }

  @Override
  public Matcher report(Pattern line) {
    return report.apply(line);
  }

  @Override
  public void tell(String command) {
    tell.accept(command);
  }

  @Override
  public void send(String line) {
    tell.accept("SEND " + line);
  }

  @Override
  public void expect(String line) {
    tell.accept("READ");
    report(Pattern.compile("^GOT " + Pattern.quote(line) + "$"));
  }

  @Override
  public void answer(int bytes) {
    tell.accept("ANSWER " + bytes);
  }

  @Override
  public void shutDown() {
    tell.accept("SHUT");
  }

  @Override
  public int readAll() {
    tell.accept("ALL");
    return Integer.parseInt(report(Pattern.compile("^ALL (\\d+)$")).group(1));
  }

  @Override
  public void hangUp() {
    tell.accept("CLOSE");
  }

  @Override
  public void again() {
    tell.accept("AGAIN");
  }

  @Override
  public Pattern says(Fact fact) {
    return Pattern.compile(
        switch (fact) {
          case RESUMED -> "^SECURE .*resumed=true";
          case ALPN_AGREED -> "^SECURE .*alpn=" + ALPN;
          case NAME_ASKED -> "^SECURE .*name=localhost";
          case CLIENT_SHOWN -> "^SECURE .*peer=client.example";
        });
  }

  @Override
  public void close() {
    end.run();
  }
}
