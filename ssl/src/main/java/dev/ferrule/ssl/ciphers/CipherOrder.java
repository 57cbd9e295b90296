package dev.ferrule.ssl.ciphers;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.CipherSuite.Auth;
import dev.ferrule.ssl.CipherSuite.Enc;
import dev.ferrule.ssl.CipherSuite.Kx;
import dev.ferrule.ssl.CipherSuite.Mac;
import dev.ferrule.ssl.CipherSuite.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The suites while the rules of a cipher string are applied: the active ones in order of
 * preference, and the inactive ones in the order in which a rule would activate them. Not
 * thread-safe; one for each parse.
 *
 * <p>openssl-ciphers(1) documents what an operator does to active suites. The order of inactive
 * ones matters when they are activated again; it is that of OpenSSL 3.0.
 */
final class CipherOrder {
  private static final List<CipherSuite> PREFERRED = preferred();

  private final List<CipherSuite> active = new ArrayList<>();
  private final List<CipherSuite> inactive;

  private CipherOrder(List<CipherSuite> inactive) {
    this.inactive = new ArrayList<>(inactive);
  }

  /** The suites of SSL 3.0 to TLS 1.2, all inactive, in OpenSSL's order of preference. */
  static CipherOrder upToTls12() {
    return new CipherOrder(PREFERRED);
  }

  /** The suites of TLS 1.3; OpenSSL's three default suites are active. */
  static CipherOrder tls13() {
    CipherOrder order =
        new CipherOrder(
            CipherTable.SUITES.stream().filter(s -> s.since() == Protocol.TLS13).toList());
    order.activate(suite -> suite.enc() == Enc.AES_256_GCM);
    order.activate(suite -> suite.enc() == Enc.CHACHA20_POLY1305);
    order.activate(suite -> suite.enc() == Enc.AES_128_GCM);
    return order;
  }

  /**
   * OpenSSL's order: forward secrecy with AEAD, then forward secrecy, then AEAD, then the rest.
   * Within each: suites of TLS 1.2 first, then by strength. Within that: AES-GCM, ChaCha20, other
   * AES, and ECDSA first; without forward secrecy, without authentication, MD5 and RC4 last.
   */
  private static List<CipherSuite> preferred() {
    Predicate<CipherSuite> ephemeral = suite -> suite.kx() == Kx.ECDHE || suite.kx() == Kx.DHE;
    Predicate<CipherSuite> aead = suite -> suite.mac() == Mac.AEAD;
    Predicate<CipherSuite> aes = suite -> suite.enc().name().startsWith("AES");
    CipherOrder order =
        new CipherOrder(
            CipherTable.SUITES.stream().filter(s -> s.since() != Protocol.TLS13).toList());

    order.activate(suite -> suite.kx() == Kx.ECDHE && suite.auth() == Auth.ECDSA);
    order.activate(suite -> suite.kx() == Kx.ECDHE);
    order.deactivate(_ -> true);

    order.activate(suite -> suite.enc() == Enc.AES_128_GCM || suite.enc() == Enc.AES_256_GCM);
    order.activate(suite -> suite.enc() == Enc.CHACHA20_POLY1305);
    order.activate(aes);
    order.activate(_ -> true);

    order.moveToEnd(suite -> suite.mac() == Mac.MD5);
    order.moveToEnd(suite -> suite.auth() == Auth.NULL);
    order.moveToEnd(suite -> suite.kx() == Kx.RSA);
    order.moveToEnd(suite -> suite.kx() == Kx.PSK);
    order.moveToEnd(suite -> suite.enc() == Enc.RC4_128);

    order.strongestFirst();
    order.moveToFront(suite -> suite.since() == Protocol.TLS12);
    order.moveToFront(aead);
    order.moveToFront(ephemeral);
    order.moveToFront(ephemeral.and(aead));
    return order.active();
  }

  /** A word without an operator: activates suites. */
  void activate(Predicate<CipherSuite> matching) {
    active.addAll(take(inactive, matching));
  }

  /** The operator {@code -}: deactivates suites; a later word may activate them again. */
  void deactivate(Predicate<CipherSuite> matching) {
    inactive.addAll(0, take(active, matching));
  }

  /** The operator {@code !}: removes suites for good. */
  void remove(Predicate<CipherSuite> matching) {
    active.removeIf(matching);
    inactive.removeIf(matching);
  }

  /** The operator {@code +}: moves active suites to the end; activates none. */
  void moveToEnd(Predicate<CipherSuite> matching) {
    active.addAll(take(active, matching));
  }

  /** {@code @STRENGTH}: sorts the active suites by strength; equal ones keep their order. */
  void strongestFirst() {
    active.sort(Comparator.comparingInt(CipherSuite::strengthBits).reversed());
  }

  List<CipherSuite> active() {
    return List.copyOf(active);
  }

  private void moveToFront(Predicate<CipherSuite> matching) {
    active.addAll(0, take(active, matching));
  }

  private static List<CipherSuite> take(List<CipherSuite> from, Predicate<CipherSuite> matching) {
    List<CipherSuite> taken = from.stream().filter(matching).toList();
    from.removeIf(matching);
    return taken;
  }
}
