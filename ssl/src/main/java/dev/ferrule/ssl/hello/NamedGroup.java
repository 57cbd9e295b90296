package dev.ferrule.ssl.hello;

import java.util.Locale;
import java.util.Optional;

/** Groups for key exchange, by the names of the IANA registry (TLS Supported Groups). */
@SuppressWarnings("doclint:missing")
public enum NamedGroup {
  SECP256K1(0x0016, "secp256k1"),
  SECP256R1(0x0017, "secp256r1"),
  SECP384R1(0x0018, "secp384r1"),
  SECP521R1(0x0019, "secp521r1"),
  BRAINPOOL_P256R1(0x001A, "brainpoolP256r1"),
  BRAINPOOL_P384R1(0x001B, "brainpoolP384r1"),
  BRAINPOOL_P512R1(0x001C, "brainpoolP512r1"),
  X25519(0x001D, "x25519"),
  X448(0x001E, "x448"),
  BRAINPOOL_P256R1_TLS13(0x001F, "brainpoolP256r1tls13"),
  BRAINPOOL_P384R1_TLS13(0x0020, "brainpoolP384r1tls13"),
  BRAINPOOL_P512R1_TLS13(0x0021, "brainpoolP512r1tls13"),
  CURVE_SM2(0x0029, "curveSM2"),
  FFDHE2048(0x0100, "ffdhe2048"),
  FFDHE3072(0x0101, "ffdhe3072"),
  FFDHE4096(0x0102, "ffdhe4096"),
  FFDHE6144(0x0103, "ffdhe6144"),
  FFDHE8192(0x0104, "ffdhe8192"),
  MLKEM512(0x0200, "MLKEM512"),
  MLKEM768(0x0201, "MLKEM768"),
  MLKEM1024(0x0202, "MLKEM1024"),
  SECP256R1_MLKEM768(0x11EB, "SecP256r1MLKEM768"),
  X25519_MLKEM768(0x11EC, "X25519MLKEM768"),
  SECP384R1_MLKEM1024(0x11ED, "SecP384r1MLKEM1024"),
  X25519_KYBER768_DRAFT00(0x6399, "X25519Kyber768Draft00");

  private final int id;
  private final String text;

  NamedGroup(int id, String text) {
    this.id = id;
    this.text = text;
  }

  /** {@return the group of those two bytes on the wire, when it is known} */
  public static Optional<NamedGroup> ofId(int id) {
    for (NamedGroup group : values()) {
      if (group.id == id) {
        return Optional.of(group);
      }
    }
    return Optional.empty();
  }

  /** {@return the group of that registered name, in any case, when it is known} */
  public static Optional<NamedGroup> of(String name) {
    for (NamedGroup group : values()) {
      if (group.text.equalsIgnoreCase(name)) {
        return Optional.of(group);
      }
    }
    return Optional.empty();
  }

  /**
   * {@return the group of that registered name, or of the name that OpenSSL has for its curve (such
   * as prime256v1 or P-256), in any case, when it is known}
   */
  public static Optional<NamedGroup> called(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "p-256", "prime256v1" -> Optional.of(SECP256R1);
      case "p-384" -> Optional.of(SECP384R1);
      case "p-521" -> Optional.of(SECP521R1);
      default -> of(name);
    };
  }

  /** {@return the two bytes on the wire} */
  public int id() {
    return id;
  }

  /**
   * Whether it contains ML-KEM, so that a recorded connection stays secret when a quantum computer
   * exists.
   */
  public boolean isPostQuantum() {
    return text.contains("MLKEM") || text.contains("Kyber");
  }

  /** The registered name, such as {@code x25519}. */
  @Override
  public String toString() {
    return text;
  }
}
