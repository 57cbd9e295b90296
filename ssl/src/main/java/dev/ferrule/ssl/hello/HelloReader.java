package dev.ferrule.ssl.hello;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the hello messages from the unencrypted records of one direction, which may come in pieces
 * of any size, with messages split over records in any way. It does not check the handshake; that
 * is the provider's task. Used by one thread.
 *
 * <p>It never throws, and keeps no more than the hello itself, at most 64 KiB.
 */
public final class HelloReader {
  /** The progress of reading. */
  public enum Progress {
    /** More bytes are needed. What was read so far can be queried. */
    MORE,
    /** Everything was found. */
    DONE,
    /** There is no hello: the bytes are malformed, an alert, or no SSL at all. */
    NONE
  }

  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int HANDSHAKE = 22;
  private static final int RECORD_HEADER = 5;
  private static final int LONGEST_RECORD = 1 << 14;

  private static final int CLIENT_HELLO = 1;
  private static final int SERVER_HELLO = 2;
  private static final int NEW_SESSION_TICKET = 4;
  private static final int SERVER_KEY_EXCHANGE = 12;
  private static final int SERVER_HELLO_DONE = 14;
  private static final int MESSAGE_HEADER = 4;

  /** The longest hello that is read, in bytes. */
  public static final int LONGEST_HELLO = 64 * 1024;

  private static final int CURVE_BYTES = 3;
  private static final int FIRST_BODY = 1024;

  private final boolean server;
  private Progress progress = Progress.MORE;
  private @Nullable ClientHello clientHello;
  private @Nullable ServerHello serverHello;

  private long recordHeader;
  private int recordHeaderBytes;
  private int recordType;
  private int recordLeft;

  private int messageHeader;
  private int messageHeaderBytes;
  private int messageLeft;
  private byte[] body = {};
  private int bodyBytes;
  private int bodyKept;
  private boolean tooLong;
  private boolean otherMessage;

  private HelloReader(boolean server) {
    this.server = server;
  }

  /** Looks for the ClientHello in what a client sends. */
  public static HelloReader ofClient() {
    return new HelloReader(false);
  }

  /**
   * Looks for the ServerHello in what a server sends: the last one, when a HelloRetryRequest came
   * first, and in TLS 1.2 with ECDHE for the curve in ServerKeyExchange too.
   */
  public static HelloReader ofServer() {
    return new HelloReader(true);
  }

  /**
   * Reads the next bytes, from position to limit, which stay as they are. Once it has returned
   * anything but {@link Progress#MORE}, it reads no more and returns the same.
   */
  public Progress feed(ByteBuffer records) {
    int at = records.position();
    while (progress == Progress.MORE && at < records.limit()) {
      if (recordLeft == 0) {
        recordHeader = (recordHeader << 8) | (records.get(at++) & 0xFF);
        if (++recordHeaderBytes == RECORD_HEADER) {
          beginRecord();
        }
        continue;
      }
      int count = Math.min(recordLeft, records.limit() - at);
      if (recordType == HANDSHAKE) {
        handshake(records, at, count);
      }
      at += count;
      recordLeft -= count;
    }
    return progress;
  }

  /**
   * The hello in a client's first bytes, from position to limit; null while it is not whole.
   *
   * @throws SslError when there is none
   */
  public static @Nullable ClientHello hello(ByteBuffer firstBytes) {
    if (firstBytes.remaining() < PlainPeer.ENOUGH) {
      return null;
    }
    if (!PlainPeer.startsRecord(firstBytes)) {
      throw PlainPeer.notSsl(firstBytes, true);
    }
    HelloReader reader = ofClient();
    return switch (reader.feed(firstBytes)) {
      case MORE -> null;
      case DONE -> reader.clientHello();
      case NONE -> throw reader.noHello();
    };
  }

  private SslError noHello() {
    SslFailure failure =
        otherMessage
            ? SslFailure.UNEXPECTED_MESSAGE
            : tooLong ? SslFailure.MESSAGE_TOO_LONG : SslFailure.MALFORMED_MESSAGE;
    String why =
        otherMessage
            ? "it does not begin with a client's hello"
            : tooLong
                ? "its hello has more than " + LONGEST_HELLO + " bytes"
                : "its hello is malformed (RFC 8446 4.1.2)";
    return new SslError(
        Side.OURS, Stage.HELLO, null, failure, "the client was refused: " + why, null);
  }

