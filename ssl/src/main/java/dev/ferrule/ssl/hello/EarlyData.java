package dev.ferrule.ssl.hello;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's announcement of early data (RFC 8446 4.2.10), with the groups of its key shares.
 * Immutable.
 *
 * @param groups the groups that it offers, by IANA's names
 * @param shares those of them with a key share
 */
public record EarlyData(List<String> groups, List<String> shares) {
  private static final int HEADERS = 5 + 4; // of the record and of the message
  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int EARLY_DATA = 42;
  private static final int KEY_SHARE = 51;

  /**
   * Looks at the record at the buffer's position, which stays as it is.
   *
   * @param length of the record
   * @return null when it is no whole hello, or announces none
   */
  public static @Nullable EarlyData announced(ByteBuffer in, int length) {
    byte[] record = new byte[length];
    in.get(in.position(), record);
    if (ClientHello.read(ByteBuffer.wrap(record)) == null) {
      return null;
    }
    Fields hello = new Fields(record, HEADERS, length);
    hello.skip(VERSION_AND_RANDOM);
    hello.skip(hello.u8());
    hello.skip(hello.u16());
    hello.skip(hello.u8());
    Fields extensions = hello.part(hello.u16());
    boolean announced = false;
    List<String> groups = List.of();
    List<String> shares = new ArrayList<>();
    while (extensions.hasMore()) {
      int type = extensions.u16();
      Fields body = extensions.part(extensions.u16());
      switch (type) {
        case EARLY_DATA -> announced = true;
        case SUPPORTED_GROUPS -> groups = Codes.groups(body.part(body.u16()).codes());
        case KEY_SHARE -> {
          Fields entries = body.part(body.u16());
          while (entries.hasMore()) {
            shares.add(Codes.group(entries.u16()));
            entries.skip(entries.u16());
          }
        }
        default -> {}
      }
    }
    return announced ? new EarlyData(groups, List.copyOf(shares)) : null;
  }
}
