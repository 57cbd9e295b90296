package dev.ferrule.tests.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.trust.OcspResponse;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses whose signatures can be forged, whatever the padding. */
@Tag("once")
class WeakOcspResponsesTest {
  @ParameterizedTest
  @ValueSource(strings = {"SHA1withRSA", "RSASSA-PSS"})
  void a_signature_with_sha_1_is_refused(String signature) throws IOException {
    ThrowawayCa ca = ThrowawayCa.create(KeyType.RSA_2048);
    Issued leaf = ca.issue("localhost");
    byte[] response = ca.ocsp(leaf.certificate()).signature(signature).der();
    Refusal refusal =
        OcspResponse.parse(response)
            .fault(leaf.certificate(), ca.certificate(), Instant.now(), Set.of());
    assertThat(refusal).as("why it is refused").isNotNull();
  }
}
