package dev.ferrule.ssl.ciphers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares sets and orders with OpenSSL's, twice: over all suites that OpenSSL has, and over those
 * of JDK 25. The latter come from a list, not from the running JDK: its security policy hides most
 * of them, and which ones changes with every update.
 *
 * <p>Not compared, as each side is right by its own rules: strings that name suites of TLS 1.3 or
 * by IANA's names, HIGH+FIPS (OpenSSL has it as a contradiction), and COMPLEMENTOFDEFAULT joined
 * with one suite's name (OpenSSL then forgets the former).
 */
class CipherStringAgainstOpensslTest {
  private static final int RANDOM_STRINGS = 400;

  private static Set<String> opensslHas = Set.of();

  @BeforeAll
  static void askOpenssl() {
    OpensslCiphers.assumePresent();
    opensslHas = new HashSet<>(OpensslCiphers.of("ALL:COMPLEMENTOFALL:@SECLEVEL=0"));
  }

  @Test
  void the_listed_strings_choose_what_openssl_chooses() throws IOException {
    List<String> strings = lines("cipher-strings.txt");
    assertThat(strings).hasSizeGreaterThan(400).doesNotHaveDuplicates();
    assertThat(differences(strings.stream())).isEmpty();
  }

  @Test
  void random_strings_choose_what_openssl_chooses() throws IOException {
    Random random = new Random(20250916);
    List<String> words = new ArrayList<>(CipherWords.ALL.keySet());
    words.removeAll(List.of("FIPS", "COMPLEMENTOFDEFAULT"));
    words.addAll(opensslHas.stream().filter(name -> !name.startsWith("TLS_")).toList());
    words.sort(null);
    assertThat(
            differences(Stream.generate(() -> randomString(random, words)).limit(RANDOM_STRINGS)))
        .isEmpty();
  }

  @Test
  void the_table_says_of_each_suite_what_openssl_says() {
    for (String line : OpensslCiphers.table()) {
      String[] part = line.strip().split(" +(- )?", -1);
      CipherSuite suite = Objects.requireNonNull(CipherTable.find(part[2]), part[2]);
      assertThat("0x%02X,0x%02X".formatted(suite.id() >> 8, suite.id() & 0xFF)).isEqualTo(part[0]);
      assertThat(suite.iana()).isEqualTo(part[1]);
      assertThat(protocol(suite)).as(suite.name()).isEqualTo(part[3]);
      assertThat(part[6])
          .as(suite.name())
          .matches("Enc=(None|.*\\(" + suite.strengthBits() + "\\))");
    }
  }

  private static List<String> differences(Stream<String> strings) throws IOException {
    Set<String> jdkHas = new HashSet<>(lines("jdk-25-suites.txt"));
    List<String> differences = new ArrayList<>();
    strings.forEach(string -> {
      List<String> theirs = substance(OpensslCiphers.of(string).stream());
      List<String> ours = substance(ours(string));
      if (!ours.equals(theirs)) {
        differences.add("\"%s\"%n  ours %s%n  theirs %s".formatted(string, ours, theirs));
      }
      List<String> jdks = substance(ours(string, jdkHas));
      List<String> theirsInJdk = substance(theirs.stream().filter(name -> isIn(jdkHas, name)));
      if (!jdks.equals(theirsInJdk)) {
        differences.add("\"%s\"%n  JDK %s%n  theirs %s".formatted(string, jdks, theirsInJdk));
      }
    });
    return differences;
  }

  /** What OpenSSL's build has, or nothing if only TLS 1.3 is left, which is an error with us. */
  private static List<String> substance(Stream<String> names) {
    List<String> known = names.filter(opensslHas::contains).toList();
    return known.stream().allMatch(name -> name.startsWith("TLS_")) ? List.of() : known;
  }

  private static Stream<String> ours(String string) {
    try {
      return CipherString.parse(string).suites().stream().map(CipherSuite::openssl);
    } catch (SslConfigException e) {
      return Stream.empty();
    }
  }

  private static Stream<String> ours(String string, Set<String> supported) {
    try {
      return CipherString.resolve(string, supported).stream().map(CipherSuite::openssl);
    } catch (SslConfigException e) {
      return Stream.empty();
    }
  }

  private static boolean isIn(Set<String> jdkNames, String openssl) {
    CipherSuite suite = CipherTable.find(openssl);
    return suite != null && jdkNames.contains(suite.name());
  }

  private static String protocol(CipherSuite suite) {
    return switch (suite.since()) {
      case SSL3 -> "SSLv3";
      case TLS1 -> "TLSv1";
      case TLS12 -> "TLSv1.2";
      case TLS13 -> "TLSv1.3";
    };
  }

  private static String randomString(Random random, List<String> words) {
    StringBuilder string = new StringBuilder(random.nextInt(4) == 0 ? "DEFAULT" : "ALL");
    IntStream.rangeClosed(0, random.nextInt(8))
        .forEach(i -> string.append(randomRule(random, words)));
    return string.toString();
  }

  private static String randomRule(Random random, List<String> words) {
    char separator = ":, ;".charAt(random.nextInt(4));
    if (random.nextInt(8) == 0) {
      return separator + (random.nextBoolean() ? "@STRENGTH" : "@SECLEVEL=" + random.nextInt(6));
    }
    String operator = List.of("", "", "-", "-", "+", "+", "!").get(random.nextInt(7));
    int joined = 1 + Math.max(0, random.nextInt(5) - 2);
    return separator
        + operator
        + String.join(
            "+",
            Stream.generate(() -> words.get(random.nextInt(words.size()))).limit(joined).toList());
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            CipherStringAgainstOpensslTest.class.getResourceAsStream(resource))) {
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
