package dev.ferrule.cli;

import dev.ferrule.cli.cert.CertFailure;
import dev.ferrule.cli.cert.DevelopmentCa;
import dev.ferrule.cli.cert.KeyKind;
import dev.ferrule.cli.cert.LeafOrder;
import dev.ferrule.cli.cert.SubjectName;
import dev.ferrule.host.SafeText;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code ferrule cert}: certificates of a development CA. */
final class CertCommand implements Callable<Integer> {
  private static final int MOST_NAMES = 100; // as public CAs have it

  /** What mkcert and keytool's store of CAs have. */
  static final String USUAL_PASSWORD = "changeit";

  /** No host is called so where there is such a file. */
  private static final Pattern FILE = Pattern.compile(".+\\.(?:pem|crt|cer|der|key|csr|p12)");

  private final Stdio stdio;
  private final Verbosity verbosity = new Verbosity();
  private List<String> arguments = List.of();
  private Path folder = Path.of("");
  private @Nullable String fileName;
  private @Nullable Path caFolder;
  private @Nullable Path passwordFile;
  private @Nullable Integer days;
  private boolean client;
  private boolean store;
  private boolean rsa;
  private boolean force;
  private boolean trust;
  private boolean json;

  CertCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("cert", this)
            .about(
                "Makes certificates for development; cert show explains any.",
                "%nIt makes a key and a certificate for the names that are given, signed by a"
                    + " development CA of this user, which it makes at the first call and keeps."
                    + " Programs that are told to trust the CA, as --trust says how, take all of"
                    + " its certificates. Whoever reads the CA's key can make certificates that"
                    + " you trust: it is for this user alone, and for no other purpose than"
                    + " development.%n")
            .exits(
                " 0:made",
                " 1:not made: a file is there already, a folder cannot be written, or the CA"
                    + " cannot be used",
                "64:wrong usage, or a name that no certificate can have")
            .examples(
                "  ferrule cert localhost 127.0.0.1 ::1     # localhost+2.pem, localhost+2-key.pem",
                "  ferrule cert '*.example.test' example.test --out certs",
                "  ferrule cert ann@example.com --client --p12     # for a browser",
                "  ferrule cert localhost --trust           # and how to make programs trust it",
                "  ferrule cert show localhost+2.pem localhost+2-key.pem",
                "  ferrule cert -- show                     # for a host that is called show")
            .parameters(
                "NAME",
                all -> arguments = all,
                "What the certificate is for: host names, as *.example.com too, addresses, URIs"
                    + " such as spiffe://example.org/a, and with --client mailboxes.");
    options(command);
    verbosity.describeQuiet(command, "Say nothing but errors.");
    return command.below(new CertShowCommand(stdio, () -> !arguments.isEmpty()).described());
  }

  private void options(Description command) {
    command
        .file("--out", "FOLDER", where -> folder = where, "Where the files go; here unless said.")
        .text(
            "--as",
            "NAME",
            name -> fileName = name,
            "Call them NAME.pem and NAME-key.pem, and not by the first name of the certificate.")
        .flag("--client", on -> client = on, "For a client, who shows it to servers.")
        .flag(
            "--p12",
            on -> store = on,
            "Write a PKCS#12 store as well, with key, certificate and CA, for browsers and Java."
                + " Its password is "
                + USUAL_PASSWORD
                + " unless --password-file is given.")
        .file(
            "--password-file",
            "FILE",
            file -> passwordFile = file,
            "File whose first line is the password of the store.")
        .value(
            "--days",
            "N",
            int.class,
            n -> days = n,
            "How long it is valid: 1 to "
                + LeafOrder.MOST_DAYS
                + ", the most that Apple's systems"
                + " take, which is the default.")
        .flag(
            "--rsa",
            on -> rsa = on,
            "An RSA key of 2048 bits, for programs that know no EC P-256; the CA's, too, where it"
                + " is made now.")
        .flag("--force", on -> force = on, "Replace files that are there already.")
        .flag(
            "--trust",
            on -> trust = on,
            "Say how to make systems, browsers and languages trust the CA: commands to run. None"
                + " is run.")
        .file(
            "--ca-folder",
            "FOLDER",
            where -> caFolder = where,
            "Where the CA is kept; unless said, where the system keeps data of this user"
                + " ($XDG_DATA_HOME/ferrule or ~/.local/share/ferrule).")
        .flag("--json", on -> json = on, "Say what was made as JSON.");
  }

  @Override
  public Integer call() {
    LeafOrder order = arguments.isEmpty() ? null : order();
    Path where = caFolder();
    Instant now = Instant.now();
    try {
      if (order != null) {
        order.prepare();
      }
      DevelopmentCa ca = DevelopmentCa.open(where, rsa ? KeyKind.RSA_2048 : KeyKind.EC_P256, now);
      LeafOrder.Made made = order == null ? null : order.fulfil(ca, now);
      tell(ca, made);
      return Exit.CLEAN;
    } catch (CertFailure e) {
      throw new ToolError(Exit.FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private @Nullable LeafOrder order() {
    LeafOrder order = new LeafOrder(names()).folder(folder);
    String name = fileName;
    if (name != null) {
      order.fileName(plain(name));
    }
    if (client) {
      order.ofClient();
    }
    if (store) {
      Path file = passwordFile;
      char[] password = IdentityOptions.password(file);
      if (file != null && password != null && password.length == 0) {
        throw new ToolError(
            Exit.USAGE,
            "--password-file: the first line of %s is empty, and a store without a password guards"
                    .formatted(SafeText.of(file))
                + " no key: write one, or leave the option out for "
                + USUAL_PASSWORD);
      }
      order.store(password == null ? USUAL_PASSWORD.toCharArray() : password);
    } else if (passwordFile != null) {
      throw new ToolError(Exit.USAGE, "--password-file is for --p12: a PEM key is not encrypted");
    }
    Integer wanted = days;
    if (wanted != null) {
      if (wanted < 1 || wanted > LeafOrder.MOST_DAYS) {
        throw new ToolError(
            Exit.USAGE,
            "--days is 1 to %d, for Apple's systems take no more, not %d"
                .formatted(LeafOrder.MOST_DAYS, wanted));
      }
      order.days(wanted);
    }
    order.kind(rsa ? KeyKind.RSA_2048 : KeyKind.EC_P256);
    return force ? order.replacing() : order;
  }

  private static String plain(String name) {
    try {
      Path path = Path.of(name);
      if (!name.isEmpty() && path.getNameCount() == 1 && !path.isAbsolute() && !name.equals("..")) {
        return name;
      }
    } catch (InvalidPathException e) {
      // told below
    }
    throw new ToolError(
        Exit.USAGE, "--as is the name of a file, without a folder: --out names that");
  }

  private List<SubjectName> names() {
    if (arguments.size() > MOST_NAMES) {
      throw new ToolError(
          Exit.USAGE,
          "a certificate is for %d names at most, not %d".formatted(MOST_NAMES, arguments.size()));
    }
    List<SubjectName> names = new ArrayList<>();
    for (String argument : arguments) {
      if (isFile(argument)) {
        throw new ToolError(
            Exit.USAGE,
            "'%s' is a file: ferrule cert show explains it".formatted(SafeText.of(argument)));
      }
      try {
        names.add(SubjectName.parse(argument));
      } catch (IllegalArgumentException e) {
        throw new ToolError(Exit.USAGE, String.valueOf(e.getMessage()), e);
      }
    }
    if (!client) {
      names.forEach(CertCommand::requireServer);
    }
    return names;
  }

  private static boolean isFile(String argument) {
    try {
      return FILE.matcher(argument).matches() && Files.isRegularFile(Path.of(argument));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static void requireServer(SubjectName name) {
    if (name.kind() == SubjectName.Kind.EMAIL) {
      throw new ToolError(
          Exit.USAGE,
          "'"
              + SafeText.of(name)
              + "' is a person, and the certificate one of a server: --client"
              + " makes one of a client");
    }
    if (name.isPage()) {
      throw new ToolError(
          Exit.USAGE,
          "'"
              + SafeText.of(name)
              + "' is a page, and certificates are for hosts: give the name of"
              + " its host alone");
    }
  }

  private Path caFolder() {
    if (arguments.isEmpty() && !trust) {
      throw new ToolError(
          Exit.USAGE,
          "say what the certificate is for, such as localhost 127.0.0.1 ::1 (see: ferrule cert"
              + " --help)");
    }
    Path where = caFolder == null ? DevelopmentCa.folderOfUser() : caFolder;
    if (where == null) {
      throw new ToolError(
          Exit.USAGE, "this user has no folder (HOME is not set): name one with --ca-folder");
    }
    return where;
  }

  private void tell(DevelopmentCa ca, LeafOrder.@Nullable Made made) {
    if (made != null) {
      made.names().stream()
          .filter(SubjectName::isWideWildcard)
          .forEach(name ->
              stdio
                  .err()
                  .println(
                      "ferrule: warning: most programs take no wildcard right below a name of one"
                          + " part: "
                          + SafeText.of(name)));
    }
    ca.warnings().forEach(line -> stdio.err().println("ferrule: warning: " + line));
    CertLines lines = new CertLines(ca, made, trust);
    PrintStream out = stdio.text();
    if (json) {
      out.println(lines.json().toPrettyString());
    } else if (!verbosity.quiet) {
      lines.print(out, client, passwordFile == null ? USUAL_PASSWORD : null);
    }
  }
}
