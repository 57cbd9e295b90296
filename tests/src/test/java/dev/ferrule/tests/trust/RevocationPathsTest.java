package dev.ferrule.tests.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.trust.Anchors;
import dev.ferrule.ssl.trust.PathResult;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.ssl.trust.PathResult.Valid;
import dev.ferrule.ssl.trust.PathSearch;
import dev.ferrule.ssl.trust.Purpose;
import dev.ferrule.ssl.trust.Reason;
import dev.ferrule.ssl.trust.Revocation;
import dev.ferrule.ssl.trust.Revocation.Missing;
import dev.ferrule.testkit.CrlDraft;
import dev.ferrule.tests.trust.Keys.Kind;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Revocation where there are several paths, and several reasons to refuse one. */
@Tag("once")
class RevocationPathsTest {
  private final Keys keys = new Keys();
  private final Draft one = draft("one", true, 0);
  private final Draft two = draft("two", true, 1);
  private final Draft middle = draft("middle", true, 2);
  private final Draft leaf = draft("leaf", false, 3);
  private final X509Certificate byOne = middle.signedBy(one, 1);
  private final X509Certificate byTwo = middle.signedBy(two, 2);
  private final X509Certificate peer = leaf.signedBy(middle, 3);
  private final X509Certificate rootOne = one.signedBy(one, 4);
  private final X509Certificate rootTwo = two.signedBy(two, 5);
  private final List<String> told = new ArrayList<>();

  private Draft draft(String name, boolean authority, int key) {
    return new Draft(name, authority, keys.get(Kind.P256, key), Kind.P256.signature);
  }

  private static CrlDraft list(X509Certificate issuer, Draft draft) {
    return CrlDraft.of(issuer, draft.keys.getPrivate())
        .issued(Draft.NOW.minus(Duration.ofDays(1)))
        .due(Draft.NOW.plus(Duration.ofDays(1)));
  }

  private PathResult validate(Missing missing, X509CRL... lists) {
    Revocation revocation =
        new Revocation(List.of(lists), missing, (list, sentence) -> told.add(sentence.get()));
    return PathSearch.validate(
        List.of(peer, byOne, byTwo),
        Anchors.of(List.of(rootOne, rootTwo)),
        Draft.NOW,
        Purpose.SERVER,
        Set.of(),
        revocation);
  }

  private static Reason reason(PathResult result) {
    return ((Refusal) result).reason();
  }

  @Test
  void a_path_around_a_revoked_authority_is_found() {
    X509CRL first = list(rootOne, one).revoke(byOne).sign();
    PathResult found = validate(Missing.ACCEPTED, first);
    assertThat(((Valid) found).certificates()).containsExactly(peer, byTwo, rootTwo);
    X509CRL second = list(rootTwo, two).revoke(byTwo).sign();
    assertThat(reason(validate(Missing.ACCEPTED, first, second))).isEqualTo(Reason.REVOKED);
  }

  @Test
  void a_revoked_peer_is_revoked_on_every_path() {
    X509CRL list = list(byOne, middle).revoke(peer).sign();
    assertThat(reason(validate(Missing.ACCEPTED, list))).isEqualTo(Reason.REVOKED);
  }

  @Test
  void a_path_about_which_all_is_known_goes_before_one_about_which_it_is_not() {
    X509CRL list = list(byOne, middle).sign();
    assertThat(reason(validate(Missing.REFUSED, list))).isEqualTo(Reason.STATUS_UNKNOWN);
    PathResult found = validate(Missing.REFUSED, list, list(rootTwo, two).sign());
    assertThat(((Valid) found).certificates()).containsExactly(peer, byTwo, rootTwo);
  }

  @Test
  void that_one_was_revoked_is_told_before_that_another_is_not_known() {
    X509CRL revoking = list(rootOne, one).revoke(byOne).sign();
    assertThat(reason(validate(Missing.REFUSED, revoking))).isEqualTo(Reason.REVOKED);
  }

  @Test
  void an_authority_that_may_not_sign_lists_can_revoke_and_vouch_for_nobody() {
    Draft mute = draft("one", true, 0);
    mute.usage = org.bouncycastle.asn1.x509.KeyUsage.keyCertSign;
    X509Certificate root = mute.signedBy(mute, 6);
    assertThat(judged(root, list(root, mute).sign())).isInstanceOf(Valid.class);
    assertThat(told).singleElement().asString().contains("has no cRLSign");
    // Its key has said so: another of its certificates may have the usage.
    assertThat(reason(judged(root, list(root, mute).revoke(byOne).sign())))
        .isEqualTo(Reason.REVOKED);
  }

  private PathResult judged(X509Certificate root, X509CRL list) {
    return PathSearch.validate(
        List.of(peer, byOne),
        Anchors.of(List.of(root)),
        Draft.NOW,
        Purpose.SERVER,
        Set.of(),
        new Revocation(
            List.of(list), Missing.ACCEPTED, (each, sentence) -> told.add(sentence.get())));
  }

  @Test
  void lists_out_of_date_are_told_where_no_newer_one_is_beside_them() {
    X509CRL old = list(rootOne, one).due(Draft.NOW.minus(Duration.ofHours(1))).sign();
    X509CRL alone = list(rootTwo, two).due(Draft.NOW.minus(Duration.ofHours(1))).sign();
    X509CRL newer = list(rootOne, one).issued(Draft.NOW.minus(Duration.ofHours(1))).sign();
    new Revocation(
            List.of(old, alone, newer),
            Missing.ACCEPTED,
            (list, sentence) -> told.add(sentence.get()))
        .tellOutOfDate(Draft.NOW);
    assertThat(told).singleElement().asString().contains("CN=two", "out of date");
  }
}
