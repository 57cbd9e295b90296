package dev.ferrule.ssl.library;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.ClientRule;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.SslVerifier;
import dev.ferrule.ssl.TrustedCertificate;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which servers may resume each other's sessions, as the library's session id context. Ticket keys
 * may be shared by servers of different hosts, or which ask clients for different certificates: a
 * session must not bring its client past the check of another server.
 */
public final class SessionScope {
  /**
   * What a program's own judgement is cannot be told from outside: only the same object is alike.
   */
  private static final Map<SslVerifier, String> JUDGES =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final MessageDigest digest = sha256();

  private SessionScope() {}

  /**
   * 32 bytes, the same for servers whose certificates name the same hosts, and that check clients
   * alike.
   *
   * @throws GeneralSecurityException when a trusted certificate or a list has no encoding
   */
  public static byte[] of(SslSettings settings) throws GeneralSecurityException {
    SessionScope scope = new SessionScope();
    Credentials shown = settings.credentials();
    scope.add(List.of("ferrule"));
    scope.add(shown == null ? List.of() : names(shown.chain().getFirst()));
    scope.add(List.of(settings.clientAuth().toString()));
    if (settings.clientAuth() != ClientAuth.NONE) {
      scope.add(settings.options().stream().map(Enum::name).toList());
      scope.add(anchors(settings.trust()));
      scope.add(List.of("system trust " + settings.systemTrust()));
      scope.add(revoked(settings.crls()));
      scope.add(settings.clientRules().stream().map(ClientRule::toString).toList());
      SslVerifier judge = settings.verifier();
      scope.add(
          judge == null
              ? List.of()
              : List.of(JUDGES.computeIfAbsent(judge, _ -> UUID.randomUUID().toString())));
    }
    return scope.digest.digest();
  }

  /** In an order of their own, each with its end, so that no two lists look alike. */
  private void add(Collection<String> words) {
    for (String word : new TreeSet<>(words)) {
      digest.update(word.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    digest.update((byte) 1);
  }

  private static Collection<String> anchors(@Nullable List<TrustedCertificate> trusted)
      throws CertificateEncodingException {
    List<String> all = new ArrayList<>();
    for (TrustedCertificate each : trusted == null ? List.<TrustedCertificate>of() : trusted) {
      String der = HexFormat.of().formatHex(each.certificate().getEncoded());
      all.add(der + new TreeSet<>(each.trusted()) + new TreeSet<>(each.rejected()));
    }
    return all;
  }

  private static Collection<String> revoked(SslSettings.Crls crls) throws CRLException {
    List<String> all = new ArrayList<>();
    all.add("strict " + crls.strict());
    for (X509CRL list : crls.lists()) {
      all.add(HexFormat.of().formatHex(sha256().digest(list.getEncoded())));
    }
    return all;
  }

  private static Collection<String> names(X509Certificate certificate) {
    try {
      var names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of(certificate.getSubjectX500Principal().getName())
          : names.stream().map(name -> name.getFirst() + ":" + text(name.get(1))).toList();
    } catch (CertificateParsingException e) {
      return List.of(certificate.getSubjectX500Principal().getName());
    }
  }

  private static String text(Object name) {
    return name instanceof byte[] der ? HexFormat.of().formatHex(der) : name.toString();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
