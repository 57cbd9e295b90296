package dev.ferrule.tests.trust;

import dev.ferrule.testkit.CrlDraft;
import dev.ferrule.tests.trust.Keys.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.ReasonFlags;

/** A chain of three, and what its authorities have revoked: by a random seed. For one thread. */
record GeneratedLists(
    int number,
    List<X509Certificate> chain,
    X509Certificate root,
    List<X509CRL> lists,
    String odd) {
  /** What is odd about the list of an authority; most lists are odd in no way. */
  enum Oddity {
    MISSING,
    EXPIRED,
    NOT_YET_VALID,
    REVOKES,
    ON_HOLD,
    REMOVES,
    FORGED,
    OTHER_KEY,
    NO_KEY_ID,
    ONLY_PEERS,
    ONLY_AUTHORITIES,
    ITS_POINT,
    OTHER_POINT,
    SOME_REASONS,
    INDIRECT,
    CRITICAL,
    CRITICAL_ENTRY,
    ENDLESS,
    OLDER_BESIDE
  }

  private static final String HERE = "http://lists.example/1.crl";
  private static final Keys KEYS = new Keys();

  /** The next of the seed. */
  static GeneratedLists of(int number, Random random) {
    Draft root = draft("root", true, 0);
    Draft middle = draft("middle", true, 1);
    Draft leaf = draft("leaf", false, 2);
    root.crlPoint = HERE;
    middle.crlPoint = HERE;
    leaf.crlPoint = HERE;
    boolean mayNotSign = random.nextInt(12) == 0;
    if (mayNotSign) {
      middle.usage = KeyUsage.keyCertSign;
    }
    X509Certificate top = root.signedBy(root, 1);
    X509Certificate authority = middle.signedBy(root, 2);
    X509Certificate peer = leaf.signedBy(middle, 3);
    List<X509CRL> lists = new ArrayList<>();
    String odd = mayNotSign ? "no cRLSign; " : "";
    odd += "root: " + addLists(root, top, authority, random, lists);
    odd += "; middle: " + addLists(middle, authority, peer, random, lists);
    return new GeneratedLists(number, List.of(peer, authority), top, lists, odd);
  }

  private static Draft draft(String name, boolean authority, int key) {
    return new Draft(name, authority, KEYS.get(Kind.P256, key), Kind.P256.signature);
  }

  private static String addLists(
      Draft draft,
      X509Certificate issuer,
      X509Certificate below,
      Random random,
      List<X509CRL> lists) {
    Oddity odd =
        random.nextInt(3) == 0 ? null : Oddity.values()[random.nextInt(Oddity.values().length)];
    if (odd == null) {
      lists.add(list(draft, issuer).sign());
    } else if (odd != Oddity.MISSING) {
      add(odd, draft, issuer, below, lists);
    }
    return odd == null ? "good" : odd.name();
  }

  private static CrlDraft list(Draft draft, X509Certificate issuer) {
    return dated(CrlDraft.of(issuer, draft.keys.getPrivate()));
  }

  private static CrlDraft dated(CrlDraft list) {
    return list.issued(Draft.NOW.minus(Duration.ofDays(2))).due(Draft.NOW.plus(Duration.ofDays(2)));
  }

  private static void add(
      Oddity odd, Draft draft, X509Certificate issuer, X509Certificate below, List<X509CRL> lists) {
    CrlDraft good = list(draft, issuer);
    CrlDraft made =
        switch (odd) {
          case MISSING -> throw new IllegalArgumentException();
          case EXPIRED -> good.due(Draft.NOW.minus(Duration.ofDays(1)));
          case NOT_YET_VALID -> good.issued(Draft.NOW.plus(Duration.ofDays(1)));
          case REVOKES -> good.revoke(below);
          case ON_HOLD -> good.revoke(below, 6);
          case REMOVES -> good.revoke(below, 8);
          case FORGED -> dated(CrlDraft.of(issuer, KEYS.get(Kind.P256, 5).getPrivate()));
          case OTHER_KEY -> {
            Draft other = draft(draft.name, true, 6);
            yield list(other, other.signedBy(other, 9)).revoke(below);
          }
          case NO_KEY_ID -> good.withoutKeyId();
          case ONLY_PEERS -> pointed(good, new IssuingDistributionPoint(null, true, false));
          case ONLY_AUTHORITIES -> pointed(good, new IssuingDistributionPoint(null, false, true));
          case ITS_POINT -> pointed(good, at(HERE));
          case OTHER_POINT -> pointed(good.revoke(below), at("http://lists.example/2.crl"));
          case SOME_REASONS ->
              pointed(
                  good,
                  new IssuingDistributionPoint(
                      null,
                      false,
                      false,
                      new ReasonFlags(ReasonFlags.keyCompromise),
                      false,
                      false));
          case INDIRECT ->
              pointed(good, new IssuingDistributionPoint(null, false, false, null, true, false));
          case CRITICAL -> good.extension("1.3.6.1.4.1.99999.1", true, new byte[] {5, 0});
          case CRITICAL_ENTRY ->
              good.revoke(issuer, "1.3.6.1.4.1.99999.1", true, new byte[] {5, 0});
          case ENDLESS -> good.due(null);
          case OLDER_BESIDE -> {
            CrlDraft older = list(draft, issuer).revoke(below, 6);
            lists.add(older.issued(Draft.NOW.minus(Duration.ofDays(3))).sign());
            yield good;
          }
        };
    lists.add(made.sign());
  }

  private static IssuingDistributionPoint at(String address) {
    return new IssuingDistributionPoint(Draft.point(address), false, false);
  }

  private static CrlDraft pointed(CrlDraft list, ASN1Encodable point) {
    try {
      return list.extension(
          Extension.issuingDistributionPoint.getId(), true, point.toASN1Primitive().getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
