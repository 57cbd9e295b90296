package dev.ferrule.cli.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What testssl.sh 3.0 found, by the identifiers of its findings. Immutable. */
final class TestsslFindings {
  private static final Pattern SUITE = Pattern.compile("cipher-(tls1(?:_[123])?)_x([0-9a-f]+)");
  private static final Pattern PRIME = Pattern.compile(" DH (\\d+) ");

  /** Its names of the versions in those identifiers. */
  private static final Map<String, String> VERSIONS =
      Map.of("tls1", "TLSv1", "tls1_1", "TLSv1.1", "tls1_2", "TLSv1.2", "tls1_3", "TLSv1.3");

  /** The same in the findings about the versions themselves. */
  private static final Map<String, String> PROTOCOLS =
      Map.of(
          "SSLv2", "SSLv2",
          "SSLv3", "SSLv3",
          "TLS1", "TLSv1",
          "TLS1_1", "TLSv1.1",
          "TLS1_2", "TLSv1.2",
          "TLS1_3", "TLSv1.3");

  private final Map<String, String> all = new TreeMap<>();

  private TestsslFindings(JsonNode findings) {
    findings.forEach(each -> all.put(each.get("id").asText(), each.get("finding").asText()));
  }

  /** Asks the server at a port of this host, and nobody else, for all that is compared. */
  static TestsslFindings of(Path folder, int port, Path ca) throws Exception {
    Path json = folder.resolve("testssl.json");
    // Its status is the number of things that it could not ask.
    String[] command = {
      "sh",
      "-c",
      "\"$@\" || true",
      "sh",
      Program.installed("testssl"),
      "--quiet",
      "--color",
      "0",
      "--warnings",
      "batch",
      "--ip",
      "127.0.0.1",
      "--nodns",
      "none",
      "--add-ca",
      "" + ca,
      "--jsonfile",
      "" + json,
      "-p",
      "-E",
      "-f",
      "-P",
      "-S",
      "-R",
      "-C",
      "-Z",
      "-h",
      "localhost:" + port
    };
    Program.run(folder, 540, command);
    TestsslFindings found = new TestsslFindings(new ObjectMapper().readTree(json.toFile()));
    if (found.said("scanTime").isEmpty()) {
      throw new IOException("testssl did not come to its end: " + found.all);
    }
    return found;
  }

  /** The sentence of a finding; empty where there is none. */
  String said(String id) {
    return all.getOrDefault(id, "");
  }

  Set<String> versions() {
    return PROTOCOLS.entrySet().stream()
        .filter(each -> said(each.getKey()).startsWith("offered"))
        .map(Map.Entry::getValue)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The numbers of the suites, by the names of the versions. */
  Map<String, Set<Integer>> suites() {
    Map<String, Set<Integer>> suites = new TreeMap<>();
    for (String id : all.keySet()) {
      SUITE
          .matcher(id)
          .results()
          .forEach((MatchResult found) ->
              suites
                  .computeIfAbsent(VERSIONS.get(found.group(1)), _ -> new TreeSet<>())
                  .add(Integer.parseInt(found.group(2), 16)));
    }
    return suites;
  }

  /** Bits of the shortest prime of DHE; empty without DHE. */
  OptionalInt leastPrime() {
    return all.entrySet().stream()
        .filter(each -> each.getKey().startsWith("cipher-"))
        .flatMap(each -> PRIME.matcher(each.getValue()).results())
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .min();
  }

  /** Elliptic curves and ffdhe groups, of all versions, by IANA's names. */
  Set<String> groups() {
    Stream<String> curves = words("PFS_ECDHE_curves").stream();
    Stream<String> fields =
        words("DH_groups").stream().filter(each -> each.startsWith("ffdhe")); // and not "Oakley"
    return Stream.concat(curves, fields)
        .map(each -> each.equals("prime256v1") ? "secp256r1" : each.toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  List<String> words(String id) {
    return Arrays.stream(said(id).split(" ", -1)).filter(each -> !each.isEmpty()).toList();
  }

  /** What ends the identifiers of findings about certificates, one for each: none for one alone. */
  List<String> certificates() {
    return all.keySet().stream()
        .filter(id -> id.startsWith("cert_fingerprintSHA256"))
        .map(id -> id.substring("cert_fingerprintSHA256".length()))
        .toList();
  }
}
