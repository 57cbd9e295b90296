package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.joining;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A dialogue in lines of text: a table of steps, each a command and the expected answer. */
final class LineDialogue implements Dialogue {
  private static final int MOST_LINES = 200;

  /** The answer that a step expects. */
  interface Answer {
    /** Whether {@code line} is the last one of the answer. */
    boolean ends(String line);

    /** Whether the whole answer agrees. */
    boolean agrees(List<String> lines);
  }

  /**
   * One step.
   *
   * @param command what the client says, without the end of line; empty when it only listens
   * @param answer what the server must say
   * @param refusal what another answer means
   */
  record Step(String command, Answer answer, String refusal) {}

  private final List<Step> steps;
  private final LineReader reader;
  private final boolean greetsAgain;
  private final UnaryOperator<String> forClients; // a line of the greeting
  private final List<String> lines = new ArrayList<>();
  private String greeting = "";
  private int at;

  private LineDialogue(
      LineReader reader, boolean greetsAgain, UnaryOperator<String> forClients, List<Step> steps) {
    this.reader = reader;
    this.greetsAgain = greetsAgain;
    this.forClients = forClients;
    this.steps = steps;
  }

  LineDialogue(List<Step> steps) {
    this(LineReader.of("server"), false, UnaryOperator.identity(), steps);
  }

  /** Of IMAP, whose greeting may tell what the server can do before TLS. */
  static LineDialogue imap(List<Step> steps) {
    UnaryOperator<String> forClients = LineDialogues::withoutCapabilities;
    return new LineDialogue(LineReader.of("server"), false, forClients, steps);
  }

  /** Of ManageSieve, whose lines have literals, and whose servers greet again inside TLS. */
  static LineDialogue sieve(List<Step> steps) {
    LineReader reader = LineReader.withLiterals("server");
    return new LineDialogue(reader, true, UnaryOperator.identity(), steps);
  }

  @Override
  public void begin(Consumer<byte[]> say) {
    say(say);
  }

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    while (at < steps.size()) {
      String text = reader.next(data);
      if (text == null) {
        return false;
      }
      heard(text, say);
    }
    return true;
  }

  @Override
  public byte[] greeting() {
    return greeting.getBytes(ISO_8859_1);
  }

  private void heard(String text, Consumer<byte[]> say) {
    Step step = steps.get(at);
    lines.add(text);
    if (lines.size() > MOST_LINES) {
      throw new Refused("the server's answer does not end after " + MOST_LINES + " lines");
    }
    if (!step.answer.ends(text)) {
      return;
    }
    if (!step.answer.agrees(lines)) {
      String told = text.equals(".") ? lines.getFirst() : text;
      throw new Refused(step.refusal + ": it said '" + shown(told) + "'");
    }
    if (at == 0 && step.command.isEmpty() && !greetsAgain) {
      greeting = lines.stream().map(forClients).collect(joining("\r\n", "", "\r\n"));
    }
    lines.clear();
    at++;
    if (at < steps.size()) {
      say(say);
    }
  }

  private void say(Consumer<byte[]> say) {
    String command = steps.get(at).command;
    if (!command.isEmpty()) {
      say.accept((command + "\r\n").getBytes(US_ASCII));
    }
  }

  /** A peer's text for the terminal: without control characters, and shortened. */
  static String shown(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() <= 100 ? plain : plain.substring(0, 100) + "...";
  }
}
