package dev.ferrule.cli.check;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.ciphers.CipherTable;
import dev.ferrule.ssl.hello.PlainPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.SocketTimeoutException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a server answers to a hello, as far as it is in the clear: all of its first flight
 * before TLS 1.3 (RFC 5246 7.3), and the ServerHello since. It keeps 256 KiB at most. For one
 * thread, which it holds up.
 */
final class ServerFlight {
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int LONGEST_RECORD = (1 << 14) + 2048;
  private static final int MOST_BYTES = 256 * 1024;
  private static final int MOST_CERTIFICATES = 30;
  private static final int MOST_EXTENSIONS = 64;

  private static final int SERVER_HELLO = 2;
  private static final int CERTIFICATE = 11;
  private static final int SERVER_KEY_EXCHANGE = 12;
  private static final int CERTIFICATE_REQUEST = 13;
  private static final int SERVER_HELLO_DONE = 14;
  private static final int CERTIFICATE_STATUS = 22;

  private static final int RANDOM_BYTES = 32;
  private static final int NAMED_CURVE = 3;
  private static final int OCSP = 1;

  /** The random of a HelloRetryRequest (RFC 8446 4.1.3). */
  private static final byte[] RETRY_RANDOM =
      HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

  private final InputStream in;
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
  private int version;
  private int suite = -1;
  private int compression;
  private boolean retry;
  private boolean sessionId;
  private Set<Integer> extensions = Set.of();
  private int group = -1;
  private int dhBits;
  private int scheme = -1;
  private final List<byte[]> chain = new ArrayList<>();
  private byte @Nullable [] staple;
  private boolean asksCertificate;
  private int total;

  private final long end; // by nanoTime

  private ServerFlight(InputStream in, Duration limit) {
    this.in = in;
    this.end = System.nanoTime() + limit.toNanos();
  }

  /**
   * Reads an answer.
   *
   * @param limit for the answer as a whole; the stream has one for each read, too
   */
  static ServerAnswer read(InputStream in, Duration limit) {
    ServerFlight flight = new ServerFlight(in, limit);
    try {
      return flight.read();
    } catch (SocketTimeoutException e) {
      return flight.suite >= 0 ? flight.chosen() : new ServerAnswer.Silent();
    } catch (IOException e) {
      return flight.suite >= 0 ? flight.chosen() : new ServerAnswer.Ended(true);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return new ServerAnswer.NotTls("sends malformed handshake messages");
    }
  }

