package dev.ferrule.cli;

import dev.ferrule.cli.cert.CertificateDraft;
import dev.ferrule.cli.cert.KeyKind;
import dev.ferrule.cli.cert.SubjectName;
import dev.ferrule.ssl.Credentials;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A throw-away certificate for this machine, good for 30 days and never stored. */
final class SelfSigned {
  private static final Duration LIFE = Duration.ofDays(30);

  private SelfSigned() {}

  /** A new key, with a certificate of its own for localhost, 127.0.0.1 and ::1. */
  static Credentials forLocalhost() {
    try {
      KeyPair keys = KeyKind.EC_P256.generate();
      List<SubjectName> names =
          Stream.of("localhost", "127.0.0.1", "::1").map(SubjectName::parse).toList();
      X509Certificate certificate =
          CertificateDraft.of("", "localhost", keys.getPublic(), Instant.now(), LIFE)
              .names(names)
              .signedByItself(keys.getPrivate());
      return Credentials.of(keys.getPrivate(), List.of(certificate));
    } catch (GeneralSecurityException e) {
      throw new ToolError(Exit.FAILED, "this JDK cannot make a certificate: " + e.getMessage(), e);
    }
  }
}
