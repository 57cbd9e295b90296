package dev.ferrule.cli;

import dev.ferrule.cli.cert.CertificateText;
import dev.ferrule.fleet.FleetClient;
import dev.ferrule.fleet.FleetServer;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.trust.OcspResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** {@code ferrule fleet put}: a certificate for all servers. */
final class FleetPutCommand implements Callable<Integer> {
  private static final long LARGEST_STAPLE = 32 * 1024;

  private final Stdio stdio;
  private final FleetOptions fleet = new FleetOptions();
  private final IdentityOptions identity = new IdentityOptions();
  private @Nullable Path staple;
  private String name = "default";

  FleetPutCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("put", this)
            .about(
                "Puts a certificate with its key into a fleet, for all servers that ask for it.",
                "%nThe key is encrypted with the fleet's secret before it leaves this process."
                    + " Servers with --fleet-cert NAME have it within five seconds, and check it as"
                    + " any reload: one that has expired, lacks an issuer or names fewer hosts than"
                    + " the one before is not shown, and a line says why. `ferrule fleet status`"
                    + " lists who shows which.%n")
            .help("-h --help", "Show this help.")
            .exits(
                " 0:put",
                " 4:Redis does not answer, or refuses",
                "64:wrong usage, or a certificate, key or response that cannot work")
            .examples(
                "  ferrule fleet put --fleet rediss://redis.example.com --fleet-secret fleet.secret"
                    + " --cert chain.pem --key key.pem",
                "  ferrule fleet put --fleet redis://127.0.0.1 --fleet-secret fleet.secret --name"
                    + " web-ec --cert ec.pem --key ec-key.pem --staple ec.der");
    fleet.describeStore(command);
    command.text(
        "--name",
        "NAME",
        text -> name = text,
        "By which servers ask for it, --fleet-cert NAME; 'default' unless said.");
    identity.describe(command);
    return command.file(
        "--staple",
        "FILE",
        file -> staple = file,
        "OCSP response about it, in DER, which servers send with it.");
  }

  @Override
  public Integer call() {
    String wrong = fleet.incomplete();
    if (wrong == null && !identity.isGiven()) {
      wrong = "--cert is missing: which certificate is to be put?";
    }
    if (wrong != null) {
      throw new ToolError(Exit.USAGE, wrong);
    }
    try {
      put(identity.loadOne().getFirst());
      return Exit.CLEAN;
    } catch (NoClassDefFoundError e) {
      throw FleetOptions.missing(e);
    } catch (IOException e) {
      throw new ToolError(
          Exit.UNREACHABLE, "the fleet's store does not answer: " + e.getMessage(), e);
    }
  }

  private void put(Credentials credentials) throws IOException {
    String outOfDate = credentials.validityProblem(Instant.now());
    if (outOfDate != null) {
      throw new ToolError(Exit.USAGE, outOfDate);
    }
    byte[] response = staple(credentials);
    try (FleetClient client = FleetMember.connect(fleet)) {
      long version = client.put(name, credentials, response);
      List<FleetServer> servers = client.servers();
      long asking = servers.stream().filter(each -> each.wanted().contains(name)).count();
      X509Certificate leaf = credentials.chain().getFirst();
      stdio
          .text()
          .println(
              "PUT %s version=%d sha256=%s servers=%d"
                  .formatted(name, version, CertificateText.sha256(leaf), asking));
      if (asking == 0) {
        stdio
            .err()
            .println(
                "ferrule: no server of this fleet asks for '%s' now (of %d): is it their name, and their secret?"
                    .formatted(name, servers.size()));
      }
    }
  }

  private byte @Nullable [] staple(Credentials credentials) {
    Path file = staple;
    if (file == null) {
      return null;
    }
    try {
      if (Files.size(file) > LARGEST_STAPLE) {
        throw new ToolError(Exit.USAGE, file + " is above the limit of 32 KiB");
      }
      byte[] response = Files.readAllBytes(file);
      List<X509Certificate> chain = credentials.chain();
      X509Certificate issuer = chain.size() > 1 ? chain.get(1) : null;
      if (!OcspResponse.parse(response).isAbout(chain.getFirst(), issuer)) {
        throw new ToolError(Exit.USAGE, file + " is about another certificate");
      }
      return response;
    } catch (IOException e) {
      String why = SafeText.of(ToolError.reason(e));
      throw new ToolError(Exit.USAGE, file + " is no OCSP response in DER: " + why, e);
    }
  }
}
