package dev.ferrule.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.event.TcpError;
import dev.ferrule.host.Host;
import java.io.ByteArrayOutputStream;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a SOCKS5 proxy for a connection (RFC 1928), with a user and a password (RFC 1929) if they
 * are given and it wants them. A name is sent as it is: the proxy resolves it.
 */
final class Socks5 implements Prelude {
  private static final int VERSION = 5;
  private static final int NO_AUTHENTICATION = 0;
  private static final int USER_AND_PASSWORD = 2;
  private static final byte[] NOTHING = {};

  private enum Step {
    METHOD,
    AUTHENTICATION,
    REPLY,
    NAME_LENGTH,
    BOUND_ADDRESS,
    DONE
  }

  private final String whom;
  private final Hop.Target target;
  private final Hop.@Nullable Secret secret;
  private final byte[] part = new byte[4];
  private Step step = Step.METHOD;
  private int needed = 2;
  private int have;

  Socks5(String whom, Hop.Target target, Hop.@Nullable Secret secret) {
    this.whom = whom;
    this.target = target;
    this.secret = secret;
  }

  @Override
  public String whom() {
    return whom;
  }

  @Override
  public byte[] begin() {
    return secret == null
        ? new byte[] {VERSION, 1, NO_AUTHENTICATION}
        : new byte[] {VERSION, 2, NO_AUTHENTICATION, USER_AND_PASSWORD};
  }

  @Override
  public int wants() {
    return step == Step.DONE ? 0 : needed - have;
  }

  @Override
  public byte[] hear(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (have < part.length) {
        part[have] = next; // what is behind is an address, which means nothing to a client
      }
      have++;
    }
    if (have == 1 && step == Step.METHOD && part[0] != VERSION) {
      throw noSocks();
    }
    return have == needed ? next() : NOTHING;
  }

  private byte[] next() {
    switch (step) {
      case METHOD -> {
        return method();
      }
      case AUTHENTICATION -> {
        if (part[1] != 0) {
          throw error("did not accept the user and the password");
        }
        return request();
      }
      case REPLY -> reply();
      case NAME_LENGTH -> expect(Step.BOUND_ADDRESS, (part[0] & 0xFF) + 2);
      case BOUND_ADDRESS -> expect(Step.DONE, 0);
      case DONE -> {}
    }
    return NOTHING;
  }

  private void expect(Step next, int bytes) {
    step = next;
    needed = bytes;
    have = 0;
  }

  private byte[] method() {
    if (part[0] != VERSION) {
      throw noSocks();
    }
    if (part[1] == NO_AUTHENTICATION) {
      return request();
    }
    if (part[1] == USER_AND_PASSWORD && secret != null) {
      expect(Step.AUTHENTICATION, 2);
      return credentials(secret);
    }
    throw error(
        secret == null
            ? "asks for authentication: give a user and a password"
            : "takes neither a user and a password nor a client without");
  }

  private static byte[] credentials(Hop.Secret secret) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(1); // the version of RFC 1929
    message.write(secret.user().length);
    message.writeBytes(secret.user());
    message.write(secret.password().length);
    message.writeBytes(secret.password());
    return message.toByteArray();
  }

  private byte[] request() {
    expect(Step.REPLY, 4);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {VERSION, 1, 0}); // CONNECT
    byte[] address = address();
    if (address != null) {
      message.write(address.length == 4 ? 1 : 4);
      message.writeBytes(address);
    } else {
      byte[] name = target.host().getBytes(US_ASCII);
      message.write(3);
      message.write(name.length); // 253 at most, for it is a host name
      message.writeBytes(name);
    }
    message.write(target.port() >>> 8);
    message.write(target.port());
    return message.toByteArray();
  }

  private byte @Nullable [] address() {
    try {
      Host host = Host.parse(target.host());
      return host.isName() ? null : host.address().getAddress();
    } catch (IllegalArgumentException | UnknownHostException e) {
      return null; // the proxy says what it thinks of it
    }
  }

  private void reply() {
    if (part[0] != VERSION) {
      throw noSocks();
    }
    if (part[1] != 0) {
      throw error(
          "did not connect to " + Addresses.text(target.host(), target.port()) + ": " + reason());
    }
    switch (part[3]) {
      case 1 -> expect(Step.BOUND_ADDRESS, 4 + 2);
      case 3 -> expect(Step.NAME_LENGTH, 1);
      case 4 -> expect(Step.BOUND_ADDRESS, 16 + 2);
      default -> throw error("answers with an address of no kind that SOCKS5 has");
    }
  }

  private String reason() {
    return switch (part[1]) {
      case 1 -> "general failure of the server";
      case 2 -> "its rules do not allow that";
      case 3 -> "network unreachable";
      case 4 -> "host unreachable";
      case 5 -> "connection refused";
      case 6 -> "TTL expired";
      case 7 -> "it does not know the command";
      case 8 -> "it does not know that kind of address";
      default -> "code " + (part[1] & 0xFF);
    };
  }

  private TcpError noSocks() {
    return error("does not speak SOCKS5 (is it the right port, or an HTTP proxy?)");
  }

  private TcpError error(String what) {
    return new TcpError("EPROXY", whom + " " + what, null, null);
  }
}
