package dev.ferrule.boringssl;

import dev.ferrule.ssl.SslConfigException;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.util.ArrayList;
import java.util.List;

/** Key exchange groups, by IANA's names; the library has older names for curves. Any thread. */
final class Groups {
  /**
   * The preferred first. A client sends a key share of the first, and of the first that is not
   * post-quantum.
   */
  private static final List<String> KNOWN =
      List.of("X25519MLKEM768", "x25519", "secp256r1", "secp384r1", "secp521r1");

  private Groups() {}

  /** Asked once, when the library is loaded. */
  private static final class Had {
    static final List<String> NAMES = ask();

    private static List<String> ask() {
      List<String> had = new ArrayList<>();
      long context = 0;
      try {
        context = SSLContext.make(SSL.SSL_PROTOCOL_ALL, SSL.SSL_MODE_CLIENT);
        for (String name : KNOWN) {
          if (SSLContext.setCurvesList(context, library(name))) {
            had.add(name);
          }
        }
      } catch (Exception e) {
        throw new SslConfigException("BoringSSL does not start: " + e.getMessage(), e);
      } finally {
        SSL.clearError(); // of names that were refused
        if (context != 0) {
          SSLContext.free(context);
        }
      }
      return List.copyOf(had);
    }
  }

  /** Those that the library has. It must have been loaded. */
  static List<String> had() {
    return Had.NAMES;
  }

  /** Makes a context offer and take these, all of which the library has. */
  static void choose(long context, List<String> names) {
    String[] own = names.stream().map(Groups::library).toArray(String[]::new);
    if (!SSLContext.setCurvesList(context, own)) {
      SSL.clearError();
      throw new SslConfigException("BoringSSL refused the key exchange groups " + names);
    }
  }

  private static String library(String name) {
    return switch (name) {
      case "x25519" -> "X25519";
      case "secp256r1" -> "P-256";
      case "secp384r1" -> "P-384";
      case "secp521r1" -> "P-521";
      default -> name;
    };
  }
}
