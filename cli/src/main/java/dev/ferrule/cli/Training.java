package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.ssl.Credentials;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Run once by the build, so that the JVM can record an AOT cache for the start of the tool: it runs
 * each command on loopback. Not part of the tool.
 */
final class Training {
  private static final int PATIENCE = 60; // seconds

  private Training() {}

  /**
   * Exits with 0 when all went well.
   *
   * @param args a file for certificate and key. When it is there, only a server is run that shows
   *     it; else it is made, and every command is run.
   */
  public static void main(String[] args) throws Exception {
    Path identity = Path.of(args[0]);
    if (!Files.exists(identity)) {
      write(SelfSigned.forLocalhost(), identity);
      require(run(OutputStream.nullOutputStream(), "providers"));
      require(run(OutputStream.nullOutputStream(), "demo"));
    }
    serveAndConnect("--cert", identity.toString());
    System.exit(Exit.CLEAN);
  }

  private static void serveAndConnect(String... identity) throws Exception {
    String[] serve = {"serve", "--port", "0", "--mode", "echo", identity[0], identity[1]};
    ReadyLine ready = new ReadyLine();
    CompletableFuture<Integer> served = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> served.complete(run(ready, serve)));
    String where = ready.where.get(PATIENCE, TimeUnit.SECONDS);
    String[] connect = {"connect", where, "--quiet", "--insecure", "--shutdown-after", "0s"};
    require(run(OutputStream.nullOutputStream(), connect));
    stop();
    require(served.get(PATIENCE, TimeUnit.SECONDS));
  }

  /** As SIGTERM does. */
  private static void stop() throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    signal
        .getMethod("raise", signal)
        .invoke(null, signal.getConstructor(String.class).newInstance("TERM"));
  }

  private static int run(OutputStream out, String... arguments) {
    InputStream line = new ByteArrayInputStream("a line\n".getBytes(UTF_8));
    return Main.run(new Stdio(line, out, new PrintStream(System.err, true, UTF_8)), arguments);
  }

  private static void require(int status) {
    if (status != Exit.CLEAN) {
      throw new IllegalStateException("the training run failed with " + status);
    }
  }

  private static void write(Credentials credentials, Path file)
      throws IOException, CertificateEncodingException {
    StringBuilder text = new StringBuilder();
    append(text, "CERTIFICATE", credentials.chain().getFirst().getEncoded());
    append(text, "PRIVATE KEY", credentials.key().getEncoded());
    Files.writeString(file, text);
  }

  private static void append(StringBuilder text, String what, byte[] der) {
    text.append("-----BEGIN ").append(what).append("-----\n");
    text.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
    text.append("\n-----END ").append(what).append("-----\n");
  }

  /** Finds the address in {@code READY 127.0.0.1:8443 ...}. */
  private static final class ReadyLine extends OutputStream {
    final CompletableFuture<String> where = new CompletableFuture<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public void write(int octet) {
      if (octet == '\n') {
        where.complete(line.toString(UTF_8).split(" ", -1)[1]);
      } else {
        line.write(octet);
      }
    }
  }
}
