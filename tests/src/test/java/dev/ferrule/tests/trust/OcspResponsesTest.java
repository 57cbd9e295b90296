package dev.ferrule.tests.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.trust.OcspResponse;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.ssl.trust.Reason;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.OcspDraft;
import dev.ferrule.testkit.OcspDraft.Signer;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which OCSP responses count, also in comparison with OpenSSL's verdict. */
@Tag("once")
class OcspResponsesTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder;

  /** All kinds of responses about the leaf, by what is odd about them. */
  private static Map<String, byte[]> drafts(ThrowawayCa ca, Issued leaf, Issued other) {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("good", draft(ca, leaf).der());
    all.put("good, by key", draft(ca, leaf).byKey().der());
    all.put("revoked", draft(ca, leaf).revoked(Instant.now().minus(DAY)).der());
    all.put("unknown", draft(ca, leaf).unknown().der());
    all.put("of another certificate", draft(ca, other).der());
    all.put("of another authority", draft(ThrowawayCa.create(), leaf).der());
    all.put(
        "expired",
        draft(ca, leaf).dates(Instant.now().minus(DAY), Instant.now().minusSeconds(600)).der());
    all.put(
        "from tomorrow",
        draft(ca, leaf).dates(Instant.now().plus(DAY), Instant.now().plus(DAY)).der());
    all.put(
        "of a moment ago",
        draft(ca, leaf).dates(Instant.now().minusSeconds(900), Instant.now()).der());
    all.put(
        "of a clock that is fast",
        draft(ca, leaf).dates(Instant.now().plusSeconds(60), day()).der());
    for (Signer signer : Signer.values()) {
      all.put("signed by " + signer, draft(ca, leaf).signer(signer).der());
      all.put("signed by " + signer + ", by key", draft(ca, leaf).signer(signer).byKey().der());
    }
    all.put("no answer", OcspDraft.tryLater());
    return all;
  }

  private static Instant day() {
    return Instant.now().plus(DAY);
  }

  private static OcspDraft draft(ThrowawayCa ca, Issued about) {
    return ca.ocsp(about.certificate());
  }

  private static boolean accepts(byte[] response, Issued leaf, ThrowawayCa ca) {
    try {
      return OcspResponse.parse(response)
              .fault(leaf.certificate(), ca.certificate(), Instant.now(), Set.of())
          == null;
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "RSA_2048"})
  void openssl_accepts_and_refuses_the_same(KeyType type) throws Exception {
    assumeTrue(OpensslVerify.PROGRAM != null, "openssl is not installed");
    ThrowawayCa ca = ThrowawayCa.create(type);
    Issued leaf = ca.issue("localhost");
    Files.writeString(folder.resolve("ca.pem"), ca.pem());
    Files.writeString(folder.resolve("leaf.pem"), leaf.chainPem());
    List<String> differences = new ArrayList<>();
    for (var entry : drafts(ca, leaf, ca.issue("other")).entrySet()) {
      boolean own = accepts(entry.getValue(), leaf, ca);
      String said = openssl(entry.getValue());
      boolean theirs =
          said.contains("Response verify OK")
              && said.contains("leaf.pem: good")
              && !said.contains("WARNING");
      if (own != theirs) {
        differences.add(entry.getKey() + ": " + own + " here, and openssl: " + said);
      }
    }
    assertThat(differences).isEmpty();
  }

  private String openssl(byte[] response) throws IOException, InterruptedException {
    Files.write(folder.resolve("response.der"), response);
    Process openssl =
        new ProcessBuilder(
                OpensslVerify.PROGRAM.toString(),
                "ocsp",
                "-respin",
                "response.der",
                "-issuer",
                "ca.pem",
                "-cert",
                "leaf.pem",
                "-CAfile",
                "ca.pem",
                "-no_nonce")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    openssl.waitFor();
    return said;
  }

  @Test
  void each_refusal_says_what_is_wrong() throws IOException {
    ThrowawayCa ca = ThrowawayCa.create();
    Issued leaf = ca.issue("localhost");
    assertThat(refusal(draft(ca, leaf).revoked(Instant.parse("2026-01-02T03:04:05Z")), ca, leaf))
        .returns(Reason.REVOKED, Refusal::reason)
        .extracting(Refusal::sentence)
        .asString()
        .contains("CN=localhost was revoked on 2026-01-02T03:04:05Z (keyCompromise)");
    assertThat(sentence(draft(ca, leaf).unknown(), ca, leaf)).contains("does not know");
    assertThat(sentence(draft(ca, ca.issue("x")), ca, leaf)).contains("another certificate");
    assertThat(
            sentence(
                draft(ca, leaf).dates(Instant.now().minus(DAY), Instant.now().minus(DAY)),
                ca,
                leaf))
        .contains("expired on");
    assertThat(sentence(draft(ca, leaf).dates(day(), day()), ca, leaf)).contains("in the future");
    assertThat(sentence(draft(ca, leaf).dates(Instant.now(), null), ca, leaf))
        .contains("until when");
    assertThat(sentence(draft(ca, leaf).signer(Signer.WRONG_PURPOSE), ca, leaf))
        .contains("has not allowed");
    assertThat(sentence(draft(ca, leaf).signer(Signer.EXPIRED_RESPONDER), ca, leaf))
        .contains("not in date");
    assertThat(sentence(draft(ca, leaf).signature("SHA1withECDSA"), ca, leaf))
        .contains("SHA1", "allow-sha1-certificates");
    byte[] critical = draft(ca, leaf).critical().der();
    assertThat(parseError(critical)).contains("critical extension 1.2.3.4");
    assertThat(parseError(OcspDraft.tryLater())).contains("tryLater");
    assertThat(parseError(new byte[0])).contains("ends early");
    assertThat(parseError("no".getBytes(StandardCharsets.US_ASCII))).isNotEmpty();
  }

  private static String parseError(byte[] response) {
    try {
      OcspResponse.parse(response);
      return "";
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private static Refusal refusal(OcspDraft draft, ThrowawayCa ca, Issued leaf) throws IOException {
    return OcspResponse.parse(draft.der())
        .fault(leaf.certificate(), ca.certificate(), Instant.now(), Set.of());
  }

  private static String sentence(OcspDraft draft, ThrowawayCa ca, Issued leaf) throws IOException {
    Refusal refusal = refusal(draft, ca, leaf);
    assertThat(refusal.reason()).isEqualTo(Reason.STAPLE);
    return refusal.sentence();
  }

  @Test
  void no_changed_byte_makes_one_count_that_was_not_signed_so() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    ThrowawayCa ca = ThrowawayCa.create();
    Issued leaf = ca.issue("localhost");
    for (OcspDraft draft :
        List.of(
            draft(ca, leaf).revoked(Instant.now().minus(DAY)),
            draft(ca, leaf).unknown(),
            draft(ca, leaf).revoked(Instant.now()).signer(Signer.RESPONDER),
            draft(ca, ca.issue("other")))) {
      byte[] whole = draft.der();
      for (int i = 0; i < 1_000; i++) {
        byte[] changed = whole.clone();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
          changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        assertThat(accepts(changed, leaf, ca)).as("seed %d, change %d", seed, i).isFalse();
      }
    }
  }
}
