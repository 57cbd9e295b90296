package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemoTest {
  @Test
  void it_serves_connects_wraps_and_says_so() {
    Tool.Result result = Tool.run("demo");
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.out().lines().toList().getLast()).startsWith("OK: ");
    assertThat(result.out()).contains("TLSv1.3", "starttls", "the certificate was checked");
  }

  @Test
  void it_speaks_the_version_that_was_asked_for() {
    Tool.Result result = Tool.run("demo", "--max-protocol", "TLSv1.2", "--alpn", "x,y");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("TLSv1.2", "ALPN x").doesNotContain("TLSv1.3");
  }

  @Test
  void quiet_leaves_the_last_line() {
    assertThat(Tool.run("demo", "--quiet").out().lines()).hasSize(1);
  }
}
