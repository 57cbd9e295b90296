package dev.ferrule.tests.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.trust.Anchors;
import dev.ferrule.ssl.trust.PathResult;
import dev.ferrule.ssl.trust.PathSearch;
import dev.ferrule.ssl.trust.Purpose;
import dev.ferrule.ssl.trust.Revocation;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The search for a path ends, however many the certificates of a peer allow. */
@Tag("once")
class PathBoundsTest {
  private static final Keys KEYS = new Keys();

  private final Draft root = draft("root", true, 0);
  private final Anchors anchors = Anchors.of(List.of(root.signedBy(root, 1)));
  private final List<X509Certificate> presented = new ArrayList<>();

  @Test
  void a_good_path_behind_many_namesakes_is_found() {
    namesakes(90);
    assertThat(validate()).isInstanceOf(PathResult.Valid.class);
  }

  @Test
  void no_more_than_100_signatures_are_verified() {
    namesakes(110);
    assertRefused("more paths to an issuer than are looked at");
  }

  @Test
  void a_lattice_of_a_few_layers_is_searched_to_its_end() {
    lattice(5);
    assertRefused("unknown issuer");
  }

  /** Of two certificates in each layer each was issued by both above: 2^14 paths, 56 signatures. */
  @Test
  void no_more_than_400_steps_are_made() {
    lattice(14);
    assertRefused("more paths to an issuer than are looked at");
  }

  /** The step that is one too many comes behind the good path, which is found first. */
  @Test
  void a_lattice_that_leads_to_an_anchor_is_a_good_path() {
    lattice(14);
    Draft top = draft("layer 14", true, 1);
    PathResult result =
        PathSearch.validate(
            presented,
            Anchors.of(List.of(top.signedBy(top, 9))),
            Draft.NOW,
            Purpose.SERVER,
            Set.of(),
            Revocation.NONE);
    assertThat(result).isInstanceOf(PathResult.Valid.class);
  }

  /** Authorities of one name, of which the last one issued the leaf. */
  private void namesakes(int count) {
    Draft real = draft("middle", true, 1);
    presented.add(draft("leaf", false, 3).signedBy(real, 1));
    Draft other = draft("middle", true, 2);
    other.keyIds = false; // nothing tells which one it is but the signature
    for (int i = 0; i < count; i++) {
      presented.add(other.signedBy(root, 100 + i));
    }
    Draft last = real.again();
    last.keyIds = false;
    presented.add(last.signedBy(root, 99));
  }

  private void lattice(int layers) {
    presented.add(draft("leaf", false, 3).signedBy(draft("layer 0", true, 1), 1));
    for (int layer = 0; layer < layers; layer++) {
      Draft authority = draft("layer " + layer, true, 1);
      Draft above = draft("layer " + (layer + 1), true, 1);
      presented.add(authority.signedBy(above, 2 * layer));
      presented.add(authority.signedBy(above, 2 * layer + 1));
    }
  }

  private void assertRefused(String words) {
    assertThat(validate()).isInstanceOf(PathResult.Refusal.class);
    assertThat(((PathResult.Refusal) validate()).sentence()).contains(words);
  }

  private PathResult validate() {
    return PathSearch.validate(
        presented, anchors, Draft.NOW, Purpose.SERVER, Set.of(), Revocation.NONE);
  }

  private static Draft draft(String name, boolean authority, int key) {
    return new Draft(name, authority, KEYS.get(Keys.Kind.P256, key), Keys.Kind.P256.signature);
  }
}
