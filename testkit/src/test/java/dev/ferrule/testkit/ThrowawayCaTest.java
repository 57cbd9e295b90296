package dev.ferrule.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ThrowawayCaTest {
  private final ThrowawayCa ca = ThrowawayCa.create();

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void a_leaf_of_every_key_type_validates_under_every_kind_of_root(KeyType type) throws Exception {
    ThrowawayCa root = ThrowawayCa.create(type);
    for (KeyType leaf : KeyType.values()) {
      validate(root, root.request("localhost").keyType(leaf).issue());
    }
  }

  @Test
  void names_that_are_addresses_become_address_entries() throws Exception {
    Issued issued = ca.issue("localhost", "127.0.0.1", "::1", "*.example.com");
    assertThat(issued.certificate().getSubjectAlternativeNames().stream().map(List::toString))
        .containsExactly(
            "[2, localhost]", "[7, 127.0.0.1]", "[7, 0:0:0:0:0:0:0:1]", "[2, *.example.com]");
  }

  @Test
  void an_intermediate_makes_a_chain_of_two_that_validates() throws Exception {
    Issued issued = ca.request("localhost").throughIntermediate().issue();
    assertThat(issued.chain()).hasSize(2);
    validate(ca, issued);
  }

  @Test
  void a_self_signed_certificate_is_not_vouched_for() throws Exception {
    Issued issued = ca.request("localhost").selfSigned().issue();
    issued.certificate().verify(issued.certificate().getPublicKey());
    assertThatThrownBy(() -> validate(ca, issued)).isInstanceOf(CertPathValidatorException.class);
  }

  @Test
  void stale_and_early_certificates_are_just_that() {
    assertThatThrownBy(() -> ca.request("a").expired().issue().certificate().checkValidity())
        .isInstanceOf(CertificateExpiredException.class);
    assertThatThrownBy(() -> ca.request("a").notYetValid().issue().certificate().checkValidity())
        .isInstanceOf(CertificateNotYetValidException.class);
  }

  @Test
  void usage_is_for_a_server_unless_a_client_is_asked_for() throws Exception {
    assertThat(ca.issue("a").certificate().getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(ca.request("a").forClient().issue().certificate().getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.2");
  }

  @Test
  void files_hold_what_the_text_methods_return(@TempDir Path folder) throws Exception {
    Issued issued = ca.issue("localhost");
    WrittenFiles files = issued.write(folder);
    assertThat(Files.readString(files.certificate())).isEqualTo(issued.chainPem());
    assertThat(Files.readString(files.key())).isEqualTo(issued.keyPem()).contains("BEGIN PRIVATE");
  }

  @Test
  void a_request_without_a_name_is_refused() {
    assertThatThrownBy(() -> ca.issue()).hasMessageContaining("give at least one");
  }

  private static void validate(ThrowawayCa ca, Issued issued) throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(ca.certificate(), null)));
    parameters.setRevocationEnabled(false);
    var path = CertificateFactory.getInstance("X.509").generateCertPath(issued.chain());
    CertPathValidator.getInstance("PKIX").validate(path, parameters);
  }
}
