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
 * Suites on their way through the rules of a cipher string: some are chosen, in order of
 * preference; the others wait, in the order in which they would be chosen. Not thread-safe; lives
 * as long as one string is parsed.
 *
 * <p>openssl-ciphers(1) says what an operator does to the chosen; what it does to the waiting shows
 * only when they are chosen again, and is OpenSSL 3.0's behaviour.
 */
final class CipherOrder {
  private static final List<CipherSuite> PREFERRED = preferred();

  private final List<CipherSuite> chosen = new ArrayList<>();
  private final List<CipherSuite> waiting;

  private CipherOrder(List<CipherSuite> waiting) {
    this.waiting = new ArrayList<>(waiting);
  }

  /** The suites of SSL 3.0 to TLS 1.2, all waiting in OpenSSL's preference. */
  static CipherOrder upToTls12() {
    return new CipherOrder(PREFERRED);
  }

  /** The suites of TLS 1.3; OpenSSL's default three are chosen. */
  static CipherOrder tls13() {
    CipherOrder order =
        new CipherOrder(
            CipherTable.SUITES.stream().filter(s -> s.since() == Protocol.TLS13).toList());
    order.add(suite -> suite.enc() == Enc.AES_256_GCM);
    order.add(suite -> suite.enc() == Enc.CHACHA20_POLY1305);
    order.add(suite -> suite.enc() == Enc.AES_128_GCM);
    return order;
  }

  /**
   * Forward secrecy with AEAD, then forward secrecy, then AEAD, then the rest; inside that, what
   * TLS 1.2 brought first, then by strength; inside that, AES-GCM, ChaCha20, other AES, and ECDSA
   * first; no forward secrecy, no authentication, MD5 and RC4 last.
   */
  private static List<CipherSuite> preferred() {
    Predicate<CipherSuite> ephemeral = suite -> suite.kx() == Kx.ECDHE || suite.kx() == Kx.DHE;
    Predicate<CipherSuite> aead = suite -> suite.mac() == Mac.AEAD;
    Predicate<CipherSuite> aes = suite -> suite.enc().name().startsWith("AES");
    CipherOrder order =
        new CipherOrder(
            CipherTable.SUITES.stream().filter(s -> s.since() != Protocol.TLS13).toList());

    order.add(suite -> suite.kx() == Kx.ECDHE && suite.auth() == Auth.ECDSA);
    order.add(suite -> suite.kx() == Kx.ECDHE);
    order.drop(_ -> true);

    order.add(suite -> suite.enc() == Enc.AES_128_GCM || suite.enc() == Enc.AES_256_GCM);
    order.add(suite -> suite.enc() == Enc.CHACHA20_POLY1305);
    order.add(aes);
    order.add(_ -> true);

    order.last(suite -> suite.mac() == Mac.MD5);
    order.last(suite -> suite.auth() == Auth.NULL);
    order.last(suite -> suite.kx() == Kx.RSA);
    order.last(suite -> suite.kx() == Kx.PSK);
    order.last(suite -> suite.enc() == Enc.RC4_128);

    order.strongestFirst();
    order.first(suite -> suite.since() == Protocol.TLS12);
    order.first(aead);
    order.first(ephemeral);
    order.first(ephemeral.and(aead));
    return order.chosen();
  }

  /** What a bare word does. */
  void add(Predicate<CipherSuite> which) {
    chosen.addAll(take(waiting, which));
  }

  /** What {@code -} does: a later word may choose them again. */
  void drop(Predicate<CipherSuite> which) {
    waiting.addAll(0, take(chosen, which));
  }

  /** What {@code !} does: nothing brings them back. */
  void kill(Predicate<CipherSuite> which) {
    chosen.removeIf(which);
    waiting.removeIf(which);
  }

  /** What {@code +} does: the chosen among them go to the end; none is chosen. */
  void last(Predicate<CipherSuite> which) {
    chosen.addAll(take(chosen, which));
  }

  /** What {@code @STRENGTH} does: equals keep their order. */
  void strongestFirst() {
    chosen.sort(Comparator.comparingInt(CipherSuite::strengthBits).reversed());
  }

  List<CipherSuite> chosen() {
    return List.copyOf(chosen);
  }

  private void first(Predicate<CipherSuite> which) {
    chosen.addAll(0, take(chosen, which));
  }

  private static List<CipherSuite> take(List<CipherSuite> from, Predicate<CipherSuite> which) {
    List<CipherSuite> taken = from.stream().filter(which).toList();
    from.removeIf(which);
    return taken;
  }
}
