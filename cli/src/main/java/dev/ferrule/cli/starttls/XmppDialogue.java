package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.cli.starttls.XmlStream.Kind;
import dev.ferrule.cli.starttls.XmlStream.Tag;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** XMPP: the headers of two streams, the server's features, and proceed (RFC 6120 5.4). */
final class XmppDialogue implements Dialogue {
  private final XmlStream in = new XmlStream("server");
  private final String content;
  private final String host;
  private boolean offered;
  private boolean asked;

  /** {@code content} is the namespace of clients or of servers, {@code host} whom it asks for. */
  XmppDialogue(String content, String host) {
    this.content = content;
    this.host = host;
  }

  @Override
  public void begin(Consumer<byte[]> say) {
    String to = host.isEmpty() ? "" : Xmpp.attribute("to", host);
    say.accept(Xmpp.header(content, to).getBytes(UTF_8));
  }

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    Tag tag;
    while ((tag = in.next(data)) != null) {
      if (heard(tag, say)) {
        return true;
      }
    }
    return false;
  }

  /** Whether TLS begins. */
  private boolean heard(Tag tag, Consumer<byte[]> say) {
    boolean ends = tag.kind() != Kind.START;
    switch (tag.depth()) {
      case 0 -> stream(tag);
      case 1 -> {
        if (tag.is(Xmpp.STREAMS, "features") && ends) {
          ask(say);
        } else if (asked && tag.is(Xmpp.TLS, "failure")) {
          throw new Refused("the server refused STARTTLS");
        } else if (asked && tag.is(Xmpp.TLS, "proceed")) {
          return ends;
        }
      }
      case 2 -> {
        if (tag.namespace().equals(Xmpp.STREAM_ERRORS)) {
          throw new Refused("the server refused the stream: " + LineDialogue.shown(tag.name()));
        }
        offered |= !asked && tag.is(Xmpp.TLS, "starttls");
      }
      default -> {} // what belongs to a feature
    }
    return false;
  }

  private static void stream(Tag tag) {
    if (!tag.is(Xmpp.STREAMS, "stream")) {
      throw new Refused("the server does not speak XMPP");
    } else if (tag.kind() != Kind.START) {
      throw new Refused("the server ended the stream before TLS began");
    }
  }

  private void ask(Consumer<byte[]> say) {
    if (!offered) {
      throw new Refused("the server offers no STARTTLS");
    }
    if (!asked) {
      asked = true;
      say.accept(("<starttls xmlns='" + Xmpp.TLS + "'/>").getBytes(UTF_8));
    }
  }
}
