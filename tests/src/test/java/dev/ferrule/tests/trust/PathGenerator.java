package dev.ferrule.tests.trust;

import static dev.ferrule.tests.trust.GeneratedPath.Oddity.*;

import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.trust.Purpose;
import dev.ferrule.tests.trust.GeneratedPath.Odd;
import dev.ferrule.tests.trust.GeneratedPath.Oddity;
import dev.ferrule.tests.trust.Keys.Kind;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * Makes paths of every kind that BetterTLS and RFC 5280 tell apart, from a seed: a plain path, then
 * up to three oddities. For one thread.
 */
final class PathGenerator {
  private static final Oddity[] OF_CERTIFICATES =
      EnumSet.range(EXPIRED, SELF_ISSUED).toArray(Oddity[]::new);

  private static final Oddity[] OF_SETS =
      EnumSet.range(MISSING, CROSS_SIGNED_BY_A_STRANGER).toArray(Oddity[]::new);

  private static final List<Kind> SIGNING =
      List.of(Kind.P256, Kind.P384, Kind.ED25519, Kind.RSA_2048);

  private final Random random;
  private final Keys keys = new Keys();
  private int number;
  private int serial;

  // Of the path in the making.
  private Purpose purpose = Purpose.SERVER;
  private List<Draft> drafts = List.of(); // the peer's first, the root last
  private List<Odd> oddities = List.of();

  PathGenerator(long seed) {
    this.random = new Random(seed);
  }

  GeneratedPath next() {
    int authorities = 1 + random.nextInt(4);
    purpose = random.nextInt(4) == 0 ? Purpose.CLIENT : Purpose.SERVER;
    oddities = new ArrayList<>();
    drafts = new ArrayList<>();
    drafts.add(new Draft("leaf " + number, false, key(Kind.P256, 0), ""));
    for (int i = 1; i <= authorities; i++) {
      Kind kind = SIGNING.get(random.nextInt(SIGNING.size()));
      Draft authority = new Draft("ca " + number + "." + i, true, key(kind, i), "");
      drafts.add(authority);
      drafts.get(i - 1).signature = kind.signature;
    }
    drafts.getLast().signature = Kind.P256.signature;
    drafts.getLast().keys = key(Kind.P256, authorities);
    drafts.get(authorities - 1).signature = Kind.P256.signature;
    drafts.getFirst().names =
        List.of(
            new GeneralName(GeneralName.dNSName, "host.example.com"),
            new GeneralName(GeneralName.iPAddress, "10.1.2.3"));
    int wanted = number == 0 ? 0 : 1 + random.nextInt(3);
    boolean sets = random.nextBoolean();
    for (int i = 0; i < wanted; i++) {
      if (i == 0 && sets) {
        continue;
      }
      oddity(OF_CERTIFICATES[random.nextInt(OF_CERTIFICATES.length)]);
    }
    GeneratedPath path = assembled(sets ? OF_SETS[random.nextInt(OF_SETS.length)] : null);
    number++;
    return path;
  }

  private java.security.KeyPair key(Kind kind, int place) {
    return keys.get(kind, place + 5 * random.nextInt(2));
  }

  // ---- oddities of one certificate

  private void oddity(Oddity oddity) {
    int at = place(oddity);
    if (at < 0
        || oddities.stream().anyMatch(odd -> odd.at() == at && clash(odd.oddity(), oddity))) {
      return;
    }
    oddities.add(new Odd(oddity, at));
    apply(oddity, drafts.get(at), at);
  }

  /** Both are about the same field. */
  private static boolean clash(Oddity one, Oddity other) {
    return List.of(
            Set.of(EXPIRED, NOT_YET_VALID),
            Set.of(OTHER_PURPOSE, UNRELATED_PURPOSE, ANY_PURPOSE, OWN_PURPOSE),
            Set.of(ENCIPHERS_ONLY, AGREES_ONLY, NO_CERT_SIGN, VERSION_ONE),
            Set.of(SHA_1, MD5, RSA_1024, P_192, P_224, FORGED),
            Set.of(OTHER_KEY_ID, NO_KEY_IDS))
        .stream()
        .anyMatch(set -> set.contains(one) && set.contains(other));
  }

  private int place(Oddity oddity) {
    int authorities = drafts.size() - 1;
    return switch (oddity) {
      case ENCIPHERS_ONLY, AGREES_ONLY, P_192, P_224, NAMES_OF_A_WILDCARD -> 0;
      case EXPIRED,
          NOT_YET_VALID,
          OTHER_PURPOSE,
          UNRELATED_PURPOSE,
          ANY_PURPOSE,
          OWN_PURPOSE,
          UNKNOWN_CRITICAL,
          NO_KEY_IDS ->
          random.nextInt(authorities + 1);
      case SHA_1, MD5 -> random.nextInt(authorities + 1);
      case FORGED, OTHER_KEY_ID -> random.nextInt(authorities);
      case SELF_ISSUED -> authorities < 2 ? -1 : 1 + random.nextInt(authorities - 1);
      default -> 1 + random.nextInt(authorities);
    };
  }

