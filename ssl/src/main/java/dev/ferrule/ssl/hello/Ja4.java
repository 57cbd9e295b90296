package dev.ferrule.ssl.hello;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * JA4, the fingerprint of a TLS client (FoxIO's public specification): a readable part, a hash of
 * the sorted suites, and a hash of the sorted extensions with the signature schemes in their order.
 * GREASE values are left out everywhere.
 */
final class Ja4 {
  private static final String NOTHING = "000000000000";
  private static final int MOST = 99;
  private static final HexFormat HEX = HexFormat.of();

  private Ja4() {}

  static String of(int[] versions, int[] suiteCodes, Extensions offered) {
    int[] suites = Codes.real(suiteCodes).sorted().toArray();
    int[] types = Codes.real(Arrays.copyOf(offered.types, offered.count)).toArray();
    boolean named = IntStream.of(types).anyMatch(type -> type == Extensions.SERVER_NAME);
    String first =
        "t%s%s%02d%02d%s"
            .formatted(
                version(Codes.real(versions).max().orElse(0)),
                named ? "d" : "i",
                Math.min(MOST, suites.length),
                Math.min(MOST, types.length),
                alpn(offered.firstAlpn));
    int[] hashed =
        IntStream.of(types)
            .filter(type -> type != Extensions.SERVER_NAME && type != Extensions.ALPN)
            .sorted()
            .toArray();
    int[] schemes = Codes.real(offered.schemes).toArray();
    String extensions = list(hashed) + (schemes.length == 0 ? "" : "_" + list(schemes));
    return first
        + "_"
        + (suites.length == 0 ? NOTHING : hash(list(suites)))
        + "_"
        + (hashed.length == 0 ? NOTHING : hash(extensions));
  }

  private static String version(int code) {
    return switch (code) {
      case 0x0304 -> "13";
      case 0x0303 -> "12";
      case 0x0302 -> "11";
      case 0x0301 -> "10";
      case 0x0300 -> "s3";
      case 0x0002 -> "s2";
      default -> "00";
    };
  }

  /** Its first and last character; in hex digits where one of them is no letter or digit. */
  private static String alpn(byte[] name) {
    if (name.length == 0) {
      return "00";
    }
    byte first = name[0];
    byte last = name[name.length - 1];
    return isPlain(first) && isPlain(last)
        ? "" + (char) first + (char) last
        : "" + HEX.toHighHexDigit(first) + HEX.toLowHexDigit(last);
  }

  private static boolean isPlain(byte c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static String list(int[] codes) {
    return IntStream.of(codes)
        .mapToObj(code -> HEX.toHexDigits((short) code))
        .collect(Collectors.joining(","));
  }

  private static String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(US_ASCII));
      return HEX.formatHex(digest, 0, NOTHING.length() / 2);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
