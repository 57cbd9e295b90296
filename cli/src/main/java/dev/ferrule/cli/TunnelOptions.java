package dev.ferrule.cli;

import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.cli.tunnel.Destination;
import dev.ferrule.cli.tunnel.Routes;
import dev.ferrule.cli.tunnel.Setting;
import dev.ferrule.cli.tunnel.Setting.Listen;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.cli.tunnel.Targets;
import dev.ferrule.host.Host;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.Verify;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The options of one tunnel: on the command line, or under its name in a file. */
final class TunnelOptions {
  final SharedOptions shared = new SharedOptions();
  private List<String> arguments = List.of();
  private boolean client;
  private boolean pass;
  private @Nullable String listen;
  private List<String> to = List.of();
  private List<String> routes = List.of();
  private @Nullable StartTls startTls;
  private @Nullable String serverName;
  private boolean insecure;
  private int proxyHeader;
  private @Nullable Duration health;
  private final BoundsOptions bounds = new BoundsOptions();
  private final TrustOptions trust = new TrustOptions("--client-ca --ca");
  private final IdentityOptions identity = new IdentityOptions();
  private final PskOptions psks = new PskOptions();
  private final ServerOptions served = new ServerOptions();
  private final TicketOptions tickets = new TicketOptions();
  private final FleetCertOption fleetCert = new FleetCertOption();

  void describe(Description command) {
    command
        .text(
            "--listen",
            "ADDR:PORT",
            where -> listen = where,
            "Where to listen: 127.0.0.1:8443, [::1]:8443, *:8443 for every address, or unix:PATH;"
                + " port 0 takes a free one.")
        .list(
            "--to",
            "HOST:PORT",
            "",
            all -> to = all,
            "Target: name:port, 10.0.0.7:port, [::1]:port or unix:PATH. May be repeated: the one"
                + " with the fewest connections is taken, and one that fails is left out for a"
                + " while.")
        .flag("--client", on -> client = on, "Speak SSL with the target, and plain TCP here.")
        .flag(
            "--passthrough",
            on -> pass = on,
            "Pass SSL on as it is, by the name that clients ask for (--route).")
        .list(
            "--route",
            "NAME=HOST:PORT",
            "",
            all -> routes = all,
            "Target for clients that ask for this host name (SNI), or for *. and a name. May be"
                + " repeated, also for one name. Others go to --to, or are refused without it.")
        .value(
            "--starttls",
            "PROTOCOL",
            StartTls.class,
            protocol -> startTls = protocol,
            "The end that speaks SSL begins in plain text, as this protocol does:"
                + " ${COMPLETION-CANDIDATES}. All but mysql.")
        .text(
            "--server-name",
            "NAME",
            name -> serverName = name,
            "With --client: the name to ask for (SNI) and to verify, where it is not HOST.")
        .flag(
            "--insecure",
            on -> insecure = on,
            "With --client: do not check the target's certificate; anybody in between can read and"
                + " change everything.")
        .value(
            "--send-proxy",
            "V",
            int.class,
            version -> proxyHeader = proxyVersion(version),
            "Begin connections to targets with a header of the PROXY protocol, version 1 or 2.");
    bounds.describe(command);
    command.text(
        "--health",
        "TIME",
        time -> health = BoundsOptions.duration("--health", time),
        "Connect to each target so often, such as 5s, and leave out those that fail.");
    trust.describe(
        command,
        "Issuers of the certificates that are trusted: those of clients, which must show one then,"
            + " and with --client those of targets, instead of the system's.");
    identity.describe(command);
    psks.describe(command);
    served.describe(command);
    tickets.describe(command);
    fleetCert.describe(command);
    shared.describeSsl(command);
  }

  private static int proxyVersion(int version) {
    if (version < 1 || version > 2) {
      throw new ToolError(Exit.USAGE, "--send-proxy is 1 or 2, not " + version);
    }
    return version;
  }

  Side side() {
    return client ? Side.CLIENT : pass ? Side.PASS : Side.SERVER;
  }

  @Nullable Duration health() {
    return health;
  }

  /** What they were made of: options with the same arguments mean the same. */
  void madeOf(List<String> given) {
    arguments = List.copyOf(given);
  }

  boolean isSame(TunnelOptions other) {
    return arguments.equals(other.arguments);
  }

