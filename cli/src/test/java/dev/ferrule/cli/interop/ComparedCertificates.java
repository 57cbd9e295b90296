package dev.ferrule.cli.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;

/** What is said of the certificates of a server, which are found by their fingerprints. */
final class ComparedCertificates {
  private static final Pattern DAYS = Pattern.compile("(\\d+) >=|\\((\\d+)\\)");

  private final JsonNode chains;
  private final TestsslFindings testssl;
  private final SoftAssertions softly;

  ComparedCertificates(JsonNode chains, TestsslFindings testssl, SoftAssertions softly) {
    this.chains = chains;
    this.testssl = testssl;
    this.softly = softly;
  }

  void compare() {
    Map<String, JsonNode> found = new TreeMap<>();
    for (JsonNode chain : chains) {
      String digest = chain.at("/certificates/0/sha256").asText();
      found.put(digest.toUpperCase(Locale.ROOT), chain);
    }
    Map<String, String> theirs = new TreeMap<>();
    for (String which : testssl.certificates()) {
      theirs.put(testssl.said("cert_fingerprintSHA256" + which), which);
    }
    softly.assertThat(found.keySet()).as("certificates").isEqualTo(theirs.keySet());
    theirs.forEach((digest, which) -> {
      if (found.containsKey(digest)) {
        compare(found.get(digest), which);
      }
    });
  }

  private String said(String id, String which) {
    return testssl.said(id + which);
  }

  private void compare(JsonNode chain, String which) {
    JsonNode leaf = chain.at("/certificates/0");
    is(leaf.get("key").asText() + " bits", said("cert_keySize", which), "key");
    String signature = said("cert_signatureAlgorithm", which);
    softly
        .assertThat(Set.of(leaf.get("signature").asText().split("with", -1)))
        .as("signature")
        .isEqualTo(Set.of(signature.split(" with ", -1)));
    is(leaf.get("names"), said("cert_subjectAltName", which));
    is(leaf.get("not_before").asText(), said("cert_notBefore", which), "beginning");
    is(leaf.get("not_after").asText(), said("cert_notAfter", which), "end");
    is(chain.get("certificates").size(), said("certs_countServer", which), "certificates");
    is(chain.get("in_order"), said("certs_list_ordering_problem", which).equals("no"), "order");
    is(chain.get("names_host"), said("cert_trust", which).startsWith("Ok"), "names the host");
    String trust = said("cert_chain_of_trust", which);
    is(chain.get("trusted"), trust.startsWith("passed"), "trusted");
    int days = chain.get("days_left").asInt();
    String expiry = said("cert_expirationStatus", which);
    softly.assertThat(days < 0).as("expired").isEqualTo(expiry.equals("expired"));
    Matcher number = DAYS.matcher(expiry);
    if (number.find()) {
      String left = number.group(1) == null ? number.group(2) : number.group(1);
      is(days, left, "days left");
    }
    is(
        chain.at("/staple/must"),
        said("cert_mustStapleExtension", which).startsWith("supp"),
        "must");
    is(chain.at("/staple/sent"), said("OCSP_stapling", which).equals("offered"), "staple");
  }

  private void is(JsonNode fact, boolean theirs, String about) {
    softly.assertThat(fact.asBoolean()).as(about).isEqualTo(theirs);
  }

  private void is(int fact, String theirs, String about) {
    softly.assertThat("" + fact).as(about).isEqualTo(theirs);
  }

  /** Times are to the minute there; the name of the kind of key is in the same words. */
  private void is(String fact, String theirs, String about) {
    String ours = fact.matches("\\d+-.*Z") ? fact.replace('T', ' ').substring(0, 16) : fact;
    softly.assertThat(ours).as(about).isEqualTo(theirs);
  }

  private void is(JsonNode names, String theirs) {
    Set<String> ours = new TreeSet<>();
    names.forEach(each -> ours.add(each.asText()));
    softly.assertThat(ours).as("names").isEqualTo(new TreeSet<>(List.of(theirs.split(" ", -1))));
  }
}
