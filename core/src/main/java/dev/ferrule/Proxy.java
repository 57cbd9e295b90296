package dev.ferrule;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.connection.Addresses;
import dev.ferrule.connection.Hop;
import dev.ferrule.connection.Transport;
import dev.ferrule.host.Host;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that a client goes through, see {@link ClientSetup#through}. Immutable, for any thread;
 * it holds a copy of the password, which no text of it shows. cl-async has nothing like it.
 */
public class Proxy {
  private static final int LONGEST_SECRET = 255; // RFC 1929 2

  private enum Kind {
    HTTP,
    SOCKS5
  }

  private final Kind kind;
  private final String host;
  private final int port;
  private final @Nullable Transport secure;
  private final Hop.@Nullable Secret secret;

  private Proxy(
      Kind kind, String host, int port, @Nullable Transport secure, Hop.@Nullable Secret secret) {
    if (host.isBlank()) {
      throw new IllegalArgumentException("the host of a proxy must not be empty");
    }
    this.kind = kind;
    this.host = host;
    this.port = Addresses.port(port);
    this.secure = secure;
    this.secret = secret;
  }

  /** The proxy {@code plain}, spoken to over what {@code secure} makes. */
  @SuppressWarnings("exports") // what makes it the library's
  protected Proxy(Proxy plain, Transport secure) {
    this(plain.kind, plain.host, plain.port, secure, plain.secret);
  }

  /**
   * An HTTP proxy, which is asked for a tunnel by CONNECT (RFC 9110 9.3.6).
   *
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   */
  public static Proxy http(String host, int port) {
    return new Proxy(Kind.HTTP, host, port, null, null);
  }

  /**
   * A SOCKS proxy of version 5 (RFC 1928).
   *
   * @throws IllegalArgumentException when {@code port} is not from 0 to 65535
   */
  public static Proxy socks5(String host, int port) {
    return new Proxy(Kind.SOCKS5, host, port, null, null);
  }

  /**
   * The proxy of a URL: {@code http://HOST:PORT}, {@code socks5://HOST:PORT} or {@code socks5h://},
   * which mean the same, with {@code USER:PASSWORD@} in front of the host if it wants them, each
   * percent-encoded. Without a port it is 80 or 1080.
   *
   * @throws IllegalArgumentException when it is none of these
   */
  public static Proxy of(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      // Not with the cause, which repeats the URL, and that may hold a password.
      throw new IllegalArgumentException("the URL of a proxy cannot be read: " + e.getReason());
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean socks = scheme.equals("socks5") || scheme.equals("socks5h");
    if (uri.getHost() == null || !(socks || scheme.equals("http"))) {
      throw new IllegalArgumentException(
          "the URL of a proxy is http://HOST:PORT or socks5://HOST:PORT");
    }
    String host = uri.getHost().replaceAll("[\\[\\]]", "");
    int port = uri.getPort() >= 0 ? uri.getPort() : socks ? 1080 : 80;
    Proxy proxy = socks ? socks5(host, port) : http(host, port);
    String[] parts = uri.getRawUserInfo() == null ? null : uri.getRawUserInfo().split(":", 2);
    if (parts == null) {
      return proxy;
    }
    return proxy.user(decoded(parts[0]), decoded(parts.length < 2 ? "" : parts[1]).toCharArray());
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
  }

  /**
   * With a user and a password: Basic authentication (RFC 7617), or that of RFC 1929. Both go over
   * the wire as they are, to an HTTP proxy with the first request.
   *
   * @param password the caller's, who may wipe it
   * @throws IllegalArgumentException when one has more than 255 bytes in UTF-8, the user of a SOCKS
   *     proxy is empty, or that of an HTTP proxy has a colon
   */
  public Proxy user(String name, char... password) {
    ByteBuffer encoded = UTF_8.encode(CharBuffer.wrap(password));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    byte[] user = name.getBytes(UTF_8);
    if (user.length > LONGEST_SECRET || bytes.length > LONGEST_SECRET) {
      throw new IllegalArgumentException("a proxy's user and password have at most 255 bytes each");
    }
    boolean empty = kind == Kind.SOCKS5 && (user.length == 0 || bytes.length == 0);
    if (empty || (kind == Kind.HTTP && name.indexOf(':') >= 0)) {
      throw new IllegalArgumentException(
          empty
              ? "a SOCKS proxy's user and password must not be empty"
              : "the user of an HTTP proxy has no colon (RFC 7617)");
    }
    return new Proxy(kind, host, port, secure, new Hop.Secret(user, bytes));
  }

  /** The proxy's host. */
  public String host() {
    return host;
  }

  /** The proxy's port. */
  public int port() {
    return port;
  }

  /** What is done at this proxy to get to a host and port, whose name the proxy resolves. */
  final Hop hop(String to, int toPort) {
    Hop.Target target = new Hop.Target(Host.parse(to).canonical(), toPort);
    String whom = "the proxy " + this;
    return kind == Kind.HTTP
        ? Hop.http(whom, secure, target, secret)
        : Hop.socks5(whom, secure, target, secret);
  }

  @Override
  public final String toString() {
    String scheme = kind == Kind.SOCKS5 ? "socks5" : secure == null ? "http" : "https";
    return scheme + "://" + Addresses.text(host, port);
  }
}
