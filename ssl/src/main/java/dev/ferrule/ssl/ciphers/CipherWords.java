package dev.ferrule.ssl.ciphers;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.CipherSuite.Auth;
import dev.ferrule.ssl.CipherSuite.Enc;
import dev.ferrule.ssl.CipherSuite.Kx;
import dev.ferrule.ssl.CipherSuite.Mac;
import dev.ferrule.ssl.CipherSuite.Protocol;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The words of openssl-ciphers(1) that match several suites, with a predicate for each. Immutable.
 *
 * <p>Words of older OpenSSL versions are known too: they match the suites that the JDK still has
 * (static ECDH, single DES, export), or none.
 */
final class CipherWords {
  private CipherWords() {}

  static final Map<String, Predicate<CipherSuite>> ALL = words();

  private static Map<String, Predicate<CipherSuite>> words() {
    Map<String, Predicate<CipherSuite>> map = new HashMap<>();
    classes(map);
    agreements(map);
    authentications(map);
    ciphers(map);
    macsAndProtocols(map);
    put(map, "kDH kDHr kDHd aDH RC2", suite -> false);
    put(map, "kKRB5 aKRB5 KRB5 kFZA aFZA eFZA FZA", suite -> false);
    put(map, "kGOST kGOST18 aGOST aGOST01 aGOST12", suite -> false);
    put(map, "GOST94 GOST12 GOST89 GOST89MAC", suite -> false);
    return Map.copyOf(map);
  }

  private static void classes(Map<String, Predicate<CipherSuite>> map) {
    put(map, "ALL", suite -> suite.enc() != Enc.NULL);
    put(map, "COMPLEMENTOFALL eNULL NULL", suite -> suite.enc() == Enc.NULL);
    put(map, "COMPLEMENTOFDEFAULT", Grade::notDefault);
    put(map, "HIGH", suite -> Grade.of(suite) == Grade.HIGH);
    put(map, "MEDIUM", suite -> Grade.of(suite) == Grade.MEDIUM);
    put(map, "LOW", suite -> Grade.of(suite) == Grade.LOW);
    put(map, "EXP EXPORT EXPORT40", suite -> Grade.of(suite) == Grade.EXPORT);
    cipher(map, "FIPS", "AES_..._(CBC|GCM)|TDES_EDE_CBC");
    map.computeIfPresent(
        "FIPS", (_, matching) -> matching.and(s -> s.kx() != Kx.SRP && !s.kx().staticEcdh()));
  }

  private static void agreements(Map<String, Predicate<CipherSuite>> map) {
    Predicate<CipherSuite> authenticated = suite -> suite.auth() != Auth.NULL;
    Predicate<CipherSuite> rsa = suite -> suite.kx() == Kx.RSA;
    Predicate<CipherSuite> dhe = suite -> suite.kx() == Kx.DHE;
    Predicate<CipherSuite> ecdhe = suite -> suite.kx() == Kx.ECDHE;
    put(map, "kRSA RSA", rsa);
    put(map, "kDHE kEDH DH", dhe);
    put(map, "DHE EDH", dhe.and(authenticated));
    put(map, "ADH", dhe.and(authenticated.negate()));
    put(map, "kECDHE kEECDH ECDH", ecdhe);
    put(map, "ECDHE EECDH", ecdhe.and(authenticated));
    put(map, "AECDH", ecdhe.and(authenticated.negate()));
    put(map, "kECDHr", suite -> suite.kx() == Kx.ECDH_RSA);
    put(map, "kECDHe", suite -> suite.kx() == Kx.ECDH_ECDSA);
    put(map, "kECDH", suite -> suite.kx().staticEcdh());
    put(map, "PSK", suite -> suite.kx().presharedKey());
    put(map, "kPSK", suite -> suite.kx() == Kx.PSK);
    put(map, "kRSAPSK", suite -> suite.kx() == Kx.RSA_PSK);
    put(map, "kDHEPSK", suite -> suite.kx() == Kx.DHE_PSK);
    put(map, "kECDHEPSK", suite -> suite.kx() == Kx.ECDHE_PSK);
    put(map, "kSRP SRP", suite -> suite.kx() == Kx.SRP);
  }

  private static void authentications(Map<String, Predicate<CipherSuite>> map) {
    put(map, "aRSA", suite -> suite.auth() == Auth.RSA);
    put(map, "aDSS DSS", suite -> suite.auth() == Auth.DSS);
    put(map, "aECDSA ECDSA", suite -> suite.auth() == Auth.ECDSA);
    put(map, "aECDH", suite -> suite.auth() == Auth.ECDH);
    put(map, "aPSK", suite -> suite.auth() == Auth.PSK);
    put(map, "aSRP", suite -> suite.auth() == Auth.SRP);
    put(map, "aNULL", suite -> suite.auth() == Auth.NULL);
  }

  private static void ciphers(Map<String, Predicate<CipherSuite>> map) {
    cipher(map, "AES", "AES_.*");
    cipher(map, "AES128", "AES_128_.*");
    cipher(map, "AES256", "AES_256_.*");
    cipher(map, "AESGCM", "AES_..._GCM");
    cipher(map, "AESCCM", "AES_..._CCM(_8)?");
    cipher(map, "AESCCM8", "AES_..._CCM_8");
    cipher(map, "ARIA ARIAGCM", "ARIA_.*");
    cipher(map, "ARIA128", "ARIA_128_.*");
    cipher(map, "ARIA256", "ARIA_256_.*");
    cipher(map, "CAMELLIA", "CAMELLIA_.*");
    cipher(map, "CAMELLIA128", "CAMELLIA_128_.*");
    cipher(map, "CAMELLIA256", "CAMELLIA_256_.*");
    cipher(map, "CHACHA20", "CHACHA20_.*");
    cipher(map, "CBC", ".*_CBC");
    cipher(map, "3DES", "TDES_.*");
    cipher(map, "DES", "DES(40)?_CBC");
    cipher(map, "RC4", "RC4_.*");
    cipher(map, "IDEA", "IDEA_.*");
    cipher(map, "SEED", "SEED_.*");
  }

  private static void macsAndProtocols(Map<String, Predicate<CipherSuite>> map) {
    put(map, "MD5", suite -> suite.mac() == Mac.MD5);
    put(map, "SHA SHA1", suite -> suite.mac() == Mac.SHA);
    put(map, "SHA256", suite -> suite.mac() == Mac.SHA256);
    put(map, "SHA384", suite -> suite.mac() == Mac.SHA384);
    put(map, "SSLv3", suite -> suite.since() == Protocol.SSL3);
    put(map, "TLSv1 TLSv1.0", suite -> suite.since() == Protocol.TLS1);
    put(map, "TLSv1.2", suite -> suite.since() == Protocol.TLS12);
  }

  private static void cipher(
      Map<String, Predicate<CipherSuite>> map, String words, String pattern) {
    Set<Enc> encs =
        Arrays.stream(Enc.values())
            .filter(enc -> enc.name().matches(pattern))
            .collect(Collectors.toUnmodifiableSet());
    put(map, words, suite -> encs.contains(suite.enc()));
  }

  private static void put(
      Map<String, Predicate<CipherSuite>> map, String words, Predicate<CipherSuite> matching) {
    for (String word : words.split(" ", -1)) {
      map.put(word, matching);
    }
  }
}
