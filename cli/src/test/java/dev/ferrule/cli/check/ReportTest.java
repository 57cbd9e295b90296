package dev.ferrule.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.cli.check.Grade.Letter;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static Report report(boolean complete, boolean chainsLeftOut) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Facts facts =
        new Facts(
            new Peer("localhost", loopback, 443, null, null, Duration.ofSeconds(1)),
            List.of(),
            Instant.EPOCH,
            Duration.ZERO,
            0,
            complete,
            List.of(),
            false,
            new TreeMap<>(),
            Enumeration.NONE,
            Enumeration.NONE,
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            chainsLeftOut,
            new Facts.Resumption(Encrypted.Resumed.UNKNOWN, Encrypted.Resumed.UNKNOWN),
            List.of(),
            Facts.HelloFacts.UNKNOWN,
            JdkClient.Renegotiation.UNKNOWN,
            Encrypted.Close.UNKNOWN,
            false,
            Optional.empty());
    return new Report(facts, new Grade(Letter.A, 93, 100, 90, 90, List.of()), List.of());
  }

  @Test
  void a_check_that_is_not_complete_reaches_no_grade() {
    assertThat(report(true, false).shortcoming(null, Letter.A)).isEmpty();
    assertThat(report(false, false).shortcoming(null, Letter.F).orElseThrow())
        .startsWith("the check is not complete");
    assertThat(report(false, false).shortcoming(null, null)).isEmpty();
  }

  @Test
  void certificates_that_were_left_out_make_a_check_incomplete() {
    assertThat(report(true, true).complete()).isFalse();
    assertThat(report(true, true).shortcoming(null, Letter.F)).isPresent();
  }

  @Test
  void days_that_are_asked_for_need_a_certificate() {
    assertThat(report(true, false).shortcoming(0, null).orElseThrow())
        .startsWith("no certificate was seen");
  }
}
