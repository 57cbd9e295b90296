package dev.ferrule.openssl;

import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.ciphers.CipherTable;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.spi.Capability;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The versions, suites, groups and signatures of a context. Immutable.
 *
 * @param server whether it is for servers
 * @param key the algorithm of the key of this side's certificate, as the JDK names it; null without
 * @param versions oldest first, without a gap
 * @param newer the suites of TLS 1.3, the preferred first
 * @param older those of TLS 1.2 and before
 * @param groups for key exchange, by IANA's names, the preferred first
 * @param schemes signature schemes, by IANA's names
 * @param applications the preferred first
 * @param hasPsks whether it has external pre-shared keys
 */
record OfferedParameters(
    boolean server,
    @Nullable String key,
    List<Protocol> versions,
    List<String> newer,
    List<String> older,
    List<String> groups,
    List<String> schemes,
    List<String> applications,
    boolean hasPsks)
    implements HelloObserver.Offer {

  /** Names of IANA and the JDK in a cipher string. */
  private static final Pattern STANDARD_NAME = Pattern.compile("(?:TLS|SSL)_\\w+");

  /**
   * The parameters that follow from the settings.
   *
   * @param verifies whether the peer must prove who it is: by anonymous suites nobody does
   * @throws SslConfigException when OpenSSL cannot honour them
   */
  static OfferedParameters of(SslSettings settings, boolean verifies) {
    List<Protocol> versions = new ArrayList<>(settings.protocols().stream().sorted().toList());
    List<CipherSuite> chosen = ciphers(settings).suites(Had.SUITES);
    List<String> newer = newer(settings, chosen);
    List<String> older =
        names(
            chosen.stream()
                .filter(suite -> isOf(versions, suite))
                .filter(suite -> !verifies || suite.auth() != CipherSuite.Auth.NULL));
    if (newer.isEmpty()) {
      versions.remove(Protocol.TLS_1_3);
    }
    if (older.isEmpty()) {
      versions.removeIf(version -> version != Protocol.TLS_1_3);
    }
    if (versions.isEmpty()) {
      throw new SslConfigException(
          "the cipher string leaves no cipher suite for the protocol versions "
              + settings.protocols());
    }
    if (EnumSet.range(versions.getFirst(), versions.getLast()).size() != versions.size()) {
      throw Capability.VERSION_GAPS.refusal(OpensslProvider.NAME, versions.toString());
    }
    Credentials shown = settings.credentials();
    return new OfferedParameters(
        settings.server(),
        shown == null ? null : shown.chain().getFirst().getPublicKey().getAlgorithm(),
        List.copyOf(versions),
        versions.contains(Protocol.TLS_1_3) ? newer : List.of(),
        older,
        settings.groups().isEmpty() ? Had.GROUPS : settings.groups(),
        schemes(settings),
        List.copyOf(settings.alpn()),
        !settings.externalPsks().isEmpty());
  }

  /** The cipher string, which with external pre-shared keys has suites for them in TLS 1.2. */
  static CipherString ciphers(SslSettings settings) {
    return settings.externalPsks().isEmpty()
        ? settings.ciphers()
        : CipherString.parse(settings.ciphers() + ExternalPsks.SUITES);
  }

  /** In TLS 1.3 OpenSSL can use an external pre-shared key only by a suite with SHA-256. */
  private static List<String> newer(SslSettings settings, List<CipherSuite> chosen) {
    List<String> all = names(chosen.stream().filter(OfferedParameters::isOfTls13));
    if (settings.externalPsks().isEmpty() || all.isEmpty()) {
      return all;
    }
    if (all.stream().noneMatch(suite -> suite.endsWith("_SHA256"))
        && settings.protocols().contains(Protocol.TLS_1_3)) {
      throw new SslConfigException(
          "external PSKs need a suite with SHA-256 in TLS 1.3, and the cipher string leaves none");
    }
    return all.stream().sorted(Comparator.comparingInt(OfferedParameters::forPsk)).toList();
  }

  /** The one that every implementation has (RFC 8446 9.1) goes before the others. */
  private static int forPsk(String suite) {
    return suite.equals("TLS_AES_128_GCM_SHA256") ? 0 : suite.endsWith("_SHA256") ? 1 : 2;
  }

  /** SHA-1 only where it is asked for (RFC 9155). */
  private static List<String> schemes(SslSettings settings) {
    boolean sha1 = settings.options().contains(SslOption.ALLOW_SHA1_HANDSHAKE);
    for (String scheme : settings.signatureSchemes()) {
      if (scheme.endsWith("_sha1") && !sha1) {
        throw new SslConfigException(
            "the signature scheme "
                + scheme
                + " can be forged (RFC 9155): leave it out, or give the option "
                + SslOption.ALLOW_SHA1_HANDSHAKE
                + " too");
      }
    }
    return settings.signatureSchemes().isEmpty()
        ? Had.SCHEMES.stream().filter(scheme -> sha1 || !scheme.endsWith("sha1")).toList()
        : settings.signatureSchemes();
  }

  private static List<String> names(Stream<CipherSuite> suites) {
    return suites.map(CipherSuite::iana).toList();
  }

  private static boolean isOfTls13(CipherSuite suite) {
    return suite.since() == CipherSuite.Protocol.TLS13;
  }

  /** Whether a suite of TLS 1.2 or before belongs to one of the versions. */
  private static boolean isOf(List<Protocol> versions, CipherSuite suite) {
    return switch (suite.since()) {
      case TLS13 -> false;
      case TLS12 -> versions.contains(Protocol.TLS_1_2);
      default -> versions.stream().anyMatch(version -> version != Protocol.TLS_1_3);
    };
  }

  /**
   * A cipher string as OpenSSL gets it: unchanged, but for the names of IANA and the JDK, which
   * OpenSSL does not know, and without anonymous suites where the peer is verified: with those it
   * shows no certificate, and OpenSSL asks nobody.
   */
  static String list(String ciphers, boolean verifies) {
    String known =
        STANDARD_NAME
            .matcher(ciphers)
            .replaceAll(found -> {
              CipherSuite suite = CipherTable.find(found.group());
              return suite == null ? found.group() : suite.openssl();
            });
    return verifies ? known + ":!aNULL" : known;
  }

  /** The application protocols as they stand in a hello: each behind its length (RFC 7301 3.1). */
  byte[] encodedApplications() {
    List<byte[]> names =
        applications.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toList();
    byte[] all = new byte[names.stream().mapToInt(name -> 1 + name.length).sum()];
    int at = 0;
    for (byte[] name : names) {
      all[at++] = (byte) name.length;
      System.arraycopy(name, 0, all, at, name.length);
      at += name.length;
    }
    return all;
  }

  /** OpenSSL's names of the groups. */
  String groupList() {
    return groups.stream().map(Had::library).collect(Collectors.joining(":"));
  }

  /** OpenSSL's names of the signature schemes. */
  String schemeList() {
    return schemes.stream().map(Had::scheme).collect(Collectors.joining(":"));
  }

  /**
   * What a server shares not with its client, for which OpenSSL has one word: suites of its key's
   * kind, signatures by it, or the curve that it is on (RFC 8422 5.1). By BoringSSL's words.
   */
  String notShared(@Nullable HelloObserver hellos) {
    SslHello hello = hellos == null ? null : hellos.offered();
    String kind = key;
    if (hello == null || kind == null) {
      return "NO_SHARED_CIPHER";
    }
    boolean rsa = kind.startsWith("RSA");
    String sign = rsa ? "rsa_" : kind.equals("EC") ? "ecdsa_" : "ed";
    boolean suites =
        older.stream()
            .filter(suite -> suite.contains(rsa ? "HE_RSA_" : "_ECDSA_"))
            .anyMatch(hello.cipherSuites()::contains);
    boolean signatures =
        schemes.stream()
            .filter(scheme -> scheme.startsWith(sign))
            .anyMatch(hello.signatureSchemes()::contains);
    if (!suites) {
      return "NO_SHARED_CIPHER";
    }
    return !signatures
        ? "NO_COMMON_SIGNATURE_ALGORITHMS"
        : rsa ? "NO_SHARED_CIPHER" : "WRONG_CURVE";
  }

  @Override
  public boolean showsCertificate() {
    return key != null;
  }

  @Override
  public List<String> protocols() {
    return versions.stream().map(Protocol::toString).toList();
  }

  @Override
  public List<String> cipherSuites() {
    return Stream.concat(newer.stream(), older.stream()).toList();
  }
}
