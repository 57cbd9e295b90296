package dev.ferrule.ssl.hello;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the extensions of a client's hello say (RFC 8446 4.2), while they are read and after. */
final class Extensions {
  static final int SERVER_NAME = 0;
  static final int ALPN = 16;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int SESSION_TICKET = 35;
  private static final int PRE_SHARED_KEY = 41;
  private static final int EARLY_DATA = 42;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;

  private static final int[] NONE = {};
  private static final int LONGEST_HOST_NAME = 255;

  int[] types = new int[16];
  int count;
  int[] versions = NONE;
  int[] groups = NONE;
  int[] schemes = NONE;
  List<String> alpn = List.of();
  byte[] firstAlpn = {}; // as it came
  @Nullable String serverName;
  boolean earlyData;
  boolean preSharedKey;
  boolean ticket;
  private @Nullable Fields shares;
  private @Nullable Fields keys;
  private long seen;
  private boolean good = true;

  /** Whether nothing was malformed. */
  boolean good() {
    return good;
  }

  void read(Fields extensions) {
    while (extensions.hasMore()) {
      int type = extensions.u16();
      Fields body = extensions.part(extensions.u16());
      if (count == types.length) {
        types = Arrays.copyOf(types, 2 * count);
      }
      types[count++] = type;
      good &= !repeated(type) && extension(type, body);
    }
    good &= extensions.ended();
  }

  /** Only of types below 64, among them all that are read here. */
  private boolean repeated(int type) {
    long bit = type < Long.SIZE ? 1L << type : 0;
    boolean again = (seen & bit) != 0;
    seen |= bit;
    return again;
  }

  private boolean extension(int type, Fields body) {
    switch (type) {
      case SERVER_NAME -> serverName = hostName(body);
      case SUPPORTED_GROUPS -> groups = list(body, body.u16());
      case SIGNATURE_ALGORITHMS -> schemes = list(body, body.u16());
      case SUPPORTED_VERSIONS -> versions = list(body, body.u8());
      case ALPN -> alpn = protocols(body);
      case KEY_SHARE -> {
        shares = body;
        return true;
      }
      case EARLY_DATA -> {
        earlyData = true;
        return true;
      }
      case PRE_SHARED_KEY -> {
        preSharedKey = true;
        keys = body;
        return true;
      }
      case SESSION_TICKET -> {
        ticket = body.hasMore();
        return true;
      }
      default -> {
        return true;
      }
    }
    return body.ended();
  }

  /** A list of codes, which must fill the extension. */
  private static int[] list(Fields body, int length) {
    Fields list = body.part(length);
    int[] codes = list.codes();
    if (codes.length == 0 || !list.ended()) {
      body.reject();
    }
    return codes;
  }

  private static String hostName(Fields body) {
    Fields names = body.part(body.u16());
    int type = names.u8();
    int length = names.u16();
    String name = names.part(length).text();
    if (type != 0 || length == 0 || length > LONGEST_HOST_NAME || !names.ended()) {
      body.reject();
    }
    return name;
  }

  private List<String> protocols(Fields body) {
    List<String> protocols = new ArrayList<>();
    Fields names = body.part(body.u16());
    while (names.hasMore()) {
      int length = names.u8();
      Fields name = names.part(length);
      if (protocols.isEmpty()) {
        firstAlpn = name.bytes();
      }
      protocols.add(name.text());
      if (length == 0) {
        names.reject();
      }
    }
    if (protocols.isEmpty() || !names.ended()) {
      body.reject();
    }
    return List.copyOf(protocols);
  }

  /** The groups of the key shares; of malformed ones those before the fault. */
  int[] shares() {
    Fields entries = shares;
    if (entries == null) {
      return NONE;
    }
    Fields list = entries.copy();
    list = list.part(list.u16());
    int[] groups = new int[8];
    int n = 0;
    while (list.hasMore()) {
      if (n == groups.length) {
        groups = Arrays.copyOf(groups, 2 * n);
      }
      groups[n++] = list.u16();
      list.skip(list.u16());
    }
    return Arrays.copyOf(groups, n);
  }

  /**
   * The identities of pre-shared keys that have no more bytes than {@code longest}, the first
   * {@code most} of them; of a malformed list those before the fault.
   */
  List<byte[]> identities(int most, int longest) {
    List<byte[]> identities = new ArrayList<>();
    Fields body = keys;
    if (body == null) {
      return identities;
    }
    Fields list = body.copy();
    list = list.part(list.u16());
    while (list.hasMore() && identities.size() < most) {
      Fields identity = list.part(list.u16());
      list.skip(4); // the age of a ticket
      int length = identity.left();
      if (list.good() && length > 0 && length <= longest) {
        identities.add(identity.bytes());
      }
    }
    return identities;
  }
}
