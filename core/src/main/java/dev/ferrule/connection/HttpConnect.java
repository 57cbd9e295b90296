package dev.ferrule.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.event.TcpError;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks an HTTP proxy for a tunnel by CONNECT (RFC 9110 9.3.6), with Basic authentication (RFC 7617)
 * if a user is given. The answer is read up to its empty line and not a byte further.
 */
final class HttpConnect implements Prelude {
  private static final int LONGEST = 16 * 1024;
  private static final int LONGEST_REASON = 80;
  private static final Pattern STATUS =
      Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: ([^\\r\\n]*))?\\r?\\n");
  private static final byte[] NOTHING = {};

  private final String whom;
  private final Hop.Target target;
  private final Hop.@Nullable Secret secret;
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream(256);
  private int ending; // bytes of the empty line that were read: CR LF CR LF, or LF LF
  private boolean done;

  HttpConnect(String whom, Hop.Target target, Hop.@Nullable Secret secret) {
    this.whom = whom;
    this.target = target;
    this.secret = secret;
  }

  @Override
  public String whom() {
    return whom;
  }

  @Override
  public byte[] begin() {
    String authority = Addresses.text(target.host(), target.port());
    String request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    return (request + authorization() + "\r\n").getBytes(US_ASCII);
  }

  private String authorization() {
    if (secret == null) {
      return "";
    }
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(secret.user());
    both.write(':');
    both.writeBytes(secret.password());
    String encoded = Base64.getEncoder().encodeToString(both.toByteArray());
    return "Proxy-Authorization: Basic " + encoded + "\r\n";
  }

  /** No more than what is missing of the empty line, which ends the answer. */
  @Override
  public int wants() {
    return done ? 0 : Math.max(1, 2 - ending);
  }

  @Override
  public byte[] hear(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      answer.write(next);
      if (next == '\n') {
        ending++;
      } else if (next != '\r') {
        ending = 0;
      }
      if (ending == 2) {
        done = true;
        judge(answer.toString(ISO_8859_1));
      }
    }
    if (!done && !couldBeHttp()) {
      throw error("does not speak HTTP (is it the right port, or a SOCKS proxy?)");
    }
    if (answer.size() > LONGEST) {
      throw error("answers with more than " + LONGEST + " bytes of header");
    }
    return NOTHING;
  }

  private boolean couldBeHttp() {
    String head = "HTTP/1.";
    int known = Math.min(head.length(), answer.size());
    if (answer.size() > head.length() + 1) {
      return true; // it was looked at before
    }
    return answer.toString(ISO_8859_1).startsWith(head.substring(0, known));
  }

  private void judge(String text) {
    Matcher status = STATUS.matcher(text);
    if (!status.lookingAt()) {
      throw error("does not answer as HTTP does");
    }
    int code = Integer.parseInt(status.group(1));
    if (code == 407) {
      throw error(
          secret == null
              ? "asks for authentication (407): give a user and a password"
              : "did not accept the user and the password (407)" + onlyOtherSchemes(text));
    }
    if (code < 200 || code > 299) {
      String reason = status.group(2);
      throw error(
          "did not connect to "
              + target.host()
              + ":"
              + target.port()
              + ": "
              + code
              + (reason == null || reason.isBlank() ? "" : " " + shown(reason)));
    }
  }

  private static String onlyOtherSchemes(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    boolean basic = Pattern.compile("\nproxy-authenticate:[^\n]*\\bbasic\\b").matcher(lower).find();
    return basic || !lower.contains("\nproxy-authenticate:") ? "" : ": it does not take Basic";
  }

  /** A proxy's words, without what a terminal would not show as such. */
  private static String shown(String text) {
    String plain = text.replaceAll("[^ -~]", "?");
    return plain.length() <= LONGEST_REASON ? plain : plain.substring(0, LONGEST_REASON) + "...";
  }

  private TcpError error(String what) {
    return new TcpError("EPROXY", whom + " " + what, null, null);
  }
}
