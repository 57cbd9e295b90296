package dev.ferrule.cli.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page for people: one file, which asks for {@code /status.json} and nothing else. Its policy
 * lets in the style and the script of this file alone, by their digests.
 */
final class StatusPage {
  private final byte[] html;
  private final String policy;

  private StatusPage(byte[] html, String policy) {
    this.html = html;
    this.policy = policy;
  }

  static StatusPage load(Observed.Kind kind) {
    try (InputStream in = StatusPage.class.getResourceAsStream("status.html")) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks status.html");
      }
      String text = new String(in.readAllBytes(), UTF_8);
      if (kind == Observed.Kind.SERVER) {
        text = text.replace(">ferrule tunnel<", ">ferrule serve<").replace(">Tunnels<", ">Server<");
      }
      return new StatusPage(
          text.getBytes(UTF_8),
          "default-src 'none'; connect-src 'self'; img-src data:; style-src "
              + digest(text, "style")
              + "; script-src "
              + digest(text, "script")
              + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(String text, String element) {
    int from = text.indexOf("<" + element + ">") + element.length() + 2;
    String content = text.substring(from, text.indexOf("</" + element + ">", from));
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Not to be changed. */
  byte[] html() {
    return html;
  }

  /** The value of its header {@code Content-Security-Policy}. */
  String policy() {
    return policy;
  }
}
