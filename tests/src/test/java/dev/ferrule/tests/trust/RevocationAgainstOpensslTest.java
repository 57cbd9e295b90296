package dev.ferrule.tests.trust;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.trust.Anchors;
import dev.ferrule.ssl.trust.PathResult;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.ssl.trust.PathSearch;
import dev.ferrule.ssl.trust.Purpose;
import dev.ferrule.ssl.trust.Reason;
import dev.ferrule.ssl.trust.Revocation;
import dev.ferrule.ssl.trust.Revocation.Missing;
import dev.ferrule.ssl.trust.RevocationList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generated revocation lists, as they are taken here where they are strict, and by {@code openssl
 * verify -crl_check_all}. A run of another seed: {@code -Dferrule.lists.seed=N}.
 */
@Tag("once")
class RevocationAgainstOpensslTest {
  private static final long SEED = Long.getLong("ferrule.lists.seed", 20260302L);
  private static final int CASES = Integer.getInteger("ferrule.lists", 240);

  @TempDir private Path folder;

  @Test
  void openssl_agrees() {
    assumeTrue(OpensslVerify.PROGRAM != null, "there is no openssl on this machine");
    Random random = new Random(SEED);
    List<GeneratedLists> all =
        IntStream.range(0, CASES).mapToObj(i -> GeneratedLists.of(i, random)).toList();
    List<String> verdicts = all.parallelStream().map(this::openssl).toList();
    List<String> different = new ArrayList<>();
    int good = 0;
    int revoked = 0;
    for (int i = 0; i < CASES; i++) {
      String here = here(all.get(i));
      good += here.equals("OK") ? 1 : 0;
      revoked += here.equals("REVOKED") ? 1 : 0;
      String there = verdicts.get(i);
      // Here a revoked authority is told before a list that is missing for the peer itself.
      boolean alike = here.equals(there) || (here.equals("REVOKED") && there.equals("UNKNOWN"));
      if (!alike) {
        different.add(i + " " + all.get(i).odd() + ": here " + here + ", openssl " + there);
      }
    }
    assertThat(different).as("lists of the seed " + SEED).isEmpty();
    assertThat(good).isGreaterThan(CASES / 10);
    assertThat(revoked).isGreaterThan(CASES / 20);
  }

  private static String here(GeneratedLists each) {
    List<X509CRL> usable =
        each.lists().stream().filter(list -> RevocationList.fault(list, Set.of()) == null).toList();
    if (usable.isEmpty()) {
      return "UNKNOWN"; // no context has strict lists without any
    }
    PathResult result =
        PathSearch.validate(
            each.chain(),
            Anchors.of(List.of(each.root())),
            Draft.NOW,
            Purpose.SERVER,
            Set.of(),
            new Revocation(usable, Missing.REFUSED, (list, sentence) -> {}));
    return result instanceof Refusal refusal
        ? refusal.reason() == Reason.REVOKED ? "REVOKED" : "UNKNOWN"
        : "OK";
  }

  private String openssl(GeneratedLists each) {
    try {
      Path lists = folder.resolve("lists-" + each.number() + ".pem");
      StringBuilder text = new StringBuilder();
      for (X509CRL list : each.lists()) {
        text.append(pem("X509 CRL", list.getEncoded()));
      }
      Files.writeString(lists, text);
      List<String> command = new ArrayList<>();
      command.addAll(List.of(OpensslVerify.PROGRAM.toString(), "verify", "-crl_check_all"));
      command.addAll(List.of("-attime", Long.toString(Draft.NOW.getEpochSecond())));
      command.addAll(List.of("-CAfile", write(each, "root", each.root()).toString()));
      command.addAll(List.of("-untrusted", write(each, "middle", each.chain().get(1)).toString()));
      if (!each.lists().isEmpty()) {
        command.addAll(List.of("-CRLfile", lists.toString()));
      }
      command.add(write(each, "leaf", each.chain().get(0)).toString());
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      return process.waitFor() == 0
          ? "OK"
          : said.contains("certificate revoked") ? "REVOKED" : "UNKNOWN";
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Path write(GeneratedLists each, String name, X509Certificate certificate)
      throws Exception {
    Path file = folder.resolve(name + "-" + each.number() + ".pem");
    return Files.writeString(file, pem("CERTIFICATE", certificate.getEncoded()));
  }

  private static String pem(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, base64, label);
  }
}
