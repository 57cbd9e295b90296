package dev.ferrule.cli;

import dev.ferrule.LoopSetup;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * {@code ferrule providers}: lists pollers and SSL providers, with the reason where one is
 * unavailable.
 */
final class Providers implements Callable<Integer> {
  private record Row(String name, String version, @Nullable String unavailable) {}

  private final Stdio stdio;
  private boolean capabilities;

  Providers(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("providers", this)
            .about(
                "Lists the pollers and the SSL providers.",
                "%nThe best come first: whether each is available here, what it stands on, or why"
                    + " it is not available. The best available one is the default.%n")
            .flag(
                "--capabilities",
                on -> capabilities = on,
                "Say instead what each SSL provider can do here, and what not.")
            .examples(
                "  ferrule providers",
                "  ferrule providers --capabilities",
                "  ferrule demo --provider jdk --poller nio");
    new Verbosity().describe(command); // the command does not use it
    return command;
  }

  @Override
  public Integer call() {
    PrintStream out = stdio.text();
    if (capabilities) {
      printCapabilities(out, SslContext.providers());
      return Exit.CLEAN;
    }
    print(
        out,
        "pollers (--poller)",
        LoopSetup.pollers().stream().map(Providers::row).toList(),
        System.getProperty(LoopSetup.POLLER_PROPERTY));
    print(
        out,
        "SSL providers (--provider)",
        SslContext.providers().stream().map(Providers::row).toList(),
        System.getProperty(SslContext.PROVIDER));
    return Exit.CLEAN;
  }

  private static Row row(PollerProvider poller) {
    String reason = poller.unavailable();
    return new Row(poller.name(), reason == null ? poller.version() : "", reason);
  }

  private static Row row(SslProvider provider) {
    String reason = provider.unavailable();
    String version = reason == null ? provider.version() : "";
    String records = provider.can(Capability.RECORDS_IN_JAVA) ? ", TLS 1.3 records in Java" : "";
    return new Row(provider.name(), version + records, reason);
  }

  /** The default is the named one, or else the first that is available. */
  private static void print(PrintStream out, String title, List<Row> rows, @Nullable String named) {
    out.println(title);
    boolean first = true;
    for (Row row : rows) {
      String reason = row.unavailable();
      if (reason != null) {
        out.printf("  %-10s not available: %s%n", row.name(), reason);
      } else {
        boolean standard = named == null ? first : row.name().equals(named);
        out.printf(
            "  %-10s %s, %s%n", row.name(), standard ? "default" : "available", row.version());
        first = false;
      }
    }
  }

  /** A line for each capability, a column for each provider; a dash where one is not available. */
  private static void printCapabilities(PrintStream out, List<SslProvider> providers) {
    StringBuilder head = new StringBuilder();
    providers.forEach(provider -> head.append("%-11s".formatted(provider.name())));
    out.println(head + "it can");
    for (Capability what : Capability.values()) {
      StringBuilder line = new StringBuilder();
      for (SslProvider provider : providers) {
        String answer = provider.unavailable() != null ? "-" : provider.can(what) ? "yes" : "no";
        line.append("%-11s".formatted(answer));
      }
      out.println(line + what.toString());
    }
    for (SslProvider provider : providers) {
      String reason = provider.unavailable();
      out.println(
          reason == null
              ? "groups of %s: %s".formatted(provider.name(), String.join(", ", provider.groups()))
              : "%s is not available: %s".formatted(provider.name(), reason));
      if (reason == null && !provider.signatureSchemes().isEmpty()) {
        out.println(
            "signature schemes of %s: %s"
                .formatted(provider.name(), String.join(", ", provider.signatureSchemes())));
      }
    }
  }
}
