package dev.ferrule.cli;

import dev.ferrule.cli.cert.ShowReport;
import dev.ferrule.cli.cert.ShowSettings;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.keys.Source;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** {@code ferrule cert show}: explains files, and what is wrong with them. */
final class CertShowCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";
  private static final int MOST_DAYS = 36_500;

  private final Stdio stdio;
  private final BooleanSupplier misplaced;
  private final Verbosity verbosity = new Verbosity();
  private List<String> arguments = List.of();
  private @Nullable Path passwordFile;
  private int minDays;
  private boolean strict;
  private boolean json;

  /** {@code misplaced} tells whether the command above was given names of its own. */
  CertShowCommand(Stdio stdio, BooleanSupplier misplaced) {
    this.stdio = stdio;
    this.misplaced = misplaced;
  }

  Description described() {
    Description command =
        new Description("show", this)
            .about(
                "Explains certificates, keys, requests, revocation lists and stores.",
                "%nIt says in plain words what is in PEM, DER, PKCS#12 and JKS files, and what is"
                    + " wrong with it. An ERROR is not secure, or peers refuse it; a WARNING is"
                    + " what some refuse, or soon will. Files are compared with each other: keys"
                    + " with certificates, chains with issuers, certificates with revocation"
                    + " lists. Nothing of a private key is shown, and nothing is asked.%n")
            .exits(
                " 0:no error was found",
                " 1:an error was found, or a file cannot be read",
                "64:wrong usage")
            .examples(
                "  ferrule cert show chain.pem key.pem        # and whether they belong together",
                "  ferrule cert show *.pem --min-days 30 --quiet    # for a nightly look",
                "  ferrule cert show store.p12 --password-file password.txt",
                "  openssl s_client -connect localhost:8443 -showcerts </dev/null | ferrule cert"
                    + " show -")
            .parameters("FILE", all -> arguments = all, "Files; - is standard input.")
            .file(
                "--password-file",
                "FILE",
                file -> passwordFile = file,
                "File whose first line is the password of encrypted keys and stores. Stores are"
                    + " tried with none and with "
                    + CertCommand.USUAL_PASSWORD
                    + " otherwise.")
            .value(
                "--min-days",
                "N",
                int.class,
                n -> minDays = n,
                "A certificate that expires in less than N days is an error.")
            .flag("--strict", on -> strict = on, "Warnings make the exit status 1, too.")
            .flag("--json", on -> json = on, "Say it as JSON.");
    verbosity.describeQuiet(command, "Say nothing but errors.");
    return command;
  }

  @Override
  public Integer call() {
    if (misplaced.getAsBoolean()) {
      throw new ToolError(
          Exit.USAGE,
          "write show first, as in ferrule cert show FILE; a host called show goes" + " behind --");
    }
    if (arguments.isEmpty()) {
      throw new ToolError(Exit.USAGE, "say which files (see: ferrule cert show --help)");
    }
    if (minDays < 0 || minDays > MOST_DAYS) {
      throw new ToolError(Exit.USAGE, "--min-days is 0 to " + MOST_DAYS + ", not " + minDays);
    }
    ShowReport report =
        new ShowReport(
            new ShowSettings(Instant.now(), minDays, IdentityOptions.password(passwordFile)));
    arguments.forEach(argument -> add(argument, report));
    report.compare();
    tell(report);
    stdio.check(); // Main looks where all was well
    long wrong = report.count(Severity.ERROR) + (strict ? report.count(Severity.WARNING) : 0);
    return wrong == 0 ? Exit.CLEAN : Exit.FAILED;
  }

  private void add(String argument, ShowReport report) {
    if (argument.equals(STANDARD_INPUT)) {
      report.add("standard input", this::standardInput);
      return;
    }
    try {
      report.add(Path.of(argument));
    } catch (InvalidPathException e) {
      throw new ToolError(Exit.USAGE, "'" + SafeText.of(argument) + "' is no path of a file", e);
    }
  }

  private byte[] standardInput() {
    try {
      return stdio.in().readNBytes(Source.MAX_BYTES + 1);
    } catch (IOException e) {
      throw new SslConfigException("standard input cannot be read: " + e.getMessage(), e);
    }
  }

  private void tell(ShowReport report) {
    PrintStream out = stdio.text();
    if (json) {
      out.println(report.json().toPrettyString());
      return;
    }
    report.unreadable().forEach(line -> stdio.err().println("ferrule: " + line));
    if (verbosity.quiet) {
      report.errors().forEach(line -> stdio.err().println("ferrule: " + line));
    } else {
      report.print(out);
    }
  }
}