  private void apply(Oddity oddity, Draft draft, int at) {
    boolean server = purpose == Purpose.SERVER;
    KeyPurposeId own = server ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth;
    KeyPurposeId other = server ? KeyPurposeId.id_kp_clientAuth : KeyPurposeId.id_kp_serverAuth;
    switch (oddity) {
      case EXPIRED -> draft.notAfter = Draft.NOW.minus(Duration.ofDays(1));
      case NOT_YET_VALID -> draft.notBefore = Draft.NOW.plus(Duration.ofDays(1));
      case OTHER_PURPOSE -> draft.purposes = List.of(other);
      case UNRELATED_PURPOSE -> draft.purposes = List.of(KeyPurposeId.id_kp_codeSigning);
      case ANY_PURPOSE -> draft.purposes = List.of(KeyPurposeId.anyExtendedKeyUsage);
      case OWN_PURPOSE -> draft.purposes = List.of(other, own);
      case NO_CERT_SIGN -> draft.usage = KeyUsage.digitalSignature | KeyUsage.cRLSign;
      case ENCIPHERS_ONLY -> draft.usage = KeyUsage.keyEncipherment;
      case AGREES_ONLY -> draft.usage = KeyUsage.keyAgreement;
      case NO_AUTHORITY -> draft.certifies = false;
      case NO_BASIC_CONSTRAINTS -> draft.basicConstraints = false;
      case VERSION_ONE -> draft.versionOne = true;
      case PATH_LENGTH_0 -> draft.pathLength = 0;
      case PATH_LENGTH_1 -> draft.pathLength = 1;
      case NAMES_FIT -> draft.permitted.add(dns(random.nextBoolean() ? "example.com" : "com"));
      case NAMES_FORBIDDEN -> draft.excluded.add(dns("example.com"));
      case NAMES_ELSEWHERE -> draft.permitted.add(dns("example.org"));
      case NAMES_OF_A_WILDCARD -> {
        draft.names = List.of(dns("*.example.com"));
        drafts.get(drafts.size() - 1).excluded.add(dns("secret.example.com"));
      }
      case ADDRESSES_FIT -> draft.permitted.add(address("10.0.0.0/8"));
      case ADDRESSES_ELSEWHERE -> draft.permitted.add(address("192.168.0.0/16"));
      case DIRECTORY_FITS -> draft.permitted.add(directory("O=Ferrule"));
      case DIRECTORY_ELSEWHERE -> draft.permitted.add(directory("O=Others"));
      case UNKNOWN_CRITICAL -> draft.unknownCritical = true;
      case SHA_1, MD5 -> weaklySigned(oddity, draft, at);
      case RSA_1024 -> rekey(at, Kind.RSA_1024);
      case P_192 -> draft.keys = keys.get(Kind.P192, 0);
      case P_224 -> draft.keys = keys.get(Kind.P224, 0);
      case FORGED -> {
        draft.forger = keys.get(Kind.P256, 11);
        draft.signature = Kind.P256.signature;
      }
      case NO_KEY_IDS -> draft.keyIds = false;
      case OTHER_KEY_ID -> draft.otherKeyId = true;
      case SELF_ISSUED -> {
        // An authority that changes its key certifies the new one with the old.
        Draft rolled = new Draft(draft.name, true, keys.get(Kind.P256, 10), draft.signature);
        draft.signature = draft.signature.isEmpty() ? Kind.P256.signature : draft.signature;
        rolled.signature = draft.signature;
        draft.signature = Kind.P256.signature;
        drafts.add(at + 1, rolled);
        for (int i = 0; i < oddities.size(); i++) {
          Odd odd = oddities.get(i);
          oddities.set(i, odd.at() > at ? new Odd(odd.oddity(), odd.at() + 1) : odd);
        }
      }
      default -> throw new IllegalArgumentException(oddity.toString());
    }
  }

  private void weaklySigned(Oddity oddity, Draft draft, int at) {
    int issuer = Math.min(at + 1, drafts.size() - 1);
    rekey(issuer, Kind.RSA_2048);
    draft.signature = oddity == SHA_1 ? "SHA1withRSA" : "MD5withRSA";
  }

  /** Gives an authority another key, with which it signs what is below it. */
  private void rekey(int at, Kind kind) {
    drafts.get(at).keys = keys.get(kind, at);
    drafts.get(at - 1).signature = kind.signature;
    if (at == drafts.size() - 1) {
      drafts.get(at).signature = kind.signature;
    }
  }