  /** What the client offers; null while it is not known. */
  public @Nullable ClientHello clientHello() {
    return clientHello;
  }

  /** Whether the message is above {@link #LONGEST_HELLO}. */
  public boolean tooLong() {
    return tooLong;
  }

  /** Whether the first message was another one than a hello. */
  public boolean otherMessage() {
    return otherMessage;
  }

  /** What the server chose; null while it is not known. */
  public @Nullable ServerHello serverHello() {
    return serverHello;
  }

  private void beginRecord() {
    recordType = (int) (recordHeader >> 32);
    int major = (int) (recordHeader >> 24) & 0xFF;
    recordLeft = (int) recordHeader & 0xFFFF;
    recordHeader = 0;
    recordHeaderBytes = 0;
    boolean betweenMessages = messageHeaderBytes == 0;
    // A server in middlebox-compatible mode sends one after its HelloRetryRequest (RFC 8446 D.4).
    boolean skipped = recordType == CHANGE_CIPHER_SPEC && betweenMessages && retried();
    if ((recordType != HANDSHAKE && !skipped)
        || major != 3
        || recordLeft == 0
        || recordLeft > LONGEST_RECORD) {
      end();
    }
  }

  private void handshake(ByteBuffer records, int from, int count) {
    int at = from;
    while (progress == Progress.MORE && at < from + count) {
      if (messageHeaderBytes < MESSAGE_HEADER) {
        messageHeader = (messageHeader << 8) | (records.get(at++) & 0xFF);
        if (++messageHeaderBytes == MESSAGE_HEADER) {
          beginMessage();
        }
      } else {
        int part = Math.min(messageLeft, from + count - at);
        keep(records, at, part);
        at += part;
        messageLeft -= part;
      }
      if (messageHeaderBytes == MESSAGE_HEADER && messageLeft == 0) {
        endMessage();
      }
    }
  }

  private void beginMessage() {
    int type = messageHeader >>> 24;
    messageLeft = messageHeader & 0xFFFFFF;
    bodyBytes = 0;
    bodyKept = 0;
    if (serverHello == null || retried()) {
      otherMessage = type != (server ? SERVER_HELLO : CLIENT_HELLO);
      tooLong = !otherMessage && messageLeft > LONGEST_HELLO;
      if (otherMessage || tooLong) {
        end();
      }
      bodyKept = messageLeft;
    } else if (type == SERVER_KEY_EXCHANGE) {
      bodyKept = Math.min(messageLeft, CURVE_BYTES);
    } else if (type == SERVER_HELLO_DONE || type == NEW_SESSION_TICKET) {
      end();
    }
  }

  /** The array grows with the bytes received, not with the announced length. */
  private void keep(ByteBuffer records, int at, int count) {
    int kept = Math.min(count, bodyKept - bodyBytes);
    if (kept <= 0 || progress != Progress.MORE) {
      return;
    }
    if (bodyBytes + kept > body.length) {
      int size = Math.max(Math.max(2 * body.length, FIRST_BODY), bodyBytes + kept);
      body = Arrays.copyOf(body, Math.min(size, Math.max(bodyKept, body.length)));
    }
    records.get(at, body, bodyBytes, kept);
    bodyBytes += kept;
  }

  private void endMessage() {
    messageHeaderBytes = 0;
    if (progress != Progress.MORE) {
      return;
    }
    Fields message = new Fields(body, 0, bodyBytes);
    switch (messageHeader >>> 24) {
      case CLIENT_HELLO -> {
        clientHello = ClientHello.parse(message);
        end();
      }
      case SERVER_HELLO -> serverHello(ServerHello.parse(message));
      case SERVER_KEY_EXCHANGE -> {
        ServerHello hello = serverHello;
        serverHello = hello == null ? null : hello.withCurve(message);
        end();
      }
      default -> {}
    }
  }

  private void serverHello(@Nullable ServerHello hello) {
    serverHello = hello;
    if (hello == null || (!hello.retry() && !hello.curveFollows())) {
      end();
    }
  }

  private boolean retried() {
    return serverHello != null && serverHello.retry();
  }

  private void end() {
    progress = clientHello == null && serverHello == null ? Progress.NONE : Progress.DONE;
    body = new byte[0];
  }
}
