package dev.ferrule.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportPageTest {
  @Test
  void a_cell_has_all_that_the_table_has() {
    String names = "www.example.com, ".repeat(20);
    assertThat(ReportPage.escaped(names)).isEqualTo(names);
  }

  @Test
  void a_cell_is_text() {
    assertThat(ReportPage.escaped("<b>\u001b")).isEqualTo("&lt;b&gt;\\x1B");
  }
}
