package dev.ferrule.ssl.hello;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Recognises the protocol of a peer that does not speak SSL by its first bytes, so that an error
 * can name it. A description quotes at most eight of the peer's bytes, in hex. Stateless.
 */
public final class PlainPeer {
  private PlainPeer() {}

  /** As many first bytes tell whether they begin a record. */
  public static final int ENOUGH = 3;

  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 24;
  private static final int LOOKED_AT = 256;
  private static final int SHOWN = 8;
  private static final int SHORTEST_METHOD = 3;

  private static final String HTTP = "speaks plain HTTP";
  private static final String POSTGRESQL = "speaks PostgreSQL's protocol, which asks for SSL first";

  private static final List<String> METHODS =
      List.of(
          "GET ",
          "POST ",
          "HEAD ",
          "PUT ",
          "DELETE ",
          "OPTIONS ",
          "CONNECT ",
          "TRACE ",
          "PATCH ",
          "PRI ",
          "PROPFIND ");

  private record Sign(String start, String description) {}

  private static final List<Sign> EITHER =
      List.of(
          new Sign("SSH-", "speaks SSH"),
          new Sign("PROXY ", "sends a PROXY protocol header before SSL"),
          new Sign("\r\n\r\n\0\r\nQUIT\n", "sends a PROXY protocol header before SSL"),
          new Sign("AMQP", "speaks plain AMQP"));

  private static final List<Sign> CLIENT =
      List.of(
          new Sign("EHLO ", "speaks plain SMTP"),
          new Sign("HELO ", "speaks plain SMTP"),
          new Sign("\0\0\0\u0008\u0004\u00D2\u0016/", POSTGRESQL));

  private static final List<Sign> SERVER =
      List.of(
          new Sign("HTTP/", HTTP),
          new Sign("<", HTTP),
          new Sign("+OK", "speaks plain POP3"),
          new Sign("* OK", "speaks plain IMAP"),
          new Sign("-ERR", "speaks plain Redis"),
          new Sign("-NOAUTH", "speaks plain Redis"),
          new Sign("-DENIED", "speaks plain Redis"));

  private static final String BODY = "This port speaks SSL/TLS: use https.\n";
  private static final String ANSWER =
      "HTTP/1.1 400 Bad Request\r\n"
          + "Connection: close\r\n"
          + "Content-Type: text/plain\r\n"
          + ("Content-Length: " + BODY.length() + "\r\n")
          + "\r\n"
          + BODY;

  /** Whether the bytes at the buffer's position begin as a record does, of a known type. */
  public static boolean startsRecord(ByteBuffer firstBytes) {
    int type = firstBytes.get(firstBytes.position());
    return type >= FIRST_TYPE && type <= LAST_TYPE;
  }

  /** The error of a peer whose first bytes are not SSL. */
  public static SslError notSsl(ByteBuffer firstBytes, boolean fromClient) {
    return new SslError(
        Side.PEER,
        Stage.HELLO,
        null,
        SslFailure.NOT_SSL,
        "the peer "
            + describe(firstBytes, fromClient)
            + ", and SSL was expected (is it the right port?)",
        null);
  }

  /**
   * What the peer does, as the part of a sentence that follows "the peer": {@code speaks plain
   * HTTP}, or {@code does not speak SSL: it starts with the bytes 41 42 43}.
   *
   * @param firstBytes from position to limit, which stay as they are
   * @param fromClient whether the peer is the client
   */
  public static String describe(ByteBuffer firstBytes, boolean fromClient) {
    String start = start(firstBytes);
    if (start.isEmpty()) {
      return "sent nothing";
    }
    if (isRecord(start)) {
      return "speaks SSL";
    }
    if (fromClient && isHttpRequest(firstBytes)) {
      return HTTP;
    }
    List<Sign> signs = new ArrayList<>(EITHER);
    signs.addAll(fromClient ? CLIENT : SERVER);
    for (Sign sign : signs) {
      if (start.startsWith(sign.start)) {
        return sign.description;
      }
    }
    String known = fromClient ? client(start) : server(start);
    return known.isEmpty() ? "does not speak SSL: it starts with the bytes " + hex(start) : known;
  }

  /** Whether a client's first bytes, three or more, begin an HTTP request. */
  public static boolean isHttpRequest(ByteBuffer firstBytes) {
    String start = start(firstBytes);
    return start.length() >= SHORTEST_METHOD
        && METHODS.stream().anyMatch(m -> start.startsWith(m) || m.startsWith(start));
  }

  /** What a server answers to plain HTTP before it closes: an error 400 that says to use https. */
  public static ByteBuffer httpAnswer() {
    return ByteBuffer.wrap(ANSWER.getBytes(US_ASCII));
  }

  /** Whether a client's first bytes, five or more, begin a hello of SSL 2.0 (RFC 5246 E.2). */
  public static boolean isSsl2Hello(ByteBuffer firstBytes) {
    return isSsl2Hello(start(firstBytes));
  }

  private static boolean isSsl2Hello(String start) {
    if (start.length() < 5 || start.charAt(0) < 0x80 || start.charAt(2) != 1) {
      return false;
    }
    char major = start.charAt(3);
    return major == 3 || (major == 0 && start.charAt(4) == 2);
  }

  /** Protocols whose first message starts with its length. */
  private static String client(String start) {
    if (isSsl2Hello(start)) {
      return "sends a hello in the form of SSL 2.0, which is not supported";
    }
    if (start.startsWith("\0\0") && start.startsWith("\0\u0003\0\0", 4)) {
      return "speaks plain PostgreSQL";
    }
    if (start.startsWith("\u0010") && start.indexOf("\0\u0004MQTT") > 0) {
      return "speaks plain MQTT";
    }
    return redisCommand(start) ? "speaks plain Redis" : "";
  }

  private static String server(String start) {
    if (start.startsWith("220 ") || start.startsWith("220-")) {
      boolean smtp = start.contains("SMTP");
      boolean ftp = start.contains("FTP");
      return smtp == ftp
          ? "speaks plain SMTP or FTP"
          : smtp ? "speaks plain SMTP" : "speaks plain FTP";
    }
    // Length (3 bytes), sequence 0, protocol 10, then the version.
    if (start.length() > 5 && start.startsWith("\0\0\n", 2) && isDigit(start.charAt(5))) {
      return "speaks plain MySQL";
    }
    return "";
  }

  /** An array of bulk strings: {@code *1\r\n$4\r\nPING}. */
  private static boolean redisCommand(String start) {
    int end = start.indexOf("\r\n$");
    return end > 1
        && start.charAt(0) == '*'
        && start.substring(1, end).chars().allMatch(c -> isDigit((char) c));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isRecord(String start) {
    char type = start.charAt(0);
    return type >= 20 && type <= 23 && start.length() > 1 && start.charAt(1) == 3;
  }

  private static String hex(String start) {
    byte[] shown = start.substring(0, Math.min(SHOWN, start.length())).getBytes(ISO_8859_1);
    return HexFormat.ofDelimiter(" ").withUpperCase().formatHex(shown);
  }

  private static String start(ByteBuffer bytes) {
    byte[] start = new byte[Math.min(LOOKED_AT, bytes.remaining())];
    bytes.get(bytes.position(), start);
    return new String(start, ISO_8859_1);
  }
}
