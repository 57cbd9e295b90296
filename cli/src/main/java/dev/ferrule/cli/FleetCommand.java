package dev.ferrule.cli;

/** {@code ferrule fleet}: what all servers of a fleet share. */
final class FleetCommand implements Runnable {
  private final Stdio stdio;

  FleetCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    return new Description("fleet", this)
        .about(
            "Puts certificates into a fleet of servers, and lists who has which.",
            "%nThe servers are those of `ferrule serve --fleet` and `ferrule tunnel --fleet`; they"
                + " meet in a Redis or Valkey.%n")
        .help("-h --help", "Show this help.")
        .exits(" 0:done", "64:wrong usage")
        .examples(
            "  ferrule fleet put --fleet rediss://redis.example.com --fleet-secret fleet.secret"
                + " --cert chain.pem --key key.pem",
            "  ferrule fleet status --fleet rediss://redis.example.com --fleet-secret"
                + " fleet.secret")
        .below(new FleetPutCommand(stdio).described())
        .below(new FleetStatusCommand(stdio).described());
  }

  @Override
  public void run() {
    throw new ToolError(Exit.USAGE, "say what to do: fleet put or fleet status");
  }
}
