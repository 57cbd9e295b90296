package dev.ferrule.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientRuleTest {
  private static final SslIdentity ANN =
      new SslIdentity(
          "CN=ann,O=Example",
          List.of("ann.clients.example", "*.wild.example"),
          List.of("spiffe://example.org/ns/web/ann"),
          List.of("Ann@Example.org"),
          List.of("192.0.2.7", "2001:db8:0:0:0:0:0:7"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dns=ann.clients.example | true",
        "dns=ANN.Clients.Example | true",
        "dns=*.clients.example | true",
        "dns=*.example | false", // the star is one label
        "dns=clients.example | false",
        "dns=a.wild.example | false", // a wildcard in a certificate is no client's name
        "dns=*.wild.example | false",
        "uri=spiffe://example.org/ns/web/ann | true",
        "uri=spiffe://example.org/ns/web/* | true",
        "uri=spiffe://example.org/ns/web | false",
        "uri=spiffe://example.org.evil/* | false",
        "email=Ann@example.ORG | true",
        "email=ann@example.org | false", // the local part has a case
        "email=@example.org | true",
        "email=@ample.org | false",
        "ip=192.0.2.7 | true",
        "ip=2001:db8::7 | true",
        "ip=192.0.2.8 | false",
        "subject=CN=ann,O=Example | true",
        "subject=cn=Ann, o=EXAMPLE | true", // RFC 5280 7.1
        "subject=CN=ann | false",
        "subject=O=Example,CN=ann | false",
      })
  void a_rule_allows_whom_it_names(String rule, boolean allowed) {
    assertThat(ClientRule.parse(rule).allows(ANN)).isEqualTo(allowed);
    assertThat(ClientRule.parse(rule)).hasToString(rule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ann",
        "dns",
        "dns=",
        "uri= ",
        "uri=spiffe://example.org*",
        "uri=https://host*",
        "DNS=x",
        "host=x",
        "email=ann",
        "ip=ann",
        "ip=192.0.2",
        "subject=ann"
      })
  void what_is_no_rule_is_refused(String text) {
    assertThatThrownBy(() -> ClientRule.parse(text)).isInstanceOf(SslConfigException.class);
  }

  @Test
  void a_certificate_without_names_is_allowed_by_none() {
    SslIdentity nobody = new SslIdentity("", List.of(), List.of(), List.of(), List.of());
    for (String rule : List.of("dns=*.example", "uri=*", "email=@x", "ip=::1", "subject=CN=a")) {
      assertThat(ClientRule.parse(rule).allows(nobody)).as(rule).isFalse();
    }
  }

  /** Whoever resolves them in a path comes to another one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://example.org/ns/web/../admin",
        "spiffe://example.org/ns/web/..",
        "spiffe://example.org/ns/web/./x",
        "spiffe://example.org/ns/web/%2E%2e/admin",
        "spiffe://example.org/ns/web/.%2e?x",
        "spiffe://example.org/ns/web/a..b/..."
      })
  void a_star_is_no_dots_between_slashes(String uri) {
    SslIdentity odd = new SslIdentity("", List.of(), List.of(uri), List.of(), List.of());
    boolean plain = uri.endsWith("/...");
    assertThat(ClientRule.parse("uri=spiffe://example.org/ns/web/*").allows(odd)).isEqualTo(plain);
    assertThat(ClientRule.parse("uri=" + uri).allows(odd)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CN=ann\\00", "CN=ann\n", "CN=ann\\\r", "CN=\\"})
  void a_subject_that_text_does_not_carry_is_nobody(String subject) {
    SslIdentity odd = new SslIdentity(subject, List.of(), List.of(), List.of(), List.of());
    assertThat(ClientRule.parse("subject=CN=ann").allows(odd)).isFalse();
  }

  @Test
  void an_address_with_a_mask_is_none() {
    SslIdentity masked =
        new SslIdentity(
            "", List.of(), List.of(), List.of(), List.of("192.0.2.0/255.255.255.0", "192.0.2.7"));
    assertThat(ClientRule.parse("ip=192.0.2.0").allows(masked)).isFalse();
    assertThat(ClientRule.parse("ip=192.0.2.7").allows(masked)).isTrue();
  }

  /** Names in certificates are A-labels, without the dot of the root. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dns=b\u00fccher.example",
        "dns=ann.clients.example.",
        "dns=*",
        "dns=*.*.example",
        "dns=a b",
        "email=ann@",
        "email=@"
      })
  void what_can_match_nothing_is_refused(String text) {
    assertThatThrownBy(() -> ClientRule.parse(text)).isInstanceOf(SslConfigException.class);
  }
}