  private static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  private static GeneralName address(String range) {
    return new GeneralName(GeneralName.iPAddress, range);
  }

  private static GeneralName directory(String name) {
    return new GeneralName(new org.bouncycastle.asn1.x500.X500Name(name));
  }

  // ---- what is sent, and what is trusted

  private GeneratedPath assembled(Oddity set) {
    List<X509Certificate> path = new ArrayList<>();
    for (int i = 0; i < drafts.size(); i++) {
      path.add(drafts.get(i).signedBy(drafts.get(Math.min(i + 1, drafts.size() - 1)), serial++));
    }
    int root = path.size() - 1;
    List<X509Certificate> sent = new ArrayList<>(path.subList(0, root));
    List<TrustedCertificate> anchors =
        new ArrayList<>(List.of(TrustedCertificate.of(path.get(root))));
    if (set != null) {
      oddities.add(new Odd(set, -1));
      change(set, path, sent, anchors);
    }
    return new GeneratedPath(
        number, List.copyOf(sent), List.copyOf(anchors), purpose, List.copyOf(oddities));
  }

  private void change(
      Oddity set,
      List<X509Certificate> path,
      List<X509Certificate> sent,
      List<TrustedCertificate> anchors) {
    Draft root = drafts.getLast();
    X509Certificate top = path.getLast();
    String id = purpose == Purpose.SERVER ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2";
    String other = purpose == Purpose.SERVER ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1";
    switch (set) {
      case MISSING -> {
        if (sent.size() > 1) {
          sent.remove(1 + random.nextInt(sent.size() - 1));
        } else {
          anchors.set(0, TrustedCertificate.of(stranger()));
        }
      }
      case SHUFFLED -> Collections.shuffle(sent.subList(1, sent.size()), random);
      case REPEATED -> sent.addAll(new ArrayList<>(sent));
      case UNRELATED_SENT -> sent.add(1, stranger());
      case ANCHOR_SENT -> sent.add(top);
      case ANCHOR_IS_INTERMEDIATE ->
          anchors.set(0, TrustedCertificate.of(path.get(Math.max(1, path.size() - 2))));
      case ANCHOR_IS_LEAF -> anchors.set(0, TrustedCertificate.of(path.getFirst()));
      case ANCHOR_RENEWED -> {
        Draft old = root.again();
        old.notAfter = Draft.NOW.minus(Duration.ofDays(3));
        anchors.add(random.nextInt(2), TrustedCertificate.of(old.signedBy(old, serial++)));
      }
      case ANCHOR_NAMESAKE -> {
        Draft namesake = new Draft(root.name, true, keys.get(Kind.P256, 9), root.signature);
        namesake.signature = Kind.P256.signature;
        anchors.add(
            random.nextInt(2), TrustedCertificate.of(namesake.signedBy(namesake, serial++)));
      }
      case ANCHOR_UNRELATED -> anchors.set(0, TrustedCertificate.of(stranger()));
      case ANCHOR_TRUSTED_FOR -> anchors.set(0, new TrustedCertificate(top, Set.of(id), Set.of()));
      case ANCHOR_TRUSTED_FOR_OTHERS ->
          anchors.set(0, new TrustedCertificate(top, Set.of(other), Set.of()));
      case ANCHOR_REJECTED_FOR -> anchors.set(0, new TrustedCertificate(top, Set.of(), Set.of(id)));
      case CROSS_SIGNED, CROSS_SIGNED_EXPIRED, CROSS_SIGNED_BY_A_STRANGER ->
          cross(set, path, sent, anchors);
      default -> throw new IllegalArgumentException(set.toString());
    }
  }

  /** The highest that is sent below the root comes a second time, by another authority. */
  private void cross(
      Oddity set,
      List<X509Certificate> path,
      List<X509Certificate> sent,
      List<TrustedCertificate> anchors) {
    int at = Math.max(1, path.size() - 2);
    Draft other = new Draft("other " + number, true, keys.get(Kind.P256, 8), "");
    other.signature = Kind.P256.signature;
    Draft crossed = drafts.get(at).again();
    crossed.signature = Kind.P256.signature;
    if (set == CROSS_SIGNED_EXPIRED) {
      crossed.notAfter = Draft.NOW.minus(Duration.ofDays(2));
    }
    sent.add(1 + random.nextInt(sent.size()), crossed.signedBy(other, serial++));
    if (set != CROSS_SIGNED_BY_A_STRANGER) {
      anchors.add(random.nextInt(2), TrustedCertificate.of(other.signedBy(other, serial++)));
    }
  }

  private X509Certificate stranger() {
    Draft stranger = new Draft("stranger " + number, true, keys.get(Kind.P256, 7), "");
    stranger.signature = Kind.P256.signature;
    return stranger.signedBy(stranger, serial++);
  }
}
