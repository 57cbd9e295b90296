package dev.ferrule.cli.check;

import static dev.ferrule.cli.check.ClientHelloDraft.SSL_3;
import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_0;
import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_1;
import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_2;
import static dev.ferrule.cli.check.ClientHelloDraft.TLS_1_3;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.CipherSuite.Enc;
import dev.ferrule.ssl.trust.Strength;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A grade by the rules of SSL Labs' SSL Server Rating Guide, version 2009r: three scores of 0 to
 * 100, a total with a letter, and rules that lower the letter. What the guide decides by simulated
 * browsers is decided here by what the server offers. Immutable.
 *
 * @param letter the grade
 * @param score the total, 0 to 100
 * @param protocol of the versions, 30 % of the total
 * @param keyExchange of the weakest key exchange, 30 %
 * @param cipher of the strongest and the weakest cipher, 40 %
 * @param reasons why it is not better, one sentence each
 */
public record Grade(
    Letter letter, int score, int protocol, int keyExchange, int cipher, List<String> reasons) {

  /** The letters, the best first. The last two are beside the scale: no client would connect. */
  public enum Letter {
    /** Better than the rules ask for. */
    A_PLUS("A+"),
    /** Good. */
    A("A"),
    /** Good, with something missing. */
    A_MINUS("A-"),
    /** Something old is on. */
    B("B"),
    /** Something weak is on. */
    C("C"),
    /** Weak. */
    D("D"),
    /** Weaker. */
    E("E"),
    /** Broken. */
    F("F"),
    /** Not trusted. */
    T("T"),
    /** Another name. */
    M("M");

    private final String text;

    Letter(String text) {
      this.text = text;
    }

    /** The letter of a text, in any case; null when there is none. */
    public static @Nullable Letter of(String text) {
      for (Letter letter : values()) {
        if (letter.text.equals(text.toUpperCase(Locale.ROOT))) {
          return letter;
        }
      }
      return null;
    }

    /** Whether it is at least as good as another. */
    public boolean reaches(Letter least) {
      return compareTo(least) <= 0;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final long HALF_A_YEAR = 15_768_000; // seconds
  private static final Pattern MAX_AGE = Pattern.compile("(?i)max-age\\s*=\\s*\"?(\\d{1,15})");

  static Grade of(Facts facts) {
    return new Grading(facts).grade();
  }

  /** Collects the rules that apply. */
  private static final class Grading {
    private final Facts facts;
    private final List<String> reasons = new ArrayList<>();
    private Letter letter = Letter.A;

    Grading(Facts facts) {
      this.facts = facts;
    }

    Grade grade() {
      int protocol = protocol();
      int keyExchange = keyExchange();
      int cipher = cipher();
      boolean none = protocol == 0 || keyExchange == 0 || cipher == 0;
      int score = none ? 0 : Math.round(0.3f * protocol + 0.3f * keyExchange + 0.4f * cipher);
      Letter scored = ofScore(score);
      if (scored != Letter.A) {
        cap(scored, "the score is " + score + " of 100");
      }
      protocols();
      suites();
      keys();
      handshake();
      if (letter == Letter.A && reasons.isEmpty() && hasLongHsts()) {
        letter = Letter.A_PLUS;
      }
      trust();
      return new Grade(letter, score, protocol, keyExchange, cipher, List.copyOf(reasons));
    }

    private static Letter ofScore(int score) {
      if (score >= 80) {
        return Letter.A;
      } else if (score >= 65) {
        return Letter.B;
      } else if (score >= 50) {
        return Letter.C;
      } else if (score >= 35) {
        return Letter.D;
      }
      return score >= 20 ? Letter.E : Letter.F;
    }

    private void cap(Letter most, String reason) {
      reasons.add(reason + " (" + most + " at best)");
      if (letter.compareTo(most) < 0) {
        letter = most;
      }
    }

    // ---- the scores

    private int protocol() {
      IntStream scores =
          facts.suites().keySet().stream()
              .mapToInt(version ->
                  switch (version) {
                    case SSL_3 -> 80;
                    case TLS_1_0 -> 90;
                    case TLS_1_1 -> 95;
                    default -> 100;
                  });
      int[] all =
          facts.ssl2() ? IntStream.concat(scores, IntStream.of(0)).toArray() : scores.toArray();
      return middle(all);
    }

    private static int middle(int[] scores) {
      return scores.length == 0
          ? 0
          : (IntStream.of(scores).min().getAsInt() + IntStream.of(scores).max().getAsInt()) / 2;
    }

    private int keyExchange() {
      if (has(suite -> suite.auth() == CipherSuite.Auth.NULL)) {
        return 0;
      }
      if (has(Grade::isExport)) {
        return 40;
      }
      IntStream bits =
          IntStream.concat(
              facts.chains().stream()
                  .mapToInt(chain -> KeyStrength.asRsa(chain.leaf().getPublicKey())),
              facts.groups().stream().mapToInt(KeyStrength::asRsa));
      bits = IntStream.concat(bits, IntStream.of(facts.leastDhBits()));
      OptionalInt weakest = bits.filter(each -> each > 0).min();
      return weakest.isEmpty() ? 0 : ofKey(weakest.getAsInt());
    }

    private static int ofKey(int bits) {
      if (bits < 512) {
        return 20;
      } else if (bits < 1024) {
        return 40;
      } else if (bits < 2048) {
        return 80;
      }
      return bits < 4096 ? 90 : 100;
    }

    private int cipher() {
      return middle(
          facts.allSuites().mapToInt(CipherSuite::strengthBits).map(Grading::ofCipher).toArray());
    }

    private static int ofCipher(int bits) {
      if (bits == 0) {
        return 0;
      } else if (bits < 128) {
        return 20;
      }
      return bits < 256 ? 80 : 100;
    }

    // ---- the rules

    private void protocols() {
      if (facts.ssl2()) {
        cap(Letter.F, "SSL 2 is on, which is broken (DROWN)");
      }
      if (facts.speaks(SSL_3)) {
        cap(Letter.C, "SSL 3 is on, which is broken (POODLE)");
      }
      if (facts.speaks(TLS_1_0) || facts.speaks(TLS_1_1)) {
        cap(Letter.B, "TLS 1.0 or TLS 1.1 is on, which RFC 8996 forbids");
      }
      if (!facts.speaks(TLS_1_2) && !facts.speaks(TLS_1_3)) {
        cap(Letter.C, "there is neither TLS 1.2 nor TLS 1.3");
      } else if (!facts.speaks(TLS_1_3)) {
        cap(Letter.A_MINUS, "there is no TLS 1.3");
      }
    }

    private void suites() {
      if (has(suite -> suite.auth() == CipherSuite.Auth.NULL)) {
        cap(Letter.F, "suites are on in which the server proves nothing (anonymous)");
      }
      if (has(suite -> suite.enc() == Enc.NULL)) {
        cap(Letter.F, "suites without encryption are on");
      }
      if (has(Grade::isExport)) {
        cap(Letter.F, "export suites are on (FREAK, Logjam)");
      }
      if (has(suite -> suite.enc() == Enc.RC4_128)) {
        boolean modern = facts.speaks(TLS_1_1) || facts.speaks(TLS_1_2);
        cap(modern ? Letter.C : Letter.B, "RC4 is on, which is broken");
      }
      if (has(suite -> suite.enc() == Enc.TDES_EDE_CBC || suite.enc() == Enc.IDEA_CBC)) {
        boolean modern = facts.speaks(TLS_1_1) || facts.speaks(TLS_1_2);
        cap(
            modern ? Letter.C : Letter.B,
            "ciphers with blocks of 64 bits are on, such as triple DES (Sweet32)");
      }
      if (!facts.suites().isEmpty()) {
        if (!has(suite -> suite.kx().forwardSecret())) {
          cap(Letter.B, "no suite has forward secrecy");
        }
        if (!has(suite -> suite.mac() == CipherSuite.Mac.AEAD)) {
          cap(Letter.B, "no suite is authenticated encryption (AEAD)");
        }
      }
    }

    private void keys() {
      int dh = facts.leastDhBits();
      if (dh > 0 && dh < 1024) {
        cap(Letter.F, "the prime of DHE has " + dh + " bits (Logjam)");
      } else if (dh > 0 && dh < 2048) {
        cap(Letter.B, "the prime of DHE has " + dh + " bits, and 2048 are the least");
      }
      for (ChainFacts chain : facts.chains()) {
        String signature =
            ChainFacts.isSelfIssued(chain.leaf()) ? null : Strength.forgeable(chain.leaf());
        if (signature != null) {
          cap(Letter.F, "the certificate " + signature);
        }
        int bits = KeyStrength.asRsa(chain.leaf().getPublicKey());
        if (bits > 0 && bits < 2048) {
          cap(
              bits < 1024 ? Letter.F : Letter.B,
              "the certificate's key is " + KeyStrength.shown(chain.leaf().getPublicKey()));
        }
      }
    }

    private void handshake() {
      Facts.HelloFacts hello = facts.hello();
      if (hello.compression().orElse(false)) {
        cap(Letter.C, "records are compressed (CRIME)");
      }
      if (!hello.secureRenegotiation().orElse(true)) {
        boolean insecure = facts.renegotiation() == JdkClient.Renegotiation.ACCEPTED;
        cap(
            insecure ? Letter.F : Letter.A_MINUS,
            "renegotiation is not secure: RFC 5746 is not followed");
      }
    }

    private void trust() {
      facts.chains().stream()
          .filter(chain -> chain.refusal().isPresent())
          .findFirst()
          .ifPresent(chain -> {
            reasons.add("the certificate is not trusted: " + chain.refusal().get());
            letter = Letter.T;
          });
      facts.chains().stream()
          .filter(chain -> chain.hostFault().isPresent())
          .findFirst()
          .ifPresent(chain -> {
            reasons.add(chain.hostFault().get());
            letter = letter == Letter.T ? letter : Letter.M;
          });
      if (facts.chains().isEmpty() && letter != Letter.F) {
        reasons.add("no certificate could be looked at");
        letter = Letter.T;
      }
    }

    private boolean hasLongHsts() {
      Matcher age = MAX_AGE.matcher(facts.hsts().orElse(""));
      return age.find() && Long.parseLong(age.group(1)) >= HALF_A_YEAR;
    }

    private boolean has(Predicate<CipherSuite> which) {
      return facts.allSuites().anyMatch(which);
    }
  }

  private static boolean isExport(CipherSuite suite) {
    return suite.enc() == Enc.RC4_40 || suite.enc() == Enc.DES40_CBC;
  }
}
