package dev.ferrule.ssl;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Where trusted issuers come from, for a setup that has several: {@code trust(TrustSource.system(),
 * TrustSource.file(path))}. Their order does not matter. Immutable.
 */
public sealed interface TrustSource {
  /** The store of the system, which is that of the JDK. */
  record SystemStore() implements TrustSource {}

  /**
   * A file, or a folder of files, as {@link SslSetup#trust(Path)} takes it.
   *
   * @param path read when the setup is opened or built
   */
  record FileOrFolder(Path path) implements TrustSource {}

  /**
   * Certificates that were loaded before.
   *
   * @param issuers the certificates
   */
  record Certificates(List<X509Certificate> issuers) implements TrustSource {
    /** Copies the list. */
    public Certificates {
      issuers = List.copyOf(issuers);
    }
  }

  /** The store of the system. */
  static TrustSource system() {
    return new SystemStore();
  }

  /** A file, or a folder of files. */
  static TrustSource file(Path fileOrFolder) {
    return new FileOrFolder(fileOrFolder);
  }

  /** These certificates. */
  static TrustSource certificates(List<X509Certificate> issuers) {
    return new Certificates(issuers);
  }
}
