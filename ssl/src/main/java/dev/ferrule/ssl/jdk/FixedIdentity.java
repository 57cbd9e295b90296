package dev.ferrule.ssl.jdk;

import dev.ferrule.ssl.Credentials;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A key manager with one certificate and key, which it presents whenever a key of that type is
 * requested.
 */
final class FixedIdentity extends X509ExtendedKeyManager {
  private static final String ALIAS = "identity";

  private final X509Certificate[] chain;
  private final PrivateKey key;
  private final Set<String> keyTypes;

  FixedIdentity(Credentials credentials) {
    this.chain = credentials.chain().toArray(X509Certificate[]::new);
    this.key = credentials.key();
    this.keyTypes = keyTypes(credentials.chain());
  }

  /** The names that the JDK uses for this type of key. */
  private static Set<String> keyTypes(List<X509Certificate> chain) {
    String algorithm = chain.get(0).getPublicKey().getAlgorithm();
    return switch (algorithm) {
      case "EC" -> Set.of("EC", "EC_EC", "EC_RSA");
      case "RSA" -> Set.of("RSA", "RSASSA-PSS");
      case "EdDSA", "Ed25519", "Ed448" -> Set.of("EdDSA", "Ed25519", "Ed448");
      default -> Set.of(algorithm);
    };
  }

  private @Nullable String alias(String... asked) {
    return Arrays.stream(asked).anyMatch(keyTypes::contains) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  private String @Nullable [] aliases(String keyType) {
    return alias(keyType) == null ? null : new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return chain.clone();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return key;
  }
}
