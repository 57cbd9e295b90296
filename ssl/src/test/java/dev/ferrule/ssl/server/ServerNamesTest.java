package dev.ferrule.ssl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.SslConfigException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNamesTest {
  private static final ServerNames<String> NAMES =
      new ServerNames<>(
          Map.of(
              "example.com", "exact",
              "*.example.com", "wild",
              "www.example.com", "www",
              "*.deep.example.com", "deep",
              "Grüße.example", "unicode",
              "*.bücher.example", "books",
              "dotted.example.", "dotted"));

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "example.com, exact",
        "EXAMPLE.com, exact",
        "example.com., exact",
        "www.example.com, www",
        "ftp.example.com, wild",
        "FTP.Example.COM., wild",
        "a.b.example.com, -",
        "deep.example.com, wild",
        "a.deep.example.com, deep",
        ".example.com, -",
        "xn--gre-6ka8l.example, unicode",
        "xn--GRE-6KA8L.example, unicode",
        "grüße.example, -", // a client sends A-labels
        "x.xn--bcher-kva.example, books",
        "dotted.example, dotted",
        "*.example.com, wild", // a label like any other
        "com, -",
        "., -",
        "'', -",
        "..example.com, -",
        "notexample.com, -",
      })
  void a_name_is_found(String asked, String found) {
    assertThat(NAMES.find(Optional.of(asked))).isEqualTo(found);
  }

  @Test
  void no_name_finds_nothing() {
    assertThat(NAMES.find(Optional.empty())).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "*.",
        "www.*.example",
        "w*.example.com",
        "*.*.example",
        "127.0.0.1",
        "[::1]",
        "::1",
        "a..b",
        "a b",
        "*.127.0.0.1"
      })
  void a_pattern_that_can_be_no_name_is_refused(String pattern) {
    assertThatThrownBy(() -> new ServerNames<>(Map.of(pattern, "x")))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("'" + pattern + "' is no server name");
  }

  @Test
  void the_same_name_in_two_forms_is_refused() {
    Map<String, String> twice = new LinkedHashMap<>();
    twice.put("EXAMPLE.com", "a");
    twice.put("example.com.", "b");
    assertThatThrownBy(() -> new ServerNames<>(twice))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("given twice");
  }
}
