package dev.ferrule.tests.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.reload.Contents;
import dev.ferrule.ssl.reload.Successor;
import dev.ferrule.tests.trust.Keys.Kind;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chains of three and more, before and after. */
@Tag("once")
class SuccessorTest {
  private final Keys keys = new Keys();
  private final Draft root = authority("root", 0);
  private final Draft upper = authority("upper", 1);
  private final Draft lower = authority("lower", 2);
  private final Draft leaf = new Draft("leaf", false, keys.get(Kind.P256, 3), Kind.P256.signature);

  private Draft authority(String name, int number) {
    return new Draft(name, true, keys.get(Kind.P256, number), Kind.P256.signature);
  }

  private static String fault(List<X509Certificate> before, List<X509Certificate> next) {
    return new Successor(
            Contents.of(List.of(before), List.of(), List.of()),
            Contents.of(List.of(next), List.of(), List.of()))
        .incompleteChain();
  }

  private final X509Certificate own = leaf.signedBy(lower, 1);
  private final X509Certificate first = lower.signedBy(upper, 2);
  private final X509Certificate second = upper.signedBy(root, 3);
  private final X509Certificate top = root.signedBy(root, 4);

  @Test
  void an_issuer_in_the_middle_that_is_not_sent_any_more_is_missed() {
    assertThat(fault(List.of(own, first, second), List.of(own, first)))
        .contains("lacks the certificate of the issuer")
        .contains("CN=upper");
  }

  @Test
  void a_root_need_not_be_sent_and_the_order_does_not_matter() {
    assertThat(fault(List.of(own, first, second, top), List.of(own, second, first))).isNull();
    assertThat(fault(List.of(own, first, second), List.of(own, first, second, top))).isNull();
  }

  @Test
  void a_shorter_path_to_another_authority_is_complete() {
    X509Certificate direct = leaf.signedBy(upper, 5);
    assertThat(fault(List.of(own, first, second), List.of(direct, second))).isNull();
    assertThat(fault(List.of(own, first, second), List.of(direct))).contains("CN=upper");
  }

  @Test
  void an_authority_that_only_has_the_name_of_the_issuer_does_not_count() {
    X509Certificate namesake = authority("lower", 7).signedBy(upper, 6);
    assertThat(fault(List.of(own, first), List.of(own, namesake))).contains("CN=lower");
  }
}
