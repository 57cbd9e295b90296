package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds and loads the system's libssl, and with it the libcrypto that it was linked to; once, by
 * the first who asks. Any thread.
 */
final class Library {
  /** The system property that names the file of libssl, instead of the usual places. */
  static final String FILE = "dev.ferrule.openssl.libssl";

  /** OpenSSL 3.0.0, as OpenSSL_version_num counts. */
  private static final long OLDEST = 0x3000_0000L;

  private static final List<String> LINUX =
      List.of(
          "libssl.so.3",
          "/usr/lib/x86_64-linux-gnu/libssl.so.3",
          "/usr/lib/aarch64-linux-gnu/libssl.so.3",
          "/usr/lib64/libssl.so.3",
          "/usr/lib/libssl.so.3",
          "/usr/local/lib64/libssl.so.3",
          "/usr/local/lib/libssl.so.3");

  private static final List<String> MACOS =
      List.of(
          "/opt/homebrew/opt/openssl@3/lib/libssl.3.dylib",
          "/usr/local/opt/openssl@3/lib/libssl.3.dylib",
          "/opt/local/lib/libssl.3.dylib");

  private static final Library FOUND = find();

  private final @Nullable SymbolLookup symbols;
  private final @Nullable String problem;

  private Library(@Nullable SymbolLookup symbols, @Nullable String problem) {
    this.symbols = symbols;
    this.problem = problem;
  }

  /** Why there is none that can be used; null when there is one. */
  static @Nullable String problem() {
    return FOUND.problem;
  }

  /**
   * A function of libssl or libcrypto.
   *
   * @throws IllegalStateException when the library has no such function, or there is none
   */
  @SuppressWarnings("restricted")
  static MethodHandle function(String name, FunctionDescriptor shape) {
    SymbolLookup symbols = FOUND.symbols;
    if (symbols == null) {
      throw new IllegalStateException("there is no OpenSSL: " + FOUND.problem);
    }
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), shape);
  }

  private static Library find() {
    if (System.getProperty("java.vm.name", "").isEmpty() || JAVA_LONG.byteSize() != addressSize()) {
      return new Library(null, "this machine has no 64-bit addresses");
    }
    String given = System.getProperty(FILE);
    List<String> tried = new ArrayList<>();
    for (String place : given == null ? usual() : List.of(given)) {
      String refused = null;
      Optional<SymbolLookup> opened = open(place);
      if (opened.isPresent()) {
        refused = tooOld(opened.get());
        if (refused == null) {
          return new Library(opened.get(), null);
        }
      }
      tried.add(refused == null ? place : place + " (" + refused + ")");
    }
    return new Library(
        null,
        "OpenSSL 3.0 or later was not found; tried "
            + String.join(", ", tried)
            + (given == null ? "; the system property " + FILE + " names another file" : ""));
  }

  private static long addressSize() {
    return java.lang.foreign.ValueLayout.ADDRESS.byteSize();
  }

  private static List<String> usual() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.startsWith("linux")) {
      return LINUX;
    }
    return system.startsWith("mac") ? MACOS : List.of("libssl-3-x64.dll");
  }

  @SuppressWarnings("restricted")
  private static Optional<SymbolLookup> open(String place) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(place, Arena.global()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not there, or no library
    }
  }

  @SuppressWarnings("restricted")
  private static @Nullable String tooOld(SymbolLookup symbols) {
    // unsigned long OpenSSL_version_num(void)
    var number = symbols.find("OpenSSL_version_num");
    // int SSL_CTX_set_ciphersuites(SSL_CTX *ctx, const char *str), which is not in LibreSSL 2
    if (number.isEmpty() || symbols.find("SSL_get1_peer_certificate").isEmpty()) {
      return "older than 3.0, or another library";
    }
    try {
      MethodHandle version =
          Linker.nativeLinker().downcallHandle(number.get(), FunctionDescriptor.of(JAVA_LONG));
      long found = (long) version.invokeExact();
      return found < OLDEST ? "version number " + Long.toHexString(found) : null;
    } catch (Throwable e) {
      throw new IllegalStateException("OpenSSL does not tell its version", e);
    }
  }
}
