package dev.ferrule.openssl;

import dev.ferrule.ssl.hello.NamedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;

/** What the library that was found has; asked once, after it was loaded. Any thread. */
final class Had {
  /**
   * Groups for key exchange, the preferred first. A client sends a key share of the first that it
   * offers.
   */
  private static final List<NamedGroup> KNOWN_GROUPS =
      List.of(
          NamedGroup.X25519_MLKEM768,
          NamedGroup.SECP256R1_MLKEM768,
          NamedGroup.SECP384R1_MLKEM1024,
          NamedGroup.X25519,
          NamedGroup.SECP256R1,
          NamedGroup.X448,
          NamedGroup.SECP384R1,
          NamedGroup.SECP521R1,
          NamedGroup.FFDHE2048,
          NamedGroup.FFDHE3072,
          NamedGroup.FFDHE4096);

  private static final List<String> KNOWN_SCHEMES =
      List.of(
          "ecdsa_secp256r1_sha256",
          "ecdsa_secp384r1_sha384",
          "ecdsa_secp521r1_sha512",
          "ed25519",
          "ed448",
          "rsa_pss_pss_sha256",
          "rsa_pss_pss_sha384",
          "rsa_pss_pss_sha512",
          "rsa_pss_rsae_sha256",
          "rsa_pss_rsae_sha384",
          "rsa_pss_rsae_sha512",
          "rsa_pkcs1_sha256",
          "rsa_pkcs1_sha384",
          "rsa_pkcs1_sha512",
          "ecdsa_sha1",
          "rsa_pkcs1_sha1");

  /** By IANA's names. */
  static final List<String> GROUPS =
      those(
          KNOWN_GROUPS.stream().map(NamedGroup::toString).toList(),
          (context, name) -> LibContext.groups(context, library(name)));

  /** By IANA's names; those with SHA-1 are the last. */
  static final List<String> SCHEMES =
      those(KNOWN_SCHEMES, (context, name) -> LibContext.signatureSchemes(context, scheme(name)));

  /** All suites that can be asked for, by IANA's names. */
  static final List<String> SUITES = suites();

  private Had() {}

  /** OpenSSL's name for a group of IANA's name. */
  static String library(String group) {
    return switch (group) {
      case "x25519", "x448" -> group.toUpperCase(Locale.ROOT);
      case "secp256r1" -> "P-256";
      case "secp384r1" -> "P-384";
      case "secp521r1" -> "P-521";
      default -> group;
    };
  }

  /** OpenSSL's name for a signature scheme of IANA's name. */
  static String scheme(String name) {
    return name.equals("ecdsa_sha1") ? "ECDSA+SHA1" : name;
  }

  private static List<String> those(List<String> names, BiPredicate<Long, String> takes) {
    List<String> had = new ArrayList<>();
    long context = LibContext.make(false);
    try {
      for (String name : names) {
        if (takes.test(context, name)) {
          had.add(name);
        }
      }
    } finally {
      ErrorQueue.clear(); // of names that were refused
      LibContext.free(context);
    }
    return List.copyOf(had);
  }

  private static List<String> suites() {
    long context = LibContext.make(false);
    try {
      LibContext.cipherList(context, "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
      LibContext.cipherSuites(
          context,
          "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"
              + ":TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256");
      return List.copyOf(LibContext.ciphers(context));
    } finally {
      ErrorQueue.clear();
      LibContext.free(context);
    }
  }
}
