package dev.ferrule.boringssl;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.ciphers.CipherTable;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.spi.Capability;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The versions and suites of a context that BoringSSL has. Immutable.
 *
 * @param server whether it is for servers
 * @param showsCertificate whether this side has a certificate
 * @param key the algorithm of the key of that certificate, as the JDK names it; null without one
 * @param sha1 whether SHA-1 may sign a handshake
 * @param versions oldest first, without a gap
 * @param suites of TLS 1.2 and before, the preferred first
 * @param groups for key exchange, by IANA's names, the preferred first
 * @param applications the preferred first
 */
record OfferedParameters(
    boolean server,
    boolean showsCertificate,
    @Nullable String key,
    boolean sha1,
    List<Protocol> versions,
    List<CipherSuite> suites,
    List<String> groups,
    List<String> applications)
    implements HelloObserver.Offer {

  /** The suites of TLS 1.3. BoringSSL always offers these three; they cannot be configured. */
  private static final List<CipherSuite> FIXED = suites(0x1301, 0x1302, 0x1303);

  /** BoringSSL's suites of TLS 1.2 and before, without those of pre-shared keys. */
  private static final List<CipherSuite> OLDER =
      suites(
          0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC009, 0xC013, 0xC00A, 0xC014, 0x009C,
          0x009D, 0x002F, 0x0035);

  private static final List<CipherSuite> ALL =
      Stream.concat(FIXED.stream(), OLDER.stream()).toList();

  /** IANA's names by OpenSSL's, which BoringSSL uses too. */
  private static final Map<String, String> IANA =
      ALL.stream().collect(Collectors.toUnmodifiableMap(CipherSuite::openssl, CipherSuite::iana));

  private static List<CipherSuite> suites(int... ids) {
    return IntStream.of(ids).mapToObj(id -> Objects.requireNonNull(CipherTable.find(id))).toList();
  }

  /**
   * The parameters that follow from the settings.
   *
   * @throws SslConfigException when BoringSSL cannot honour them
   */
  static OfferedParameters of(SslSettings settings) {
    List<Protocol> versions = new ArrayList<>(settings.protocols().stream().sorted().toList());
    List<CipherSuite> chosen =
        settings.ciphers().suites(ALL.stream().map(CipherSuite::name).toList());
    List<CipherSuite> newer = chosen.stream().filter(OfferedParameters::isOfTls13).toList();
    List<CipherSuite> older = chosen.stream().filter(suite -> isOf(versions, suite)).toList();
    if (older.isEmpty() && !(versions.contains(Protocol.TLS_1_3) && !newer.isEmpty())) {
      throw new SslConfigException(
          "the cipher string leaves no cipher suite for the protocol versions "
              + settings.protocols());
    }
    if (versions.contains(Protocol.TLS_1_3)) {
      requireAll(newer, settings);
    }
    if (older.isEmpty()) {
      versions.removeIf(version -> version != Protocol.TLS_1_3);
    }
    if (EnumSet.range(versions.getFirst(), versions.getLast()).size() != versions.size()) {
      throw Capability.VERSION_GAPS.refusal(BoringProvider.NAME, versions.toString());
    }
    for (String name : settings.alpn()) {
      if (!name.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
        throw new SslConfigException(
            "the boringssl provider takes application protocols (ALPN) of visible ASCII only");
      }
    }
    Credentials shown = settings.credentials();
    return new OfferedParameters(
        settings.server(),
        shown != null,
        shown == null ? null : shown.chain().getFirst().getPublicKey().getAlgorithm(),
        settings.options().contains(SslOption.ALLOW_SHA1_HANDSHAKE),
        List.copyOf(versions),
        older,
        settings.groups().isEmpty() ? Groups.had() : settings.groups(),
        List.copyOf(settings.alpn()));
  }

  private static void requireAll(List<CipherSuite> newer, SslSettings settings) {
    if (newer.size() != FIXED.size()) {
      throw Capability.SUITES_OF_TLS_1_3.refusal(
          BoringProvider.NAME,
          "the cipher string \"%s\" does, and BoringSSL always has %s in an order of its own; take these, or no TLS 1.3, or the provider jdk"
              .formatted(settings.ciphers(), FIXED.stream().map(CipherSuite::iana).toList()));
    }
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

  /** IANA's name for BoringSSL's name of a suite. */
  static String iana(String name) {
    return IANA.getOrDefault(name, name);
  }

  /** The suites of TLS 1.2 and before as a cipher list for BoringSSL; empty when there are none. */
  String list() {
    return suites.stream().map(CipherSuite::openssl).collect(Collectors.joining(":"));
  }

  @Override
  public List<String> protocols() {
    return versions.stream().map(Protocol::toString).toList();
  }

  @Override
  public List<String> cipherSuites() {
    return Stream.concat(FIXED.stream(), suites.stream()).map(CipherSuite::iana).toList();
  }
}
