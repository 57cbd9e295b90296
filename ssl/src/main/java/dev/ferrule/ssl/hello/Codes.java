package dev.ferrule.ssl.hello;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.ciphers.CipherTable;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Names of the two-byte codes in hello messages; a code without a name is written in hex. */
public final class Codes {
  private Codes() {}

  private static final Map<Integer, String> VERSIONS =
      Map.of(
          0x0002, "SSLv2",
          0x0300, "SSLv3",
          0x0301, "TLSv1",
          0x0302, "TLSv1.1",
          0x0303, "TLSv1.2",
          0x0304, "TLSv1.3");

  /**
   * Names of the IANA registry (TLS SignatureScheme). In TLS 1.2 the ECDSA schemes do not fix the
   * curve.
   */
  private static final Map<Integer, String> SCHEMES =
      Map.ofEntries(
          Map.entry(0x0201, "rsa_pkcs1_sha1"),
          Map.entry(0x0203, "ecdsa_sha1"),
          Map.entry(0x0401, "rsa_pkcs1_sha256"),
          Map.entry(0x0403, "ecdsa_secp256r1_sha256"),
          Map.entry(0x0501, "rsa_pkcs1_sha384"),
          Map.entry(0x0503, "ecdsa_secp384r1_sha384"),
          Map.entry(0x0601, "rsa_pkcs1_sha512"),
          Map.entry(0x0603, "ecdsa_secp521r1_sha512"),
          Map.entry(0x0804, "rsa_pss_rsae_sha256"),
          Map.entry(0x0805, "rsa_pss_rsae_sha384"),
          Map.entry(0x0806, "rsa_pss_rsae_sha512"),
          Map.entry(0x0807, "ed25519"),
          Map.entry(0x0808, "ed448"),
          Map.entry(0x0809, "rsa_pss_pss_sha256"),
          Map.entry(0x080A, "rsa_pss_pss_sha384"),
          Map.entry(0x080B, "rsa_pss_pss_sha512"),
          Map.entry(0x0904, "mldsa44"),
          Map.entry(0x0905, "mldsa65"),
          Map.entry(0x0906, "mldsa87"));

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final int RENEGOTIATION_INFO = 0x00FF;
  private static final int FALLBACK = 0x5600;

  /** A version, by the number that hello messages have for it. */
  public static String version(int code) {
    return name(VERSIONS.get(code), code);
  }

  /** A signature scheme, by its number in the registry. */
  public static String scheme(int code) {
    return name(SCHEMES.get(code), code);
  }

  /** The signature schemes that have a name here, by their numbers, the lowest first. */
  public static List<Integer> knownSchemes() {
    return SCHEMES.keySet().stream().sorted().toList();
  }

  static boolean isScheme(String name) {
    return SCHEMES.containsValue(name);
  }

  /** A group for key exchange, by its number in the registry. */
  public static String group(int code) {
    return name(NamedGroup.ofId(code).map(NamedGroup::toString).orElse(null), code);
  }

  /** A cipher suite, by its number in the registry. */
  public static String suite(int code) {
    CipherSuite suite = CipherTable.find(code);
    return name(suite == null ? null : suite.iana(), code);
  }

  static List<String> versions(int[] codes) {
    return real(codes).mapToObj(Codes::version).toList();
  }

  static List<String> schemes(int[] codes) {
    return real(codes).mapToObj(Codes::scheme).toList();
  }

  static List<String> groups(int[] codes) {
    return real(codes).mapToObj(Codes::group).toList();
  }

  /** Leaves out the signalling values, which are not suites (RFC 5746, RFC 7507). */
  static List<String> suites(int[] codes) {
    return real(codes)
        .filter(code -> code != RENEGOTIATION_INFO && code != FALLBACK)
        .mapToObj(Codes::suite)
        .toList();
  }

  /** Leaves out GREASE values, which have no meaning: two equal bytes that end in A (RFC 8701). */
  static IntStream real(int[] codes) {
    return IntStream.of(codes)
        .filter(code -> (code & 0x0F0F) != 0x0A0A || code >> 8 != (code & 0xFF));
  }

  /** Formats only what has no name: this is done for each code of each hello. */
  private static String name(@Nullable String known, int code) {
    return known == null ? "0x" + HEX.toHexDigits((short) code) : known;
  }
}
