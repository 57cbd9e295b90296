package dev.ferrule.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ferrule.cli.cert.DevelopmentCa;
import dev.ferrule.cli.cert.LeafOrder;
import dev.ferrule.cli.cert.ShellText;
import dev.ferrule.cli.cert.SubjectName;
import dev.ferrule.cli.cert.TrustAdvice;
import dev.ferrule.host.SafeText;
import java.io.PrintStream;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ferrule cert} says of what it made.
 *
 * @param ca whose certificate it is
 * @param made null where only the CA was asked for
 * @param trust whether it says how the CA comes to be trusted
 */
record CertLines(DevelopmentCa ca, LeafOrder.@Nullable Made made, boolean trust) {
  /** For people; {@code password} is that of the store, where it may be shown. */
  void print(PrintStream out, boolean client, @Nullable String password) {
    if (ca.isFresh()) {
      out.println("made a development CA, until " + day(ca.certificate()));
      out.println("  " + SafeText.of(ca.file()));
      if (!trust) {
        out.println("  no program trusts it yet: ferrule cert --trust says how they come to");
      }
    }
    LeafOrder.Made leaf = made;
    if (leaf != null) {
      print(leaf, out, password);
      next(leaf, client).forEach(out::println);
    }
    if (trust) {
      printTrust(out, leaf != null || ca.isFresh());
    }
  }

  private static void print(LeafOrder.Made leaf, PrintStream out, @Nullable String password) {
    out.println(
        "made a certificate for %s, until %s"
            .formatted(names(leaf.names()), day(leaf.certificate())));
    out.println("  certificate  " + SafeText.of(leaf.chainFile()));
    out.println("  key          " + SafeText.of(leaf.keyFile()));
    if (leaf.storeFile() != null) {
      out.println(
          "  PKCS#12      "
              + SafeText.of(leaf.storeFile())
              + (password == null ? "" : ", password " + password));
    }
  }

  private void printTrust(PrintStream out, boolean behindOthers) {
    boolean apart = behindOthers;
    for (TrustAdvice.Step step : TrustAdvice.of(ca.file(), ca.certificate())) {
      if (apart) {
        out.println();
      }
      apart = true;
      out.println("# " + step.title());
      step.commands().forEach(out::println);
    }
  }

  /** What the certificate can be tried with. */
  private List<String> next(LeafOrder.Made leaf, boolean client) {
    String identity =
        " --cert %s --key %s"
            .formatted(ShellText.quoted(leaf.chainFile()), ShellText.quoted(leaf.keyFile()));
    String authority = ShellText.quoted(ca.file());
    return client
        ? List.of(
            "try: ferrule serve --port 8443 --client-ca " + authority,
            "     ferrule connect localhost:8443 --insecure" + identity)
        : List.of(
            "try: ferrule serve --port 8443" + identity,
            "     ferrule connect " + target(leaf.names(), authority));
  }

  /** Where a client on this machine finds the server: serve listens at 127.0.0.1 unless said. */
  private static String target(List<SubjectName> names, String authority) {
    List<String> hosts =
        names.stream()
            .filter(name -> name.isHost() && !name.isWideWildcard())
            .map(SubjectName::text)
            .toList();
    if (hosts.isEmpty()) {
      return "localhost:8443 --insecure"; // there is no name that it could verify
    }
    String target = "localhost:8443";
    if (hosts.contains("127.0.0.1") && !hosts.contains("localhost")) {
      target = "127.0.0.1:8443";
    } else if (!hosts.contains("localhost")) {
      target += " --server-name " + hosts.getFirst().replaceFirst("^\\*", "www");
    }
    return target + " --ca " + authority;
  }

  private static String names(List<SubjectName> names) {
    return String.join(", ", names.stream().map(name -> SafeText.of(name)).toList());
  }

  private static String day(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().toString().substring(0, 10);
  }

  /** For programs; docs/cert.md tells its shape. */
  ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode authority =
        root.putObject("ca").put("file", ca.file().toString()).put("made", ca.isFresh());
    validity(ca.certificate(), authority);
    LeafOrder.Made leaf = made;
    if (leaf == null) {
      root.putNull("certificate");
    } else {
      certificate(leaf, root.putObject("certificate"));
    }
    ArrayNode steps = root.putArray("trust");
    if (trust) {
      for (TrustAdvice.Step step : TrustAdvice.of(ca.file(), ca.certificate())) {
        ArrayNode commands =
            steps
                .addObject()
                .put("who", step.who())
                .put("title", step.title())
                .putArray("commands");
        step.commands().forEach(commands::add);
      }
    }
    return root;
  }

  private static void certificate(LeafOrder.Made leaf, ObjectNode to) {
    to.put("file", leaf.chainFile().toString());
    to.put("key_file", leaf.keyFile().toString());
    to.put("p12_file", leaf.storeFile() == null ? null : leaf.storeFile().toString());
    ArrayNode names = to.putArray("names");
    leaf.names()
        .forEach(
            name -> names.addObject().put("type", name.kind().word()).put("name", name.text()));
    to.put("key", leaf.kind().toString());
    validity(leaf.certificate(), to);
  }

  private static void validity(X509Certificate certificate, ObjectNode to) {
    to.put("not_before", certificate.getNotBefore().toInstant().toString());
    to.put("not_after", certificate.getNotAfter().toInstant().toString());
    to.put("sha256", Fingerprint.of(certificate).toString());
  }
}
