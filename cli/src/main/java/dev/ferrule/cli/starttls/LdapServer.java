package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** LDAP: an extended request in BER, and its response (RFC 4511 4.12, 4.14). */
final class LdapServer implements ServerDialogue {
  private static final byte[] OID = "1.3.6.1.4.1.1466.20037".getBytes(US_ASCII);
  private static final int LONGEST = 1024;
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;
  private static final int EXTENDED_REQUEST = 0x77;
  private static final int REQUEST_NAME = 0x80;
  private static final int CONFIDENTIALITY_REQUIRED = 13;

  private final ByteBuffer message = ByteBuffer.allocate(LONGEST);

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    while (data.hasRemaining()) {
      if (!message.hasRemaining()) {
        throw new Refused("the client sent an LDAP message of more than " + LONGEST + " bytes");
      }
      message.put(data.get());
      ByteBuffer seen = message.duplicate().flip();
      if (seen.get(0) != SEQUENCE) {
        throw new Refused("the client does not speak LDAP");
      }
      ByteBuffer body = element(seen, SEQUENCE);
      if (body != null) {
        message.clear();
        answer(body, say);
        return true;
      }
    }
    return false;
  }

  private static void answer(ByteBuffer body, Consumer<byte[]> say) {
    ByteBuffer id = body.hasRemaining() ? element(body, INTEGER) : null;
    if (id == null || !id.hasRemaining() || id.remaining() > 4) {
      throw new Refused("the client's LDAP message is damaged");
    }
    byte[] number = new byte[id.remaining()];
    id.get(number);
    if (!asksForTls(body)) {
      say.accept(response(number, CONFIDENTIALITY_REQUIRED));
      throw new Refused("the client did not ask for TLS");
    }
    say.accept(response(number, 0));
  }

  private static boolean asksForTls(ByteBuffer body) {
    ByteBuffer request = body.hasRemaining() ? element(body, EXTENDED_REQUEST) : null;
    ByteBuffer name =
        request != null && request.hasRemaining() ? element(request, REQUEST_NAME) : null;
    if (name == null) {
      return false;
    }
    byte[] oid = new byte[name.remaining()];
    name.get(oid);
    return Arrays.equals(oid, OID);
  }

  /** An extended response without a text. */
  private static byte[] response(byte[] id, int code) {
    byte[] result = {0x0a, 1, (byte) code, 0x04, 0, 0x04, 0};
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    to.write(SEQUENCE);
    to.write(2 + id.length + 2 + result.length);
    to.write(INTEGER);
    to.write(id.length);
    to.writeBytes(id);
    to.write(0x78);
    to.write(result.length);
    to.writeBytes(result);
    return to.toByteArray();
  }

  /** The content of the next element, which must have this tag; null while it is not whole. */
  private static @Nullable ByteBuffer element(ByteBuffer in, int tag) {
    if ((in.get() & 0xff) != tag || !in.hasRemaining()) {
      return null;
    }
    int length = in.get() & 0xff;
    if (length > 0x80) {
      int bytes = length & 0x7f;
      if (bytes > 4) {
        throw new Refused("the client sent an LDAP message with a length that is none");
      }
      if (in.remaining() < bytes) {
        return null;
      }
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = (length << 8) | (in.get() & 0xff);
      }
    }
    if (length < 0 || length > LONGEST) {
      throw new Refused("the client sent an LDAP message of more than " + LONGEST + " bytes");
    }
    if (in.remaining() < length) {
      return null;
    }
    ByteBuffer content = in.slice(in.position(), length);
    in.position(in.position() + length);
    return content;
  }
}
