package dev.ferrule.ssl;

import dev.ferrule.ssl.hello.ClientHello;
import dev.ferrule.ssl.hello.NamedGroup;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a setup says about versions, suites, key exchange and signatures, and what follows from that
 * for a provider. What was set by itself goes before the policy, whichever came first. For one
 * thread.
 */
final class Cryptography {
  private @Nullable SslPolicy policy;
  private @Nullable Protocol minimum;
  private @Nullable Protocol maximum;
  private @Nullable CipherString ciphers;
  private @Nullable List<String> groups;
  private @Nullable List<String> schemes;
  private @Nullable PostQuantum postQuantum;

  void policy(SslPolicy chosen) {
    policy = chosen;
  }

  void protocols(@Nullable Protocol lowest, @Nullable Protocol highest) {
    minimum = lowest == null ? minimum : lowest;
    maximum = highest == null ? maximum : highest;
  }

  void ciphers(CipherString list) {
    ciphers = list;
  }

  void groups(String... names) {
    groups = atLeastOne("a key exchange group", names);
  }

  void signatureSchemes(String... names) {
    schemes = atLeastOne("a signature scheme", names);
  }

  void postQuantum(PostQuantum mode) {
    postQuantum = mode;
  }

  private static List<String> atLeastOne(String what, String... names) {
    if (names.length == 0) {
      throw new SslConfigException("no handshake can do without " + what + ": name one at least");
    }
    return List.copyOf(new LinkedHashSet<>(List.of(names)));
  }

  // ---- what follows

  CipherString ciphers() {
    if (ciphers != null) {
      return ciphers;
    }
    return policy == null ? CipherString.parse(CipherString.MODERN) : policy.ciphers();
  }

  /** The versions, at least one. */
  Set<Protocol> protocols(Set<SslOption> options) {
    Protocol least =
        minimum != null ? minimum : policy == null ? Protocol.TLS_1_2 : policy.minProtocol();
    Protocol most =
        maximum != null ? maximum : policy == null ? Protocol.TLS_1_3 : policy.maxProtocol();
    if (least.compareTo(most) > 0) {
      throw new SslConfigException(
          "the lowest protocol, " + least + ", is above the highest, " + most);
    }
    Set<Protocol> chosen = EnumSet.range(least, most);
    options.forEach(option -> {
      switch (option) {
        case NO_TLSV1 -> chosen.remove(Protocol.TLS_1_0);
        case NO_TLSV1_1 -> chosen.remove(Protocol.TLS_1_1);
        case NO_TLSV1_2 -> chosen.remove(Protocol.TLS_1_2);
        case NO_TLSV1_3 -> chosen.remove(Protocol.TLS_1_3);
        default -> {}
      }
    });
    if (chosen.isEmpty()) {
      throw new SslConfigException("the options leave no protocol version to speak");
    }
    if (postQuantum != PostQuantum.REQUIRE) {
      return chosen;
    }
    if (!chosen.contains(Protocol.TLS_1_3)) {
      throw new SslConfigException(
          "a post-quantum group is required, and only TLS 1.3 has any: the versions are " + chosen);
    }
    return EnumSet.of(Protocol.TLS_1_3);
  }

  /** The groups by IANA's names; empty where nothing was said, for the provider's own choice. */
  List<String> groups(SslProvider provider) {
    List<String> asked = groups;
    if (asked == null && policy == null && preferred()) {
      return List.of();
    }
    List<String> had = provider.groups();
    List<String> chosen =
        new ArrayList<>(
            asked != null
                ? asked.stream().map(name -> group(name, provider.name(), had)).distinct().toList()
                : ofPolicy(had));
    boolean some =
        chosen.removeIf(name ->
            switch (mode()) {
              case PREFER -> false;
              case REQUIRE -> !isPostQuantum(name);
              case OFF -> isPostQuantum(name);
            });
    if (!chosen.isEmpty()) {
      return List.copyOf(chosen);
    }
    if (mode() == PostQuantum.REQUIRE && had.stream().noneMatch(Cryptography::isPostQuantum)) {
      throw Capability.POST_QUANTUM_GROUPS.refusal(provider.name(), "it has " + list(had));
    }
    throw new SslConfigException(
        (mode() == PostQuantum.REQUIRE
                ? "a post-quantum group is required, and there is none among the groups "
                : some ? "without post-quantum groups, nothing is left of the groups " : "none of ")
            + (asked == null ? "that the policy has" : list(asked)));
  }

  private PostQuantum mode() {
    return postQuantum == null ? PostQuantum.PREFER : postQuantum;
  }

  private boolean preferred() {
    return mode() == PostQuantum.PREFER;
  }

  /** Where no groups were named: the policy's, if it says something, of those that there are. */
  private List<String> ofPolicy(List<String> had) {
    if (policy == null || postQuantum == PostQuantum.REQUIRE) {
      return had;
    }
    Set<String> chosen = new LinkedHashSet<>();
    if (postQuantum == PostQuantum.PREFER) { // it was said, and the policy has none
      had.stream().filter(Cryptography::isPostQuantum).forEach(chosen::add);
    }
    policy.groups().stream().filter(had::contains).forEach(chosen::add);
    return List.copyOf(chosen);
  }

  private static String group(String name, String provider, List<String> had) {
    NamedGroup known = NamedGroup.called(name).orElse(null);
    if (known == null) {
      throw new SslConfigException(
          "there is no key exchange group '"
              + name
              + "'; the "
              + provider
              + " provider has "
              + list(had));
    }
    if (!had.contains(known.toString())) {
      throw new SslConfigException(
          "the "
              + provider
              + " provider does not have the key exchange group "
              + known
              + ": it has "
              + list(had));
    }
    return known.toString();
  }

  private static boolean isPostQuantum(String name) {
    return NamedGroup.of(name).filter(NamedGroup::isPostQuantum).isPresent();
  }

  /** The signature schemes; empty where none were named, for the provider's own choice. */
  List<String> signatureSchemes(SslProvider provider) {
    if (schemes == null) {
      return List.of();
    }
    if (!provider.can(Capability.SIGNATURE_SCHEMES)) {
      throw Capability.SIGNATURE_SCHEMES.refusal(
          provider.name(), "its library offers no call for that; leave signatureSchemes out");
    }
    List<String> had = provider.signatureSchemes();
    for (String name : schemes) {
      if (!had.contains(name)) {
        throw new SslConfigException(
            (ClientHello.isSchemeName(name)
                    ? "the " + provider.name() + " provider does not have the signature scheme "
                    : "there is no signature scheme ")
                + "'"
                + name
                + "'; the "
                + provider.name()
                + " provider has "
                + list(had));
      }
    }
    return schemes;
  }

  private static String list(List<String> names) {
    return String.join(", ", names);
  }
}
