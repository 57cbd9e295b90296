package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The table of failures in docs/errors.md is the one that the enum makes. */
@Tag("once")
class FailureTableTest {
  private static final String HEAD =
      """
      | code | cause | what to check | side | stage | alert |
      | --- | --- | --- | --- | --- | --- |
      """;

  @Test
  void the_table_of_the_page_is_made_from_the_enum() throws IOException {
    String table =
        HEAD
            + Arrays.stream(SslFailure.values())
                .map(FailureTableTest::row)
                .collect(Collectors.joining());
    Path made = CompiledModule.ROOT.resolve("tests/target/failures.md");
    Files.createDirectories(made.getParent());
    Files.writeString(made, table);
    assertThat(Files.readString(CompiledModule.ROOT.resolve("docs/errors.md")))
        .as("put tests/target/failures.md into docs/errors.md, in place of its table")
        .contains(table);
  }

  private static String row(SslFailure failure) {
    return "| `%s` | %s | %s | %s | `%s` | %s |\n"
        .formatted(
            failure,
            failure.cause(),
            failure.check(),
            failure.side().name().toLowerCase(Locale.ROOT),
            failure.stage(),
            failure.alert().orElse("-"));
  }
}
