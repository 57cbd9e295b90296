package dev.ferrule.openssl;

import dev.ferrule.host.SafeText;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The providers of OpenSSL (provider(7)) that a system property names, such as {@code fips,base}:
 * then no other is loaded, and with {@code fips} nothing is taken that is not approved (property
 * query {@code fips=yes}). They hold for the whole process, and are loaded once. Any thread.
 */
final class NamedProviders {
  /** The system property with the names, separated by commas. */
  static final String NAMES = "dev.ferrule.openssl.providers";

  private static final String FIPS = "fips";
  private static final List<String> NAMED =
      Arrays.stream(System.getProperty(NAMES, "").split(",", -1))
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .toList();

  private static final @Nullable String PROBLEM = NAMED.isEmpty() ? null : load();

  private NamedProviders() {}

  /** Whether there are any: then all of TLS stays in OpenSSL. */
  static boolean areChosen() {
    return !NAMED.isEmpty();
  }

  /** Why they cannot be used; null when they can, or none is named. */
  static @Nullable String problem() {
    return PROBLEM;
  }

  private static @Nullable String load() {
    if (Library.problem() != null) {
      return null; // which is told instead
    }
    for (String name : NAMED) {
      // OSSL_PROVIDER *OSSL_PROVIDER_load(OSSL_LIB_CTX *, const char *name)
      if (call("OSSL_PROVIDER_load", name) == 0) {
        return "OpenSSL's provider '"
            + SafeText.of(name)
            + "', which the system property "
            + NAMES
            + " names, cannot be loaded ("
            + ErrorQueue.words()
            + "): is it installed, and configured where it needs that (fips_module(7))?";
      }
    }
    // int EVP_set_default_properties(OSSL_LIB_CTX *libctx, const char *propq)
    if (NAMED.contains(FIPS) && (int) call("EVP_set_default_properties", "fips=yes") != 1) {
      return "OpenSSL does not take the property query fips=yes: " + ErrorQueue.words();
    }
    // const SSL_METHOD *TLS_method(void)
    long method = Calls.call(Calls.of("TLS_method"));
    // SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
    long context = Calls.call(Calls.of("SSL_CTX_new"), method);
    if (context == 0) {
      return "OpenSSL cannot speak TLS by the providers " + NAMED + ": " + ErrorQueue.words();
    }
    // void SSL_CTX_free(SSL_CTX *)
    Calls.call(Calls.of("SSL_CTX_free"), context);
    return null;
  }

  private static long call(String function, String text) {
    MethodHandle handle = Calls.of(function);
    try (Arena arena = Arena.ofConfined()) {
      return Calls.call(handle, 0, arena.allocateFrom(text).address());
    }
  }
}
