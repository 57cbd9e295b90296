package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The table of docs/options.md says what the providers say of themselves. */
@Tag("once")
class CapabilitiesTest {
  @Test
  void the_table_of_the_page_has_a_line_for_each_capability() throws IOException {
    SslProvider jdk = SslContext.provider("jdk");
    SslProvider boringssl = SslContext.provider("boringssl");
    SslProvider openssl =
        SslContext.providers().stream()
            .filter(each -> each.name().equals("openssl"))
            .findFirst()
            .orElseThrow();
    assumeTrue(openssl.version().startsWith("OpenSSL 3.0"), openssl.version());
    List<String> lines =
        Stream.of(Capability.values())
            .map(what ->
                "| %s | %s | %s | %s |"
                    .formatted(
                        what, answer(jdk, what), answer(boringssl, what), answer(openssl, what)))
            .toList();
    assertThat(Files.readAllLines(CompiledModule.ROOT.resolve("docs/options.md")))
        .containsSubsequence(lines);
  }

  private static String answer(SslProvider provider, Capability what) {
    return provider.can(what) ? "yes" : "no";
  }
}
