package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * s_client or s_server that is fed with bytes and keys. It notes handshake messages in a file; what
 * it says itself before and behind the bytes that it received is cut off.
 */
final class UpdatingOpenssl implements AutoCloseable {
  private static final int MUCH = 300_000;
  private static final Pattern ACCEPT = Pattern.compile("ACCEPT 127.0.0.1:(\\d+)\n");

  /** What s_server prints amid the bytes: a command was carried out, or only a message came. */
  private static final Pattern NOISE = Pattern.compile("SSL_do_handshake -> 1\n|Read BLOCK\n");

  private final Path messages;
  private final String suite;
  private final Random random = new Random(10);
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Process process;
  private boolean ended;

  UpdatingOpenssl(Path folder, String suite) {
    this.messages = folder.resolve("messages");
    this.suite = suite;
  }

  void connect(int port) {
    start("s_client", "-connect", "127.0.0.1:" + port, "-quiet", "-no_ign_eof");
  }

  int serve() {
    Pki.Identity own = Pki.server();
    start(
        "s_server",
        "-accept",
        "127.0.0.1:0",
        "-naccept",
        "1",
        "-cert",
        own.chain().toString(),
        "-key",
        own.key().toString());
    Loops.eventually(() -> ACCEPT.matcher(text()).find());
    Matcher accepts = ACCEPT.matcher(text());
    return accepts.find() ? Integer.parseInt(accepts.group(1)) : 0;
  }

  private void start(String... words) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(words));
    command.addAll(List.of("-tls1_3", "-ciphersuites", suite));
    command.addAll(List.of("-msg", "-msgfile", messages.toString()));
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().start(this::listen);
  }

  private void listen() {
    byte[] some = new byte[65_536];
    try {
      for (int n; (n = process.getInputStream().read(some)) >= 0; ) {
        synchronized (said) {
          said.write(some, 0, n);
        }
      }
    } catch (IOException e) {
      return; // it has gone: what is missing tells
    } finally {
      synchronized (said) {
        ended = true;
      }
    }
  }

  /** Sends bytes none of which is a command; answers how many were sent so far. */
  int sendMuch() {
    byte[] bytes = new byte[MUCH];
    random.nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] |= (byte) 0x80;
    }
    sent.writeBytes(bytes);
    feed(bytes);
    return sent.size();
  }

  /** A key that is typed alone: openssl takes what it reads at once as one line. */
  void press(char key) {
    feed((key + "\n").getBytes(ISO_8859_1));
  }

  private void feed(byte[] bytes) {
    try {
      process.getOutputStream().write(bytes);
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it has sent exactly so many KeyUpdates. */
  void awaitSent(int updates) {
    Loops.eventually(() -> keyUpdates(">>>") == updates);
  }

  /** Waits until it has received exactly so many KeyUpdates. */
  void awaitReceived(int updates) {
    Loops.eventually(() -> keyUpdates("<<<") == updates);
  }

  private long keyUpdates(String direction) {
    try {
      return Files.readString(messages, ISO_8859_1)
          .lines()
          .filter(line -> line.startsWith(direction) && line.contains("KeyUpdate"))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] sent() {
    return sent.toByteArray();
  }

  /** Waits for its end: {@code expected}, if that is in what it printed, or else all of that. */
  byte[] received(byte[] expected) {
    Loops.eventually(() -> {
      synchronized (said) {
        return ended;
      }
    });
    byte[] all = NOISE.matcher(text()).replaceAll("").getBytes(ISO_8859_1);
    int at = new String(all, ISO_8859_1).indexOf(new String(expected, ISO_8859_1));
    return at < 0 ? all : Arrays.copyOfRange(all, at, at + expected.length);
  }

  private String text() {
    synchronized (said) {
      return said.toString(ISO_8859_1);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