  private ServerAnswer read() throws IOException {
    while (true) {
      if (System.nanoTime() > end) {
        throw new SocketTimeoutException("the answer does not end"); // of empty records, too
      }
      byte[] header = in.readNBytes(1);
      if (header.length == 0) {
        return suite >= 0 ? chosen() : new ServerAnswer.Ended(false);
      }
      if (!PlainPeer.startsRecord(ByteBuffer.wrap(header))) {
        return plain(header);
      }
      ByteBuffer rest = ByteBuffer.wrap(exactly(4));
      int major = rest.get();
      rest.get();
      int length = Short.toUnsignedInt(rest.getShort());
      if (major != 3 || length > LONGEST_RECORD) {
        return new ServerAnswer.NotTls("sends records that are malformed");
      }
      byte[] record = exactly(length);
      total += length;
      if (total > MOST_BYTES) {
        return new ServerAnswer.NotTls(
            "sends more than " + MOST_BYTES + " bytes as a first answer");
      }
      if (header[0] == ALERT) {
        return suite >= 0
            ? chosen()
            : new ServerAnswer.Refused(length == 2 ? record[1] & 0xFF : -1);
      }
      if (header[0] == HANDSHAKE) {
        messages.writeBytes(record);
        if (handshake()) {
          return chosen();
        }
      }
    }
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      int count = in.read(bytes, at, length - at);
      if (count < 0) {
        throw new IOException("the connection ended within a record");
      }
      at += count;
      if (at < length && System.nanoTime() > end) {
        throw new SocketTimeoutException("the answer took too long");
      }
    }
    return bytes;
  }

  /** What is no TLS is told by its first line, of which more may come. */
  private ServerAnswer plain(byte[] first) throws IOException {
    byte[] start = new byte[64];
    start[0] = first[0];
    int length = 1;
    try {
      length += Math.max(0, in.read(start, 1, start.length - 1));
    } catch (SocketTimeoutException e) {
      // Then the first byte has to do.
    }
    return new ServerAnswer.NotTls(PlainPeer.describe(ByteBuffer.wrap(start, 0, length), false));
  }

  /** Takes the messages that are whole; whether the flight has ended. */
  private boolean handshake() {
    ByteBuffer all = ByteBuffer.wrap(messages.toByteArray());
    messages.reset();
    while (all.remaining() >= 4) {
      int type = all.get(all.position());
      int length = all.getInt(all.position()) & 0xFFFFFF;
      if (all.remaining() < 4 + length) {
        break;
      }
      all.position(all.position() + 4);
      ByteBuffer body = part(all, length);
      switch (type) {
        case SERVER_HELLO -> {
          hello(body);
          if (version == ClientHelloDraft.TLS_1_3) {
            return true;
          }
        }
        case CERTIFICATE -> certificates(body);
        case CERTIFICATE_STATUS -> status(body);
        case SERVER_KEY_EXCHANGE -> keyExchange(body);
        case CERTIFICATE_REQUEST -> asksCertificate = true;
        case SERVER_HELLO_DONE -> {
          return true;
        }
        default -> {}
      }
    }
    messages.write(all.array(), all.position(), all.remaining());
    return false;
  }

  private static ByteBuffer part(ByteBuffer from, int length) {
    if (length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer part = from.slice(from.position(), length);
    from.position(from.position() + length);
    return part;
  }

  private static byte[] bytes(ByteBuffer from, int length) {
    if (length > from.remaining()) {
      throw new BufferUnderflowException(); // before an array of that length is made
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private static int u8(ByteBuffer from) {
    return Byte.toUnsignedInt(from.get());
  }

  private static int u16(ByteBuffer from) {
    return Short.toUnsignedInt(from.getShort());
  }

  private static int u24(ByteBuffer from) {
    return u8(from) << 16 | u16(from);
  }

  private void hello(ByteBuffer body) {
    version = u16(body);
    retry = Arrays.equals(bytes(body, RANDOM_BYTES), RETRY_RANDOM);
    int idLength = u8(body);
    sessionId = idLength > 0;
    bytes(body, idLength);
    int chosen = u16(body);
    compression = u8(body);
    Map<Integer, byte[]> found = new TreeMap<>();
    if (body.remaining() >= 2) {
      ByteBuffer list = part(body, u16(body));
      while (list.hasRemaining()) {
        found.put(u16(list), bytes(list, u16(list)));
      }
    }
    byte[] selected = found.get(ClientHelloDraft.SUPPORTED_VERSIONS);
    if (selected != null && selected.length == 2) {
      version = u16(ByteBuffer.wrap(selected));
    }
    byte[] share = found.get(ClientHelloDraft.KEY_SHARE);
    if (share != null && share.length >= 2) {
      group = u16(ByteBuffer.wrap(share));
    }
    // An answer is kept, and a ServerHello has no more than the hello offered.
    extensions = found.keySet().stream().limit(MOST_EXTENSIONS).collect(Collectors.toSet());
    suite = chosen;
  }

  private void certificates(ByteBuffer body) {
    ByteBuffer list = part(body, u24(body));
    while (list.hasRemaining() && chain.size() < MOST_CERTIFICATES) {
      chain.add(bytes(list, u24(list)));
    }
  }

  private void status(ByteBuffer body) {
    if (u8(body) == OCSP) {
      staple = bytes(body, u24(body));
    }
  }

  /** RFC 8422 5.4, RFC 5246 7.4.3; those with a pre-shared key are not looked at. */
  private void keyExchange(ByteBuffer body) {
    CipherSuite known = CipherTable.find(suite);
    if (known == null) {
      return;
    }
    switch (known.kx()) {
      case ECDHE -> {
        if (u8(body) != NAMED_CURVE) {
          return;
        }
        group = u16(body);
        bytes(body, u8(body));
      }
      case DHE -> {
        dhBits = new BigInteger(1, bytes(body, u16(body))).bitLength();
        bytes(body, u16(body));
        bytes(body, u16(body));
      }
      default -> {
        return;
      }
    }
    if (version == ClientHelloDraft.TLS_1_2 && known.auth() != CipherSuite.Auth.NULL) {
      scheme = u16(body);
    }
  }

  private ServerAnswer.Chosen chosen() {
    return new ServerAnswer.Chosen(
        version,
        suite,
        compression,
        retry,
        sessionId,
        Set.copyOf(extensions),
        group,
        dhBits,
        scheme,
        List.copyOf(chain),
        staple == null ? List.of() : List.of(staple),
        asksCertificate);
  }
}
