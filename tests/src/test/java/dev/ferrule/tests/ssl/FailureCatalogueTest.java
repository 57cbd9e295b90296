package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.tests.Provided;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every failure of the catalogue, by a real fault: the same facts with every provider. */
class FailureCatalogueTest {
  /** Those whose fault is found by a server in the first message, whatever their usual stage. */
  private static final Set<SslFailure> IN_THE_HELLO =
      EnumSet.of(SslFailure.MALFORMED_MESSAGE, SslFailure.MESSAGE_TOO_LONG, SslFailure.PEER_ALERT);

  private final Faults faults = new Faults();

  @ParameterizedTest
  @EnumSource
  void each_failure_is_told_with_its_facts(SslFailure failure) {
    assumeTrue(
        !Provided.NEVER.containsKey(failure),
        () -> Provided.NAME + " never has " + failure + ": " + Provided.NEVER.get(failure));
    SslError error = faults.all().get(failure).get();
    String told = error.code() + ": " + error.message() + ", " + error.detail();
    assertThat(error.failure()).as(told).isEqualTo(failure);
    assertThat(error.code()).isEqualTo(failure.name());
    assertThat(error.side()).as(told).isEqualTo(failure.side());
    assertThat(error.message()).as(told).isNotBlank().doesNotContain("\n", "null");
    stage(error, told);
    alert(error, told);
    assertThat(everything(error)).as(told).doesNotContain(Faults.SECRET);
  }

  private static void stage(SslError error, String told) {
    if (IN_THE_HELLO.contains(error.failure())) {
      assertThat(error.stage()).as(told).isIn(SslError.Stage.HELLO, SslError.Stage.HANDSHAKE);
    } else {
      assertThat(error.stage()).as(told).isEqualTo(error.failure().stage());
    }
  }

  private static void alert(SslError error, String told) {
    String own = Provided.ALERTS.get(error.failure());
    if (own != null) {
      assertThat(error.alert()).as(told).hasValue(own);
    } else if (error.failure().alert().isPresent()) {
      assertThat(error.alert()).as(told).isEqualTo(error.failure().alert());
    }
  }

  /** All that a log may show of it. */
  private static String everything(SslError error) {
    StringBuilder all = new StringBuilder();
    all.append(error).append(error.code()).append(error.message()).append(error.detail());
    all.append(error.handshake()).append(error.hello());
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      all.append(cause);
    }
    return all.toString();
  }

  @Test
  void no_failure_is_left_out() {
    Set<SslFailure> known = EnumSet.copyOf(faults.all().keySet());
    known.addAll(Provided.NEVER.keySet());
    assertThat(known).isEqualTo(EnumSet.allOf(SslFailure.class));
  }

  @Test
  void each_failure_has_a_cause_and_something_to_check() {
    for (SslFailure failure : SslFailure.values()) {
      assertThat(failure.cause()).as(failure.name()).endsWith(".").doesNotContain("|");
      assertThat(failure.check()).as(failure.name()).endsWith(".").doesNotContain("|");
      assertThat(failure.name()).isEqualTo(failure.name().toUpperCase(Locale.ROOT));
    }
  }
}
