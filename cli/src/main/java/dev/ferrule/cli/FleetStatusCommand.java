package dev.ferrule.cli;

import dev.ferrule.fleet.FleetClient;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;

/** {@code ferrule fleet status}: who has which certificates and keys. */
final class FleetStatusCommand implements Callable<Integer> {
  private final Stdio stdio;
  private final FleetOptions fleet = new FleetOptions();
  private boolean json;

  FleetStatusCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("status", this)
            .about(
                "Lists the certificates of a fleet, and its servers with those that they show.",
                "%nA server reports when something changes and every ten seconds; one that is"
                    + " silent for a minute is not listed.%n")
            .help("-h --help", "Show this help.")
            .exits(" 0:listed", " 4:Redis does not answer, or refuses", "64:wrong usage")
            .examples(
                "  ferrule fleet status --fleet rediss://redis.example.com --fleet-secret"
                    + " fleet.secret",
                "  ferrule fleet status --fleet redis://127.0.0.1 --fleet-secret fleet.secret"
                    + " --json");
    fleet.describeStore(command);
    return command.flag("--json", on -> json = on, "As JSON (docs/fleet.md has its shape).");
  }

  @Override
  public Integer call() {
    String wrong = fleet.incomplete();
    if (wrong != null) {
      throw new ToolError(Exit.USAGE, wrong);
    }
    try (FleetClient client = FleetMember.connect(fleet)) {
      FleetReport report = new FleetReport(client.certificates(), client.servers(), Instant.now());
      stdio.text().println(json ? report.json() : report.text());
      return Exit.CLEAN;
    } catch (NoClassDefFoundError e) {
      throw FleetOptions.missing(e);
    } catch (IOException e) {
      throw new ToolError(
          Exit.UNREACHABLE, "the fleet's store does not answer: " + e.getMessage(), e);
    }
  }
}
