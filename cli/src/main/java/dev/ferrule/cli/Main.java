package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.lang.module.ModuleDescriptor;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry of the {@code ferrule} tool. */
public final class Main implements Runnable {
  static final String DEBUG = "--debug";
  private static final List<String> COMMANDS =
      List.of(
          "demo",
          "serve",
          "connect",
          "tunnel",
          "check",
          "bench",
          "cert",
          "fleet",
          "providers",
          "completion");

  private final Stdio stdio;

  private final CommandSpec spec;

  private Main(Stdio stdio) {
    this.stdio = stdio;
    spec =
        new Description("ferrule", this)
            .help("-h --help", "Show this help.")
            .version("-V --version", "Show the version.")
            .examples(
                "  ferrule demo",
                "  ferrule serve --port 8443 --mode echo",
                "  ferrule connect example.com:443",
                "  ferrule tunnel --listen 127.0.0.1:8443 --to 127.0.0.1:5432 --cert chain.pem",
                "  ferrule check example.com:443",
                "  ferrule bench localhost:8443 --insecure --mode full",
                "  ferrule cert localhost 127.0.0.1 ::1",
                "  ferrule tunnel --help")
            .spec();
    spec.versionProvider(new Version());
    spec.usageMessage()
        .description(
            "SSL around TCP sockets: a demonstration, a server, a client, a tunnel, a check, a load"
                + " generator, certificates, fleets.")
        .synopsisSubcommandLabel("COMMAND");
  }

  /** Runs the tool and exits with its status. */
  public static void main(String[] args) {
    System.exit(run(Stdio.ofProcess(), args));
  }

  /** Runs the tool; the exit status. */
  static int run(Stdio stdio, String... args) {
    CommandLine tool = described(stdio, args.length == 0 ? "" : args[0]);
    boolean debug = List.of(args).contains(DEBUG);
    int status =
        tool.setOut(new PrintWriter(stdio.text(), true, UTF_8))
            .setErr(new PrintWriter(stdio.err(), true, UTF_8))
            .setUsageHelpWidth(100)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler((e, all) -> wrongUsage(stdio, e, debug))
            .setExecutionExceptionHandler((e, command, parsed) -> failed(stdio, e, debug))
            .execute(args);
    return status == Exit.CLEAN ? requireWritten(stdio, debug) : status;
  }

  /** The tool with the command that is named, or with all of them. */
  static CommandLine described(Stdio stdio, String named) {
    CommandLine tool = new CommandLine(new Main(stdio).spec);
    commands(named, stdio).forEach(command -> tool.addSubcommand(command.spec()));
    return tool;
  }

  /** Output that could not be written makes every command fail. */
  private static int requireWritten(Stdio stdio, boolean debug) {
    try {
      stdio.check();
      return Exit.CLEAN;
    } catch (ToolError e) {
      return failed(stdio, e, debug);
    }
  }

  /**
   * Describes the command that is named on the command line, to save time; all commands when none
   * is.
   */
  private static List<Description> commands(String named, Stdio stdio) {
    List<String> wanted = COMMANDS.contains(named) ? List.of(named) : COMMANDS;
    return wanted.stream().map(name -> command(name, stdio)).toList();
  }

  private static Description command(String name, Stdio stdio) {
    return switch (name) {
      case "demo" -> new Demo(stdio).described();
      case "serve" -> new Serve(stdio).described();
      case "connect" -> new Connect(stdio).described();
      case "tunnel" -> new TunnelCommand(stdio).described();
      case "check" -> new CheckCommand(stdio).described();
      case "bench" -> new BenchCommand(stdio).described();
      case "cert" -> new CertCommand(stdio).described();
      case "fleet" -> new FleetCommand(stdio).described();
      case "providers" -> new Providers(stdio).described();
      case "completion" -> new Completion(stdio, () -> described(stdio, "")).described();
      default -> throw new IllegalArgumentException(name);
    };
  }

  @Override
  public void run() {
    spec.commandLine().usage(stdio.err());
    throw new ToolError(Exit.USAGE, "say what to do: " + said(COMMANDS));
  }

  private static String said(List<String> names) {
    int last = names.size() - 1;
    return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }

  private static int wrongUsage(Stdio stdio, ParameterException e, boolean debug) {
    String hint = "";
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      hint = near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?";
    }
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    stdio.err().println("ferrule: " + Misuse.sentence(e) + hint + " (see: " + name + " --help)");
    if (debug) {
      e.printStackTrace(stdio.err());
    }
    return Exit.USAGE;
  }

  private static int failed(Stdio stdio, Exception e, boolean debug) {
    String message = String.valueOf(e.getMessage());
    stdio.err().println("ferrule: " + (Exit.isExpected(e) ? message : "unexpected: " + e));
    if (debug) {
      e.printStackTrace(stdio.err());
    }
    return Exit.of(e);
  }

  /**
   * On the class path the version is in the manifest of the jar, on the module path in the module.
   */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      ModuleDescriptor module = Main.class.getModule().getDescriptor();
      String version =
          module == null
              ? Main.class.getPackage().getImplementationVersion()
              : module.rawVersion().orElse(null);
      return new String[] {
        "ferrule " + (version == null ? "(not packaged)" : version),
        "Java " + Runtime.version() + ", " + System.getProperty("os.name")
      };
    }
  }
}
