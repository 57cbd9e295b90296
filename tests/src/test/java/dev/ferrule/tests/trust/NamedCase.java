package dev.ferrule.tests.trust;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A host as a program writes it, and what a certificate names. {@code form} is where the name
 * stands: in a dNSName, an iPAddress, or as the common name of a certificate without either.
 */
record NamedCase(String host, Form form, String name) {
  enum Form {
    DNS,
    ADDRESS,
    COMMON_NAME,
    COMMON_NAME_BESIDE_ADDRESS
  }

  private static final List<String> HOSTS =
      List.of(
          "www.example.com",
          "WWW.Example.COM",
          "www.example.com.",
          "foo.www.example.com",
          "foobar.example.com",
          "example.com",
          "com",
          "localhost",
          "localhost.",
          "my_service",
          "my_service.example.com",
          "www.my_zone.example.com",
          "_sip.example.com",
          "a-b.example.com",
          "-ab.example.com",
          "ab-.example.com",
          "xn--bcher-kva.example",
          "bücher.example",
          "BÜCHER.Example",
          "www.xn--bcher-kva.example",
          "www.bücher.example",
          "straße.example",
          "strasse.example",
          "xn--strae-oqa.example",
          "3.example.com",
          "3com.com",
          "www.3",
          "*.example.com",
          "f*.example.com",
          ".example.com",
          "www..example.com",
          "www.example.com..",
          "",
          ".",
          "www.exa mple.com");

  private static final List<String> ADDRESSES =
      List.of(
          "10.0.0.1",
          "127.0.0.1",
          "::1",
          "[::1]",
          "2001:db8::a",
          "2001:DB8:0:0:0:0:0:A",
          "::ffff:10.0.0.1",
          "fe80::1%lo",
          "10.0.1",
          "010.0.0.1",
          "10.0.0.1.",
          "::10.0.0.1");

  private static final List<String> CERTIFIED_ADDRESSES =
      List.of("10.0.0.1", "127.0.0.1", "::1", "2001:db8::a", "fe80::1", "::10.0.0.1");

  /** All of them, in an order by the seed. */
  static List<NamedCase> all(long seed) {
    Set<NamedCase> cases = new LinkedHashSet<>();
    for (String host : HOSTS) {
      for (String name : namesFor(host)) {
        cases.add(new NamedCase(host, Form.DNS, name));
      }
      cases.add(new NamedCase(host, Form.COMMON_NAME, host.isEmpty() ? "x" : ascii(host)));
      cases.add(new NamedCase(host, Form.COMMON_NAME, wild(ascii(host))));
      cases.add(
          new NamedCase(host, Form.COMMON_NAME_BESIDE_ADDRESS, host.isEmpty() ? "x" : ascii(host)));
    }
    for (String host : ADDRESSES) {
      for (String address : CERTIFIED_ADDRESSES) {
        cases.add(new NamedCase(host, Form.ADDRESS, address));
      }
      for (String name : List.of(bare(host), "*" + bare(host).substring(1), "10.0.0.*", "*")) {
        cases.add(new NamedCase(host, Form.DNS, name));
      }
      cases.add(new NamedCase(host, Form.COMMON_NAME, bare(host)));
    }
    List<NamedCase> shuffled = new ArrayList<>(cases);
    java.util.Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }

  /** The name as it is, and in all the ways in which it may be nearly right. */
  private static List<String> namesFor(String written) {
    String host = ascii(written);
    String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    int dot = bare.indexOf('.');
    String first = dot < 0 ? bare : bare.substring(0, dot);
    String rest = dot < 0 ? "" : bare.substring(dot);
    String half = first.substring(0, first.length() / 2);
    return List.of(
        host,
        bare,
        bare + ".",
        bare.toUpperCase(java.util.Locale.ROOT),
        wild(bare),
        wild(bare) + ".",
        wild(bare).toUpperCase(java.util.Locale.ROOT),
        "*" + first + rest,
        first + "*" + rest,
        half + "*" + rest,
        half + "*" + first.substring(half.length()) + rest,
        "xn--*" + rest,
        "**" + rest,
        "*.*" + (rest.indexOf('.', 1) > 0 ? rest.substring(rest.indexOf('.', 1)) : rest),
        "*." + bare,
        "x." + bare,
        "." + bare,
        rest.isEmpty() ? "." : rest,
        "*",
        "*.",
        "*.com",
        first + ".*.com",
        bare.replace("ex", "e\0x"),
        " " + bare,
        bare.replace('e', 'f'));
  }

  private static String wild(String host) {
    int dot = host.indexOf('.');
    return dot < 0 ? "*" : "*" + host.substring(dot);
  }

  /** As an authority writes it. */
  private static String ascii(String host) {
    return switch (host) {
      case "bücher.example", "BÜCHER.Example" -> "xn--bcher-kva.example";
      case "www.bücher.example" -> "www.xn--bcher-kva.example";
      case "straße.example" -> "xn--strae-oqa.example";
      default -> host;
    };
  }

  private static String bare(String address) {
    return address.replaceAll("[\\[\\]]|%.*", "");
  }

  /** Whether OpenSSL is asked about an address. */
  boolean isAddress() {
    return host.matches("\\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.%lo]*]?|\\d+(\\.\\d+){3}");
  }
}
