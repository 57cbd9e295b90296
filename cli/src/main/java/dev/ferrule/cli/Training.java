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
 * Run by the build for each AOT cache, so that the JVM can record what commands load when they
 * start: it runs them on loopback. Not part of the tool.
 */
final class Training {
  private static final int PATIENCE = 60; // seconds

  private final Path identity;

  private Training(Path identity) {
    this.identity = identity;
  }

  /**
   * Exits with 0 when all went well.
   *
   * @param args the name of the cache: {@code ferrule} or {@code work}, {@code tunnel}, {@code
   *     serve}; and a file for certificate and key, which is made where it is not there
   */
  public static void main(String[] args) throws Exception {
    Training training = new Training(Path.of(args[1]));
    switch (args[0]) {
      case "ferrule" -> training.look();
      case "serve" -> training.serve(where -> {});
      case "tunnel" -> training.tunnel();
      case "work" -> training.work();
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.exit(Exit.CLEAN);
  }

  /** What a command does with a server that runs at an address. */
  private interface Visit {
    void at(String where) throws IOException;
  }

  private void look() throws Exception {
    write(SelfSigned.forLocalhost(), identity);
    require(run("providers"));
    require(run("demo"));
    serve(where -> {});
  }

  private void serve(Visit visit) throws Exception {
    ReadyLine ready = new ReadyLine();
    CompletableFuture<Integer> served =
        begin(ready, "serve", "--port", "0", "--mode", "echo", "--cert", identity.toString());
    String where = ready.where.get(PATIENCE, TimeUnit.SECONDS);
    connect(where);
    visit.at(where);
    stop();
    require(served.get(PATIENCE, TimeUnit.SECONDS));
  }

  /** Files as a service has them; its target is left to the end of the process. */
  private void tunnel() throws Exception {
    ReadyLine target = new ReadyLine();
    CompletableFuture<Integer> _ =
        begin(target, "serve", "--plain", "--port", "0", "--mode", "echo");
    Path file = identity.resolveSibling("tunnel.toml");
    Files.writeString(
        file,
        """
        [tunnel.web]
        listen = "127.0.0.1:0"
        to = "%s"
        cert = "%s"
        """
            .formatted(
                target.where.get(PATIENCE, TimeUnit.SECONDS),
                identity.toString().replace("\\", "\\\\").replace("\"", "\\\"")));
    ReadyLine ready = new ReadyLine();
    CompletableFuture<Integer> served = begin(ready, "tunnel", "--config", file.toString());
    connect(ready.where.get(PATIENCE, TimeUnit.SECONDS));
    stop();
    require(served.get(PATIENCE, TimeUnit.SECONDS));
  }

  private void work() throws Exception {
    require(run("completion"));
    String folder = Files.createDirectory(identity.resolveSibling("made")).toString();
    require(run("cert", "localhost", "--quiet", "--out", folder, "--ca-folder", folder + "/ca"));
    int explained = run("cert", "show", folder + "/localhost.pem");
    if (explained != Exit.CLEAN && explained != Exit.FAILED) {
      require(explained);
    }
    serve(where -> {
      require(run("check", where, "--quiet", "--parallel", "1"));
      require(run("bench", where, "--quiet", "--insecure", "--seconds", "1", "--warmup", "0"));
    });
  }

  private static void connect(String where) {
    require(run("connect", where, "--quiet", "--insecure", "--shutdown-after", "0s"));
  }

  private static CompletableFuture<Integer> begin(ReadyLine out, String... arguments) {
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    Runnable command =
        () -> {
          int status = run(out, arguments);
          ended.complete(status);
          out.where.completeExceptionally(new IOException("not ready, but ended with " + status));
        };
    Thread.ofPlatform().daemon().start(command);
    return ended;
  }

  /** As SIGTERM does. */
  private static void stop() throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    signal
        .getMethod("raise", signal)
        .invoke(null, signal.getConstructor(String.class).newInstance("TERM"));
  }

  private static int run(String... arguments) {
    return run(OutputStream.nullOutputStream(), arguments);
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
