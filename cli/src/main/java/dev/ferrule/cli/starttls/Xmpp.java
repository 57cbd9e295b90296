package dev.ferrule.cli.starttls;

/** Namespaces of XMPP (RFC 6120), and the words that both sides have. */
final class Xmpp {
  static final String STREAMS = "http://etherx.jabber.org/streams";
  static final String TLS = "urn:ietf:params:xml:ns:xmpp-tls";
  static final String STREAM_ERRORS = "urn:ietf:params:xml:ns:xmpp-streams";

  /** Clients of a server. */
  static final String CLIENT = "jabber:client";

  /** Servers that are clients of a server. */
  static final String SERVER = "jabber:server";

  private Xmpp() {}

  /** The tag that opens a stream; {@code more} are attributes. */
  static String header(String content, String more) {
    return "<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='%s'%s version='1.0'>"
        .formatted(content, STREAMS, more);
  }

  /** An attribute, with a blank before it. */
  static String attribute(String name, String value) {
    String escaped =
        value
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("'", "&apos;")
            .replaceAll("\\p{Cntrl}", " ");
    return " " + name + "='" + escaped + "'";
  }
}