  /** Whether one that listens as this says need not listen anew to do what {@code other} says. */
  boolean listensAs(TunnelOptions other) {
    return listenText().equals(other.listenText())
        && side() == other.side()
        && startTls == other.startTls
        && bounds.bounds().handshake().equals(other.bounds.bounds().handshake())
        && served.listensAs(other.served);
  }

  // ---- mistakes

  /** What is wrong with them; null when nothing is. */
  @Nullable String contradiction() {
    if (client && pass) {
      return "--client and --passthrough contradict each other";
    } else if (listen == null) {
      return "--listen is missing: where do clients connect?";
    } else if (to.isEmpty() && routes.isEmpty()) {
      return "--to is missing: where does the tunnel lead?";
    } else if (bounds.contradiction() != null) {
      return bounds.contradiction();
    }
    if (startTls != null && startTls.limitation() != null) {
      return startTls.limitation();
    }
    String wrong =
        switch (side()) {
          case SERVER -> ofServer();
          case CLIENT -> ofClient();
          case PASS -> ofPass();
        };
    return wrong != null ? wrong : loop();
  }

  private @Nullable String ofServer() {
    if (insecure || serverName != null || shared.verify != null) {
      String option = insecure ? "--insecure" : serverName != null ? "--server-name" : "--verify";
      return option + " is about a target's certificate, and needs --client";
    }
    if (startTls != null && startTls.greets() && !routes.isEmpty()) {
      return "--route has no meaning with --starttls "
          + startTls
          + ": the target greets before the client asks for a name";
    }
    if (!identity.isGiven() && !fleetCert.isGiven() && !psks.areGiven() && !served.namesAll()) {
      return "--cert is missing: which certificate do clients see? (or is this --client?)";
    }
    String other = served.contradiction(trust.namesIssuers());
    if (other == null) {
      other = trust.contradiction();
    }
    if (other == null) {
      other = tickets.contradiction();
    }
    if (other == null) {
      other = psks.ofServer(identity.isGiven() || fleetCert.isGiven() || served.given() != null);
    }
    if (other == null && trust.given() != null && !trust.namesIssuers()) {
      other = trust.given() + " is about certificates of clients, and needs --client-ca";
    }
    return other;
  }

  private @Nullable String ofClient() {
    String other = served.given() != null ? served.given() : tickets.given();
    if (other == null && fleetCert.isGiven()) {
      other = "--fleet-cert";
    }
    if (other != null) {
      return other + " is for the side that clients see, and has no meaning with --client";
    }
    if (!routes.isEmpty()) {
      return "--route is by the name that SSL clients ask for, and has no meaning with --client";
    }
    if (insecure && (trust.namesIssuers() || shared.verify != null)) {
      return "--insecure contradicts " + (trust.namesIssuers() ? "--ca" : "--verify");
    }
    boolean named = serverName != null || verify() != Verify.CHAIN_AND_HOST;
    if (!named && to.stream().anyMatch(where -> where.startsWith(Target.UNIX))) {
      return "a Unix-domain socket has no host name to verify: say it with --server-name, or choose"
          + " --verify chain or --insecure";
    }
    String ofKeys = psks.ofClient();
    return ofKeys == null ? trust.contradiction() : ofKeys;
  }

  private @Nullable String ofPass() {
    String other =
        Stream.of(
                served.given(),
                tickets.given(),
                trust.given(),
                identity.given(),
                psks.given(),
                fleetCert.isGiven() ? "--fleet-cert" : null,
                startTls == null ? null : "--starttls",
                serverName == null ? null : "--server-name",
                insecure ? "--insecure" : null,
                shared.sslOnly())
            .filter(given -> given != null)
            .findFirst()
            .orElse(null);
    return other == null
        ? null
        : other + " has no meaning with --passthrough, which does not decrypt";
  }

  /** A tunnel that leads to itself. */
  private @Nullable String loop() {
    return destinationTexts()
        .filter(to -> TunnelAddresses.leadsTo(to, listenText()))
        .findFirst()
        .map(to -> "--to " + to + " is where the tunnel itself listens")
        .orElse(null);
  }

  private Stream<String> destinationTexts() {
    return Stream.concat(
        to.stream(), routes.stream().map(route -> route.substring(route.indexOf('=') + 1)));
  }

  /** The texts of where it listens and where it leads, to look for loops among tunnels. */
  String listenText() {
    return String.valueOf(listen);
  }

  List<String> targetTexts() {
    return destinationTexts().toList();
  }

  // ---- what they mean

