package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** LDAP: an extended request in BER, and its response (RFC 4511 4.12, 4.14). */
final class LdapDialogue implements Dialogue {
  private static final byte[] OID = "1.3.6.1.4.1.1466.20037".getBytes(US_ASCII);
  private static final int LONGEST = 8 * 1024;
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;
  private static final int ENUMERATED = 0x0a;
  private static final int EXTENDED_REQUEST = 0x77;
  private static final int EXTENDED_RESPONSE = 0x78;
  private static final int REQUEST_NAME = 0x80;
  private static final byte MESSAGE_ID = 1;

  private final ByteBuffer message = ByteBuffer.allocate(LONGEST);

  @Override
  public void begin(Consumer<byte[]> say) {
    ByteBuffer request = ByteBuffer.allocate(OID.length + 9);
    request.put((byte) SEQUENCE).put((byte) (OID.length + 7));
    request.put((byte) INTEGER).put((byte) 1).put(MESSAGE_ID);
    request.put((byte) EXTENDED_REQUEST).put((byte) (OID.length + 2));
    request.put((byte) REQUEST_NAME).put((byte) OID.length).put(OID);
    say.accept(request.array());
  }

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    while (data.hasRemaining()) {
      message.put(data.get());
      ByteBuffer seen = message.duplicate().flip();
      if (seen.get(0) != SEQUENCE) {
        throw new Refused("the server did not answer as an LDAP server");
      }
      int size = whole(seen);
      if (size > LONGEST) {
        throw new Refused("the server sent an LDAP message of more than " + LONGEST + " bytes");
      }
      if (size == seen.limit()) {
        requireSuccess(seen);
        return true;
      }
    }
    return false;
  }

  /** The size of the message with its header; 0 while the header is incomplete. */
  private static int whole(ByteBuffer seen) {
    if (seen.limit() < 2) {
      return 0;
    }
    int first = seen.get(1) & 0xff;
    int more = first < 0x80 ? 0 : first & 0x7f;
    if (first == 0x80 || more > 4) {
      throw new Refused("the server sent an LDAP message with a length that is none");
    }
    if (seen.limit() < 2 + more) {
      return 0;
    }
    seen.position(1);
    int length = length(seen);
    // A length of four bytes may be negative as an int.
    return length < 0 || length > LONGEST ? LONGEST + 1 : seen.position() + length;
  }

  private static void requireSuccess(ByteBuffer response) {
    try {
      response.position(1);
      length(response);
      boolean ours = tag(response, INTEGER) == 1 && response.get() == MESSAGE_ID;
      tag(response, EXTENDED_RESPONSE);
      boolean coded = tag(response, ENUMERATED) == 1;
      int code = response.get() & 0xff;
      if (!ours || !coded) {
        throw new Refused("the LDAP server answered something else than was asked");
      }
      if (code != 0) {
        skip(response); // matchedDN
        expect(response.get(), 0x04);
        byte[] text = new byte[Math.clamp(length(response), 0, response.remaining())];
        response.get(text);
        String why = LineDialogue.shown(new String(text, US_ASCII));
        throw new Refused(
            "the LDAP server refused StartTLS with result code "
                + code
                + (why.isEmpty() ? "" : ": '" + why + "'"));
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new Refused("the LDAP server's answer is damaged");
    }
  }

  private static void skip(ByteBuffer in) {
    expect(in.get(), 0x04);
    int length = length(in);
    in.position(in.position() + length);
  }

  private static int tag(ByteBuffer in, int wanted) {
    expect(in.get(), wanted);
    return length(in);
  }

  private static void expect(byte tag, int wanted) {
    if ((tag & 0xff) != wanted) {
      throw new Refused("the LDAP server answered something else than was asked");
    }
  }

  private static int length(ByteBuffer in) {
    int first = in.get() & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int left = first & 0x7f; left > 0; left--) {
      length = (length << 8) | (in.get() & 0xff);
    }
    return length;
  }
}
