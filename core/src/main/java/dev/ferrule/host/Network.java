package dev.ferrule.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Addresses with a common prefix, such as {@code 10.0.0.0/8}; or one address. */
public final class Network {
  private final byte[] address;
  private final int prefix;

  private Network(byte[] address, int prefix) {
    this.address = address;
    this.prefix = prefix;
  }

  /**
   * An address, or one with the length of a prefix behind a slash.
   *
   * @throws IllegalArgumentException when it is neither, or bits behind the prefix are set
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    InetAddress base;
    try {
      base = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a network is written as 10.0.0.0/8 or 2001:db8::/32, not as '" + text + "'", e);
    }
    byte[] bytes = base.getAddress();
    int bits = slash < 0 ? 8 * bytes.length : bits(text, slash, 8 * bytes.length);
    for (int i = bits; i < 8 * bytes.length; i++) {
      if (bit(bytes, i)) {
        throw new IllegalArgumentException(
            "the network " + text + " has bits behind its prefix of " + bits);
      }
    }
    return new Network(bytes, bits);
  }

  private static int bits(String text, int slash, int most) {
    String digits = text.substring(slash + 1);
    int bits = digits.matches("\\d{1,3}") ? Integer.parseInt(digits) : -1;
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException(
          "the prefix of the network " + text + " is a number from 0 to " + most);
    }
    return bits;
  }

  private static boolean bit(byte[] bytes, int at) {
    return (bytes[at / 8] >> (7 - at % 8) & 1) != 0;
  }

  /** Whether it has {@code candidate}; never a Unix-domain address. */
  public boolean has(@Nullable SocketAddress candidate) {
    if (!(candidate instanceof InetSocketAddress inet) || inet.isUnresolved()) {
      return false;
    }
    byte[] other = inet.getAddress().getAddress();
    if (other.length != address.length) {
      return false;
    }
    for (int i = 0; i < prefix; i++) {
      if (bit(other, i) != bit(address, i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return Arrays.toString(address) + "/" + prefix;
  }
}
