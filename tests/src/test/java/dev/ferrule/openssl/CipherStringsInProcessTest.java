package dev.ferrule.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.SslConfigException;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Ferrule's reading of cipher strings against that of the library itself, in order, over thousands
 * of strings.
 *
 * <p>Not compared, as each side is right by its own rules: strings that name suites of TLS 1.3,
 * HIGH+FIPS, and COMPLEMENTOFDEFAULT joined with a suite's name.
 */
@Tag("once")
class CipherStringsInProcessTest {
  // STACK_OF(SSL_CIPHER) *SSL_get1_supported_ciphers(SSL *s)
  private static final MethodHandle SUPPORTED = Calls.of("SSL_get1_supported_ciphers");

  // void OPENSSL_sk_free(OPENSSL_STACK *)
  private static final MethodHandle FREE_STACK = Calls.of("OPENSSL_sk_free");

  // const char *SSL_CIPHER_standard_name(const SSL_CIPHER *c)
  private static final MethodHandle NAME = Calls.of("SSL_CIPHER_standard_name");

  private static final int STRINGS = 6_000;

  private static final List<String> WORDS =
      List.of(
          "ALL",
          "COMPLEMENTOFALL",
          "DEFAULT",
          "HIGH",
          "MEDIUM",
          "LOW",
          "aNULL",
          "eNULL",
          "NULL",
          "kRSA",
          "RSA",
          "aRSA",
          "kDHE",
          "kEDH",
          "DH",
          "DHE",
          "EDH",
          "ADH",
          "kECDHE",
          "kEECDH",
          "ECDHE",
          "EECDH",
          "ECDH",
          "AECDH",
          "aDSS",
          "DSS",
          "aECDSA",
          "ECDSA",
          "TLSv1.2",
          "TLSv1.0",
          "SSLv3",
          "AES128",
          "AES256",
          "AES",
          "AESGCM",
          "AESCCM",
          "AESCCM8",
          "ARIA128",
          "ARIA256",
          "ARIA",
          "CAMELLIA128",
          "CAMELLIA256",
          "CAMELLIA",
          "CHACHA20",
          "3DES",
          "RC4",
          "IDEA",
          "SEED",
          "MD5",
          "SHA1",
          "SHA",
          "SHA256",
          "SHA384",
          "PSK",
          "kPSK",
          "kECDHEPSK",
          "kDHEPSK",
          "kRSAPSK",
          "aPSK",
          "SUITEB128",
          "SUITEB192",
          "CBC",
          "nonsense");

  @Test
  void thousands_of_strings_choose_what_the_library_chooses() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
    Set<String> had = new HashSet<>(Had.SUITES);
    List<String> words = new ArrayList<>(WORDS);
    had.stream()
        .filter(name -> !isOfTls13(name))
        .map(name -> OfferedParameters.list(name, false))
        .sorted()
        .forEach(words::add);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> differences = new ArrayList<>();
    int chosen = 0;
    for (int i = 0; i < STRINGS; i++) {
      String string = string(random, words);
      List<String> theirs = theirs(string);
      if (!ours(string, had).equals(theirs)) {
        differences.add(
            "\"%s\"%n  ours %s%n  theirs %s".formatted(string, ours(string, had), theirs));
      }
      chosen += theirs.isEmpty() ? 0 : 1;
    }
    assertThat(differences).as("seed %s", seed).isEmpty();
    assertThat(chosen).as("strings that choose something").isGreaterThan(STRINGS / 2);
  }

  /** What a connection supports whose context was given the string, without those of TLS 1.3. */
  private static List<String> theirs(String string) {
    long context = LibContext.make(false);
    long ssl = 0;
    try {
      LibContext.versions(context, 0, 0);
      LibContext.level(context, 1);
      if (!LibContext.cipherList(context, string)) {
        return List.of();
      }
      ssl = LibSsl.make(context, false, LibCrypto.newMemoryBio(), LibCrypto.newMemoryBio());
      long stack = Calls.call(SUPPORTED, ssl);
      List<String> names = new ArrayList<>();
      for (int i = 0; i < LibCrypto.size(stack); i++) {
        names.add(Calls.text(Calls.call(NAME, LibCrypto.at(stack, i))));
      }
      Calls.call(FREE_STACK, stack);
      return names.stream().filter(CipherStringsInProcessTest::isCompared).toList();
    } finally {
      ErrorQueue.clear();
      if (ssl != 0) {
        LibSsl.free(ssl);
      }
      LibContext.free(context);
    }
  }

  private static List<String> ours(String string, Set<String> had) {
    try {
      return CipherString.parse(string).suites(had).stream()
          .map(CipherSuite::iana)
          .filter(CipherStringsInProcessTest::isCompared)
          .toList();
    } catch (SslConfigException e) {
      return List.of();
    }
  }

  /** Those of pre-shared keys need a callback to be supported. */
  private static boolean isCompared(String name) {
    return !isOfTls13(name) && !name.contains("PSK_") && !name.contains("SRP_");
  }

  private static boolean isOfTls13(String name) {
    return !name.contains("_WITH_");
  }

  private static String string(Random random, List<String> words) {
    StringBuilder string = new StringBuilder(random.nextInt(3) == 0 ? "DEFAULT" : "ALL");
    for (int rules = random.nextInt(9); rules > 0; rules--) {
      string.append(":, ;".charAt(random.nextInt(4)));
      if (random.nextInt(8) == 0) {
        string.append(random.nextBoolean() ? "@STRENGTH" : "@SECLEVEL=" + random.nextInt(6));
        continue;
      }
      string.append(List.of("", "", "-", "-", "+", "+", "!").get(random.nextInt(7)));
      int joined = 1 + Math.max(0, random.nextInt(5) - 2);
      string.append(
          String.join(
              "+",
              Stream.generate(() -> words.get(random.nextInt(words.size())))
                  .limit(joined)
                  .toList()));
    }
    return string.toString();
  }
}
