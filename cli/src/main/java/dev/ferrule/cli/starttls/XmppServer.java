package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.cli.starttls.XmlStream.Kind;
import dev.ferrule.cli.starttls.XmlStream.Tag;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * XMPP's stream up to proceed (RFC 6120 5.4). Inside TLS the client begins another stream, with the
 * target.
 */
final class XmppServer implements ServerDialogue {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String FEATURES =
      "<stream:features><starttls xmlns='"
          + Xmpp.TLS
          + "'><required/></starttls></stream:features>";

  private final XmlStream in = new XmlStream("client");
  private final String content;

  /** {@code content} is the namespace of clients or of servers. */
  XmppServer(String content) {
    this.content = content;
  }

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    Tag tag;
    while ((tag = in.next(data)) != null) {
      if (tag.depth() == 0) {
        stream(tag, say);
      } else if (tag.depth() != 1 || !tag.is(Xmpp.TLS, "starttls")) {
        say(say, condition("policy-violation") + "</stream:stream>");
        throw new Refused("the client did not ask for TLS");
      } else if (tag.kind() != Kind.START) {
        say(say, "<proceed xmlns='" + Xmpp.TLS + "'/>");
        return true;
      }
    }
    return false;
  }

  private void stream(Tag tag, Consumer<byte[]> say) {
    if (!tag.is(Xmpp.STREAMS, "stream")) {
      throw new Refused("the client does not speak XMPP");
    } else if (tag.kind() != Kind.START) {
      say(say, "</stream:stream>");
      throw new Refused("the client left before TLS began");
    }
    byte[] id = new byte[12];
    RANDOM.nextBytes(id);
    String more = Xmpp.attribute("id", HexFormat.of().formatHex(id));
    String to = tag.attributes().get("to");
    if (to != null && to.matches("[\\p{L}\\p{N}.:\\[\\]_-]{1,255}")) {
      more += Xmpp.attribute("from", to);
    }
    say(say, Xmpp.header(content, more) + FEATURES);
  }

  private static String condition(String name) {
    return "<stream:error><" + name + " xmlns='" + Xmpp.STREAM_ERRORS + "'/></stream:error>";
  }

  private static void say(Consumer<byte[]> say, String text) {
    say.accept(text.getBytes(UTF_8));
  }
}
