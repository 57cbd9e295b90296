package dev.ferrule.cli.check;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.hello.Codes;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * The signature schemes of TLS 1.3, where the signature is encrypted: a handshake for each, by the
 * JDK's provider, which takes a choice. Those that it does not know are not asked.
 *
 * @param names by IANA's names
 * @param sessions of the handshakes, with the certificates that they showed
 */
record Schemes13(List<String> names, List<SslSession> sessions) {
  static final Schemes13 NONE = new Schemes13(List.of(), List.of());

  static Schemes13 of(Encrypted encrypted, ExecutorService threads) {
    Map<Integer, Future<Encrypted.Outcome>> outcomes = new TreeMap<>();
    for (int scheme : Codes.knownSchemes()) {
      if (Codes.scheme(scheme).startsWith("rsa_pkcs1")) {
        continue; // of certificates only, in TLS 1.3
      }
      try {
        SslContext context =
            Encrypted.context(ssl ->
                ssl.provider("jdk").minProtocol(Protocol.TLS_1_3).signatureSchemes(with(scheme)));
        outcomes.put(scheme, threads.submit(() -> encrypted.handshake(context)));
      } catch (SslConfigException e) {
        // The provider does not have it.
      }
    }
    List<String> names = new ArrayList<>();
    List<SslSession> sessions = new ArrayList<>();
    outcomes.forEach((scheme, future) -> {
      SslSession session = Tasks.result(future).session();
      if (session != null && fits(scheme, session)) {
        names.add(Codes.scheme(scheme));
        sessions.add(session);
      }
    });
    return new Schemes13(List.copyOf(names), List.copyOf(sessions));
  }

  /**
   * The scheme, and others that cannot sign a handshake of TLS 1.3 with the same kind of key, but
   * the certificates of the server, which may be signed by another kind (RFC 8446 4.2.3).
   */
  private static String[] with(int scheme) {
    String name = Codes.scheme(scheme);
    Stream<String> others = Stream.of("rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512");
    if (name.startsWith("rsa")) {
      others = Stream.concat(others, Stream.of("ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384"));
    }
    return Stream.concat(Stream.of(name), others).distinct().toArray(String[]::new);
  }

  /** Whether the certificate is of the scheme's kind, so that no other scheme was used. */
  private static boolean fits(int scheme, SslSession session) {
    boolean rsa = Codes.scheme(scheme).startsWith("rsa");
    return !session.peerChain().isEmpty()
        && session.peerChain().getFirst().getPublicKey() instanceof RSAKey == rsa;
  }
}
