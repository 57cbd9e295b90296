package dev.ferrule.tests.ssl;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.security.cert.X509Certificate;
import java.util.List;

/** One authority for all these tests, and what a server on loopback shows. */
final class Pki {
  static final ThrowawayCa CA = ThrowawayCa.create();
  static final List<X509Certificate> TRUST = List.of(CA.certificate());
  static final Credentials LOCAL = credentials(CA.issue("localhost", "127.0.0.1"));
  static final Credentials CLIENT = credentials(CA.request("device-7").forClient().issue());

  private Pki() {}

  static Credentials credentials(Issued issued) {
    return Credentials.of(issued.key(), issued.chain());
  }
}
