package dev.ferrule.ssl.hello;

import static dev.ferrule.ssl.hello.HelloReaderTest.client;
import static dev.ferrule.ssl.hello.Records.ascii;
import static dev.ferrule.ssl.hello.Records.clientHello;
import static dev.ferrule.ssl.hello.Records.extension;
import static dev.ferrule.ssl.hello.Records.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against published fingerprints, whose suites, extensions and schemes were published too. */
class Ja4Test {
  private static final String SUPPORTED_VERSIONS = "06 dada 0304 0303";

  @Test
  void the_browser_of_the_specification_has_its_fingerprint() {
    String ja4 =
        ja4(
            "9a9a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035",
            "001b 0000 0033 0010 4469 0017 002d 000d 0005 0023 0012 002b ff01 000b 000a 0015",
            "0403 0804 0401 0503 0805 0501 0806 0601",
            ascii("h2"));
    assertThat(ja4).isEqualTo("t13d1516h2_8daaf6152771_e5627efa2ab1");
  }

  @Test
  void a_client_with_a_signalling_suite_counts_it() {
    String ja4 =
        ja4(
            "1303 1301 1302 c02c c02b cca9 c030 c02f cca8 00ff",
            "002b 0017 0000 0023 0010 000b 000a 000d 0033 0005 002d",
            "0503 0403 0807 0806 0805 0804 0601 0501 0401",
            ascii("h2"));
    assertThat(ja4).isEqualTo("t13d1011h2_61a7ad8aa9b6_3fcd1a44f3e3");
  }

  @Test
  void a_hello_without_extensions_has_a_hash_of_suites_only() {
    assertThat(client(record(clientHello("002f"))).ja4())
        .isEqualTo("t12i010000_ba72b8082249_000000000000");
  }

  /** Those of the specification, and a name of one letter. */
  @ParameterizedTest
  @CsvSource({
    "ab, ab",
    "abcd, ad",
    "3031abcd, 3d",
    "30abcd31, 01",
    "6832, h2",
    "68, hh",
    "2f68, 28",
    "'', 00"
  })
  void a_protocol_is_shown_by_its_ends(String name, String shown) {
    String ja4 = ja4("1301", name.isEmpty() ? "002b" : "002b 0010", "", name);
    assertThat(ja4).startsWith("t13i010%d%s_".formatted(name.isEmpty() ? 1 : 2, shown));
  }

  @Test
  void more_than_99_suites_are_99() {
    String many = HexFormat.of().formatHex(new byte[400]);
    assertThat(ja4(many, "002b", "", "")).startsWith("t13i990100_");
  }

  private static String ja4(String suites, String types, String schemes, String alpn) {
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(extension(0x1A1A, ""));
    for (String type : types.split(" ", -1)) {
      extensions.add(extension(Integer.parseInt(type, 16), body(type, schemes, alpn)));
    }
    extensions.add(extension(0x2A2A, "00"));
    return client(record(clientHello(suites, extensions.toArray(byte[][]::new)))).ja4();
  }

  private static String body(String type, String schemes, String alpn) {
    int codes = schemes.replace(" ", "").length() / 2;
    int name = alpn.length() / 2;
    return switch (type) {
      case "0000" -> "0004 00 0001" + ascii("a");
      case "000a" -> "0002 001d";
      case "000d" -> "%04x".formatted(codes) + schemes;
      case "0010" -> "%04x%02x".formatted(name + 1, name) + alpn;
      case "002b" -> SUPPORTED_VERSIONS;
      default -> "";
    };
  }
}