  Setting setting(String name, @Nullable Supplier<SslContext> context) {
    served.checkListening();
    if (serverName != null) {
      requireHost("--server-name", serverName);
    }
    return new Setting(
        name,
        side(),
        listen(),
        served::apply,
        startTls,
        routes(),
        serverName,
        proxyHeader,
        bounds.bounds(),
        context,
        side() == Side.SERVER ? served.admission() : null);
  }

  private Listen listen() {
    Target at = Target.listening(String.valueOf(listen));
    boolean every = at.host().equals("*");
    if (at.unix() == null && !every) {
      requireHost("--listen " + listen, at.hostText());
    }
    return new Listen(every ? null : at.host(), at.port(), at.unix());
  }

  private Routes routes() {
    Map<String, List<Destination>> byName = new LinkedHashMap<>();
    for (String route : routes) {
      int equals = route.indexOf('=');
      if (equals <= 0) {
        throw new ToolError(Exit.USAGE, "--route is NAME=HOST:PORT, not '" + route + "'");
      }
      byName
          .computeIfAbsent(
              route.substring(0, equals).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(destination("--route", route.substring(equals + 1)));
    }
    Map<String, Targets> targets = new LinkedHashMap<>();
    byName.forEach((name, destinations) -> targets.put(name, new Targets(destinations)));
    List<Destination> others = to.stream().map(text -> destination("--to", text)).toList();
    try {
      return new Routes(targets, others.isEmpty() ? null : new Targets(others));
    } catch (IllegalArgumentException e) {
      throw new ToolError(Exit.USAGE, "--route: " + e.getMessage(), e);
    }
  }

  private static Destination destination(String option, String text) {
    Target target = Target.parse(text);
    if (target.unix() == null) {
      requireHost(option + " " + text, target.hostText());
    }
    return new Destination(text, target.host(), target.port(), target.unix());
  }

  /** Else it would be found with the first client only. */
  private static void requireHost(String option, String host) {
    try {
      Host.parse(host);
    } catch (IllegalArgumentException e) {
      throw new ToolError(Exit.USAGE, option + ": " + e.getMessage(), e);
    }
  }

  /** The files that {@link #context} reads. */
  List<Path> files() {
    return Stream.of(identity.files(), psks.files(), served.files(), trust.files())
        .flatMap(List::stream)
        .toList();
  }

  /** What contradicts the fleet of the process, or the lack of one; null when nothing does. */
  @Nullable String beside(FleetOptions fleet) {
    String wrong = fleetCert.contradiction(fleet);
    return wrong == null && fleet.areGiven() && side() == Side.SERVER
        ? tickets.besideFleet()
        : wrong;
  }

  /** How long tickets live; null where the provider decides. */
  @Nullable Duration ticketLifetime() {
    return tickets.lifetime();
  }

  /** Takes ticket keys and certificates of the fleet, if there is one. */
  void join(FleetOptions fleet) {
    tickets.use(fleet.ticketKeys());
    fleetCert.join(fleet);
  }

  /** Loads it again when a certificate of the fleet has come. */
  void follow(SslReload reload) {
    fleetCert.follow(reload);
  }

  void openTickets(@Nullable Duration watchedEvery, Consumer<SslReloadEvent> told) {
    tickets.open(watchedEvery, told);
  }

  void reloadTickets() {
    tickets.reload();
  }

  void close() {
    tickets.close();
    fleetCert.close();
  }

  /** A context of the end that speaks SSL. */
  SslContext context() {
    SslContextBuilder ssl = side() == Side.CLIENT ? SslContext.client() : SslContext.server();
    shared.apply(ssl);
    if (side() == Side.CLIENT) {
      ssl.verify(verify());
      trust.apply(ssl);
      psks.offer(ssl, shared);
    } else {
      if (trust.namesIssuers()) {
        trust.apply(ssl);
        ssl.clientAuth(ClientAuth.REQUIRED);
      }
      served.apply(ssl);
      tickets.apply(ssl);
      psks.take(ssl, shared);
    }
    if (!fleetCert.show(ssl)) {
      List<Credentials> own = side() == Side.CLIENT ? identity.loadOne() : identity.loadAll();
      if (own.isEmpty() && fleetCert.isGiven() && !served.namesAll()) {
        throw fleetCert.nothingToShow();
      }
      IdentityOptions.show(own, ssl);
    }
    return ssl.build();
  }

  private Verify verify() {
    if (shared.verify != null) {
      return shared.verify.mode;
    }
    return insecure ? Verify.NONE : Verify.CHAIN_AND_HOST;
  }
}
