package dev.ferrule.cli;

import dev.ferrule.ServerSetup;
import dev.ferrule.host.Network;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.ssl.ClientRule;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslAdmission;
import dev.ferrule.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The options of commands that serve clients: certificates by name, bounds. */
final class ServerOptions {
  private List<String> names = List.of();
  private boolean strictNames;
  private List<String> rules = List.of();
  private List<String> staples = List.of();
  private @Nullable Integer handshakes;
  private @Nullable Integer perAddress;
  private List<String> proxies = List.of();
  private List<String> socketOptions = List.of();

  void describe(Description command) {
    command
        .list(
            "--name",
            "PATTERN=CHAIN[,KEY]",
            "",
            all -> names = all,
            "Certificate for clients that ask for a host name (SNI), or for *. and a name; the key"
                + " may be in the same file. May be repeated. Others get the one of --cert.")
        .flag(
            "--strict-names",
            on -> strictNames = on,
            "Refuse clients that ask for none of the names of --name.")
        .list(
            "--allow",
            "RULE",
            "",
            all -> rules = all,
            "Which clients to let in by their certificate: dns=, uri=, email=, ip= or subject= and a"
                + " pattern, such as dns=*.example.com or uri=spiffe://example.org/*. May be"
                + " repeated; one must fit. Needs --client-ca.")
        .list(
            "--staple",
            "FILE",
            "",
            all -> staples = all,
            "OCSP response to send with the certificate that it is about: DER, as made by openssl"
                + " ocsp -respout. May be repeated.")
        .value(
            "--max-handshakes",
            "N",
            int.class,
            n -> handshakes = n,
            "Handshakes that may go on at once, a quarter of them only for those with a session;"
                + " others wait, those with a session go first. No bound unless said.")
        .value(
            "--handshakes-per-address",
            "N",
            int.class,
            n -> perAddress = n,
            "Handshakes that a client address (or an IPv6 /64) may begin in a second. No bound"
                + " unless said.")
        .list(
            "--proxied-by",
            "NETWORK",
            ",",
            all -> proxies = all,
            "Take connections from these proxies only, each with a header of the PROXY protocol in"
                + " front: an address, or a network such as 10.0.0.0/8. May be repeated.");
    WayOptions.describeOptions(command, values -> socketOptions = values);
  }

  /** What concerns the sockets themselves, with SSL or without. */
  void apply(ServerSetup<?, ?, ?> setup) {
    setup.socketOptions(WayOptions.options(socketOptions));
    if (!proxies.isEmpty()) {
      try {
        List<String> others = proxies.subList(1, proxies.size());
        setup.proxiedBy(proxies.getFirst(), others.toArray(String[]::new));
      } catch (IllegalArgumentException e) {
        throw new ToolError(Exit.USAGE, "--proxied-by: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Reads what {@link #apply(ServerSetup)} sets, so that a mistake is told before anybody listens.
   *
   * @throws ToolError when there is one
   */
  void checkListening() {
    SocketOptions _ = WayOptions.options(socketOptions);
    try {
      proxies.forEach(Network::parse);
    } catch (IllegalArgumentException e) {
      throw new ToolError(Exit.USAGE, "--proxied-by: " + e.getMessage(), e);
    }
  }

  /** What is wrong with them; null when nothing is. */
  @Nullable String contradiction(boolean asksForCertificates) {
    if (handshakes != null && handshakes < 1) {
      return "--max-handshakes is at least 1, not " + handshakes;
    }
    if (perAddress != null && perAddress < 1) {
      return "--handshakes-per-address is at least 1, not " + perAddress;
    }
    if (strictNames && names.isEmpty()) {
      return "--strict-names needs --name: else every client is refused";
    }
    return !rules.isEmpty() && !asksForCertificates
        ? "--allow needs --client-ca: clients are let in by their certificates"
        : null;
  }

  /** The name of an option that was given; null when none was. */
  @Nullable String given() {
    if (!names.isEmpty()) {
      return "--name";
    } else if (strictNames) {
      return "--strict-names";
    } else if (!rules.isEmpty()) {
      return "--allow";
    } else if (!staples.isEmpty()) {
      return "--staple";
    }
    if (handshakes != null) {
      return "--max-handshakes";
    }
    return perAddress == null ? null : "--handshakes-per-address";
  }

  /** Whether every client that is let in asks for a name that has a certificate here. */
  boolean namesAll() {
    return strictNames && !names.isEmpty();
  }

  /** Whether clients that ask for another name need a certificate. */
  boolean needsDefault() {
    return !strictNames;
  }

  void apply(SslContextBuilder ssl) {
    for (Named each : named()) {
      ssl.name(each.pattern, Credentials.load(each.chain, each.key));
    }
    if (strictNames) {
      ssl.strictNames();
    }
    if (!rules.isEmpty()) {
      ssl.allow(rules.stream().map(ClientRule::parse).toArray(ClientRule[]::new));
    }
    if (!staples.isEmpty()) {
      ssl.ocspStaples(stapleFiles());
    }
  }

  private Path[] stapleFiles() {
    return staples.stream().map(Path::of).toArray(Path[]::new);
  }

  /** The files that {@link #apply} reads. */
  List<Path> files() {
    return Stream.concat(
            named().stream().flatMap(each -> Stream.of(each.chain, each.key)),
            Stream.of(stapleFiles()))
        .distinct()
        .toList();
  }

  /** One {@code --name}. */
  private record Named(String pattern, Path chain, Path key) {
    static Named of(String text) {
      int equals = text.indexOf('=');
      if (equals <= 0 || equals == text.length() - 1) {
        throw new ToolError(
            Exit.USAGE, "--name is PATTERN=CHAIN or PATTERN=CHAIN,KEY, not '" + text + "'");
      }
      String files = text.substring(equals + 1);
      int comma = files.lastIndexOf(',');
      Path chain = Path.of(comma < 0 ? files : files.substring(0, comma));
      Path key = comma < 0 ? chain : Path.of(files.substring(comma + 1));
      return new Named(text.substring(0, equals), chain, key);
    }
  }

  private List<Named> named() {
    return names.stream().map(Named::of).toList();
  }

  /** Whether what a server has from its beginning on is the same. */
  boolean listensAs(ServerOptions other) {
    return Objects.equals(handshakes, other.handshakes)
        && Objects.equals(perAddress, other.perAddress)
        && proxies.equals(other.proxies)
        && socketOptions.equals(other.socketOptions);
  }

  /** The bounds that were asked for; null when none were. */
  @Nullable SslAdmission admission() {
    if (handshakes == null && perAddress == null) {
      return null;
    }
    SslAdmission.Builder limits = SslAdmission.limits();
    if (handshakes != null) {
      limits.handshakes(handshakes);
    }
    if (perAddress != null) {
      limits.perAddress(perAddress, Duration.ofSeconds(1));
    }
    return limits.build();
  }
}
