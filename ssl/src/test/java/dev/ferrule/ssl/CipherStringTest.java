package dev.ferrule.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.ciphers.CipherTable;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CipherStringTest {
  private static final String[] TLS13 = {
    "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"
  };

  @Test
  void the_modern_string_is_tls13_and_ecdhe_with_aead() {
    assertThat(CipherString.parse(CipherString.MODERN).suites())
        .hasSize(9)
        .allMatch(suite -> suite.mac() == CipherSuite.Mac.AEAD)
        .allMatch(suite -> suite.kx().forwardSecret());
  }

  @Test
  void the_string_of_cl_async_puts_one_suite_of_tls12_last() throws NoSuchAlgorithmException {
    List<CipherSuite> suites = CipherString.resolve(CipherString.CL_ASYNC, supported());
    assertThat(suites.getFirst().name()).isEqualTo("TLS_AES_256_GCM_SHA384");
    assertThat(suites.getLast().name()).isEqualTo("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
    assertThat(suites).noneMatch(suite -> suite.kx() == CipherSuite.Kx.DHE);
  }

  @Test
  void every_suite_of_this_jdk_is_known_by_the_jdks_name() throws NoSuchAlgorithmException {
    assertThat(supported())
        .filteredOn(name -> !name.endsWith("_SCSV"))
        .allSatisfy(name -> assertThat(CipherTable.find(name)).extracting("name").isEqualTo(name));
  }

  @Test
  void the_suites_of_tls13_come_first_unasked() {
    assertThat(names("AES128-SHA"))
        .containsExactly(TLS13[0], TLS13[1], TLS13[2], "TLS_RSA_WITH_AES_128_CBC_SHA");
  }

  @Test
  void the_suites_of_tls13_are_chosen_and_ordered_by_name() {
    assertThat(names("TLS_AES_128_GCM_SHA256:AES128-SHA:TLS_AES_256_GCM_SHA384"))
        .containsExactly(TLS13[2], TLS13[0], "TLS_RSA_WITH_AES_128_CBC_SHA");
  }

  @Test
  void a_string_may_choose_tls13_alone() {
    assertThat(names("TLS_AES_128_CCM_SHA256")).containsExactly("TLS_AES_128_CCM_SHA256");
  }

  @Test
  void a_banned_suite_of_tls13_is_gone() {
    assertThat(names("AES128-SHA:!TLS_AES_128_GCM_SHA256:TLS_AES_128_GCM_SHA256"))
        .containsExactly("TLS_RSA_WITH_AES_128_CBC_SHA");
    assertThat(names("AES128-SHA:!TLS_AES_128_GCM_SHA256"))
        .containsExactly(TLS13[0], TLS13[1], "TLS_RSA_WITH_AES_128_CBC_SHA");
  }

  @Test
  void classes_do_not_touch_tls13() {
    assertThat(names("AES128-SHA256:!CHACHA20:!AESGCM")).startsWith(TLS13);
  }

  @Test
  void the_names_of_iana_the_jdk_and_openssl_are_one() {
    assertThat(names("TLS_RSA_WITH_3DES_EDE_CBC_SHA"))
        .isEqualTo(names("SSL_RSA_WITH_3DES_EDE_CBC_SHA"))
        .isEqualTo(names("DES-CBC3-SHA"))
        .endsWith("SSL_RSA_WITH_3DES_EDE_CBC_SHA");
  }

  @Test
  void a_provider_may_list_ianas_names_or_the_jdks() {
    assertThat(CipherString.resolve("3DES", List.of("TLS_RSA_WITH_3DES_EDE_CBC_SHA"))).hasSize(1);
    assertThat(CipherString.resolve("3DES", List.of("SSL_RSA_WITH_3DES_EDE_CBC_SHA"))).hasSize(1);
  }

  @Test
  void unknown_words_are_skipped_while_something_is_left() {
    assertThat(names("NONSENSE:AES128-SHA")).isEqualTo(names("AES128-SHA"));
  }

  @Test
  void a_string_that_leaves_nothing_is_an_error_that_names_the_unknown_word() {
    assertThatThrownBy(() -> CipherString.parse("AES129:!aNULL"))
        .isInstanceOf(SslConfigException.class)
        .hasMessage(
            "The cipher string \"AES129:!aNULL\" leaves no cipher suite;"
                + " \"AES129\" is no word for ciphers (AES128 is).");
  }

  @Test
  void a_string_that_the_security_level_empties_is_an_error_that_says_so() {
    assertThatThrownBy(() -> CipherString.parse("ADH"))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("at security level 1; weaker ones need");
    assertThat(names("ADH:@SECLEVEL=0")).contains("TLS_DH_anon_WITH_AES_256_GCM_SHA384");
  }

  @Test
  void a_string_whose_suites_the_provider_lacks_is_an_error_that_says_so() {
    assertThatThrownBy(() -> CipherString.resolve("CAMELLIA", List.of(TLS13)))
        .isInstanceOf(SslConfigException.class)
        .hasMessage(
            "The cipher string \"CAMELLIA\" leaves no cipher suite that this provider has.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "ALL:!ALL", "AES-AES", "!TLS_AES_128_GCM_SHA256", "@STRENGTH"})
  void tls13_unasked_does_not_make_up_for_an_empty_choice(String string) {
    assertThatThrownBy(() -> CipherString.parse(string)).isInstanceOf(SslConfigException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES+", "AES:!", "*", "AES:@FOO", "AES:@SECLEVEL=6", "AES@SECLEVEL=10"})
  void a_malformed_string_is_an_error_that_quotes_it(String string) {
    assertThatThrownBy(() -> CipherString.parse(string))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("\"" + string + "\"");
  }

  private static List<String> names(String string) {
    return CipherString.parse(string).suites().stream().map(CipherSuite::name).toList();
  }

  private static List<String> supported() throws NoSuchAlgorithmException {
    return List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
  }
}
