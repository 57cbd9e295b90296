package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import java.net.SocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One step on the way through a {@link Tunnel}.
 *
 * @param whom the proxy, for the sentences of errors
 * @param secure what is put on the way to the proxy; null for plain TCP
 * @param prelude what is agreed on with the proxy, made for each connection
 */
public record Hop(String whom, @Nullable Transport secure, Supplier<Prelude> prelude)
    implements Endpoint {
  /** By HTTP CONNECT to a host and port; {@code user} and {@code password} are null for none. */
  public static Hop http(
      String whom, @Nullable Transport secure, Target target, @Nullable Secret secret) {
    return new Hop(whom, secure, () -> new HttpConnect(whom, target, secret));
  }

  /** By SOCKS5 to a host and port. */
  public static Hop socks5(
      String whom, @Nullable Transport secure, Target target, @Nullable Secret secret) {
    return new Hop(whom, secure, () -> new Socks5(whom, target, secret));
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return null;
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return null;
  }

  @Override
  public @Nullable Object attachment() {
    return null;
  }

  /** Bytes that are sent to the peer before anything else. */
  public static Hop first(byte[] header) {
    return new Hop("the server", null, () -> new HeaderFirst(header));
  }

  /** Whom a proxy shall connect to: a host's name, which it resolves, or an address. */
  public record Target(String host, int port) {}

  /** A user and a password, which no text of this object shows. */
  public static final class Secret {
    private final byte[] user;
    private final byte[] password;

    /** A user and a password in UTF-8. */
    public Secret(byte[] user, byte[] password) {
      this.user = user;
      this.password = password;
    }

    byte[] user() {
      return user;
    }

    byte[] password() {
      return password;
    }

    @Override
    public String toString() {
      return "a user and a password";
    }
  }
}
