package dev.ferrule.ssl.spi;

import dev.ferrule.ssl.SslSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An implementation of SSL; found with {@link java.util.ServiceLoader}. */
public interface SslProvider {
  /** The name that programs choose it by, such as {@code jdk}. */
  String name();

  /** The best available provider is the default: the higher, the better. The JDK's is 0. */
  int rank();

  /** The library that it uses and its version, for people. */
  String version();

  /** Why it cannot be used here, in one sentence; null when it can. */
  @Nullable String unavailable();

  /** Whether it can do that, here and now; what it cannot is refused where it is asked for. */
  boolean can(Capability what);

  /** The key exchange groups that it has, if available, by IANA's names, the preferred first. */
  List<String> groups();

  /**
   * The signature schemes that it has, by IANA's names, the preferred first; empty where they
   * cannot be chosen.
   */
  List<String> signatureSchemes();

  /**
   * Makes a factory of wires with these settings.
   *
   * @throws dev.ferrule.ssl.SslConfigException when it cannot honour one of them
   */
  WireFactory open(SslSettings settings);

  /**
   * Makes a factory of wires with a context that the program made, whose settings then apply.
   *
   * @throws dev.ferrule.ssl.SslConfigException when this provider does not take contexts of its
   *     class
   */
  WireFactory adopt(Object context, boolean server);
}
