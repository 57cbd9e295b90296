package dev.ferrule.ssl.keys;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.PrivateKey;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The place of a private key that the provider's library finds by a URI. Immutable. */
public final class StoredKey implements PrivateKey {
  /** What to do with a provider that cannot; the end of a refusal. */
  public static final String ELSEWHERE =
      "take the provider openssl, or a PrivateKey of a security provider of Java";

  /** The scheme of keys in files, which are read when the context is made. */
  public static final String FILE = "file";

  private static final long serialVersionUID = 1L;

  private final String uri;
  private final String scheme;
  private final String algorithm;
  private final transient char @Nullable [] password;

  /** {@code algorithm} is that of the public key; {@code password} is copied. */
  public StoredKey(String uri, String algorithm, char @Nullable [] password) {
    this.uri = uri;
    this.scheme = scheme(uri);
    this.algorithm = algorithm;
    this.password = password == null ? null : password.clone();
  }

  private static String scheme(String uri) {
    try {
      String scheme = new URI(uri).getScheme();
      if (scheme != null && scheme.length() > 1 && uri.indexOf(0) < 0) { // C: is a drive
        return scheme.toLowerCase(Locale.ROOT);
      }
    } catch (URISyntaxException e) {
      // It may hold a PIN, so it is not shown.
    }
    throw new SslConfigException(
        "the URI of the key is none, such as file:/etc/ssl/key.pem or pkcs11:token=web;object=key"
            + " (a space in it is %20).");
  }

  /** As the program gave it; it may hold a PIN. */
  public String uri() {
    return uri;
  }

  /** In lower case. */
  public String scheme() {
    return scheme;
  }

  /** What opens it, a copy; null for nothing. */
  public char @Nullable [] password() {
    return password == null ? null : password.clone();
  }

  /** For messages: without what stands behind the path, such as a PIN. */
  public String shown() {
    int end = uri.indexOf('?');
    String path = end < 0 ? uri : uri.substring(0, end) + "?...";
    return SafeText.of(path.replaceAll("(?i)(pin-value=)[^;&]*", "$1..."));
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public @Nullable String getFormat() {
    return null;
  }

  @Override
  public byte @Nullable [] getEncoded() {
    return null;
  }
}
