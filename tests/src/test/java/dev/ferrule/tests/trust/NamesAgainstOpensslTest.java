package dev.ferrule.tests.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.trust.HostName;
import dev.ferrule.ssl.trust.UnacceptableCertificate;
import dev.ferrule.ssl.trust.Verifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether a certificate names a host, judged here and by {@code openssl x509 -checkhost}. Others,
 * or more: {@code -Dferrule.names.seed=N -Dferrule.names=1000}.
 */
@Tag("once")
class NamesAgainstOpensslTest {
  private static final long SEED = Long.getLong("ferrule.names.seed", 20260404L);
  private static final int PAIRS = Integer.getInteger("ferrule.names", 300);
  private static final List<NamedCase> CASES = NamedCase.all(SEED).subList(0, PAIRS);
  private static final Draft ROOT =
      new Draft("root", true, new Keys().get(Keys.Kind.P256, 1), "SHA256withECDSA");

  @TempDir Path folder;

  @Test
  void openssl_judges_names_alike_but_for_what_is_listed() {
    assumeTrue(OpensslVerify.PROGRAM != null, "there is no openssl on this machine");
    List<X509Certificate> certificates =
        CASES.stream().map(NamesAgainstOpensslTest::certificate).toList();
    List<Boolean> theirs =
        java.util.stream.IntStream.range(0, CASES.size())
            .parallel()
            .mapToObj(i -> opensslAccepts(i, certificates.get(i)))
            .toList();
    List<String> unexplained = new ArrayList<>();
    int agreed = 0;
    for (int i = 0; i < CASES.size(); i++) {
      NamedCase named = CASES.get(i);
      boolean ours = weAccept(named, certificates.get(i));
      if (ours != theirs.get(i)) {
        if (NameDifference.explaining(named, ours).isEmpty()) {
          unexplained.add((ours ? "accepted here: " : "refused here: ") + named);
        }
      } else if (ours) {
        agreed++;
      }
    }
    assertThat(unexplained).as("seed " + SEED).isEmpty();
    assertThat(agreed).as("names that both accept").isGreaterThan(PAIRS / 20);
  }

  @Test
  void every_accepted_difference_is_explained_in_the_docs() throws Exception {
    Path docs = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().getParent();
    String options = Files.readString(docs.resolve("docs/options.md"));
    for (NameDifference difference : NameDifference.values()) {
      assertThat(options).contains(difference.row());
    }
  }

  private static boolean weAccept(NamedCase named, X509Certificate certificate) {
    try {
      Verifier.verifyHost(new X509Certificate[] {certificate}, HostName.canonical(named.host()));
      return true;
    } catch (UnacceptableCertificate e) {
      return false;
    }
  }

  private boolean opensslAccepts(int number, X509Certificate certificate) {
    NamedCase named = CASES.get(number);
    try {
      Path file = folder.resolve(number + ".pem");
      Files.writeString(
          file,
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder(64, new byte[] {'\n'})
                  .encodeToString(certificate.getEncoded())
              + "\n-----END CERTIFICATE-----\n");
      Process process =
          new ProcessBuilder(
                  OpensslVerify.PROGRAM.toString(),
                  "x509",
                  "-noout",
                  "-in",
                  file.toString(),
                  named.isAddress() ? "-checkip" : "-checkhost",
                  named.host().replaceAll("[\\[\\]]|%.*", ""))
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return said.contains("does match certificate");
    } catch (IOException | InterruptedException | java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(NamedCase named) {
    boolean common =
        named.form() == NamedCase.Form.COMMON_NAME
            || named.form() == NamedCase.Form.COMMON_NAME_BESIDE_ADDRESS;
    String subject = common ? named.name().replaceAll("[^A-Za-z0-9.*_ :-]", "?") : "nobody";
    Draft leaf = new Draft(subject, false, ROOT.keys, "SHA256withECDSA");
    leaf.names =
        switch (named.form()) {
          case DNS -> List.of(new GeneralName(GeneralName.dNSName, named.name()));
          case ADDRESS -> List.of(new GeneralName(GeneralName.iPAddress, named.name()));
          case COMMON_NAME -> List.of();
          case COMMON_NAME_BESIDE_ADDRESS ->
              List.of(new GeneralName(GeneralName.iPAddress, "192.0.2.1"));
        };
    return leaf.signedBy(ROOT, 1);
  }
}
