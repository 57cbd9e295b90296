package dev.ferrule.cli;

import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.TrustSource;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The options about whose certificates are good, and which of them were revoked. */
final class TrustOptions {
  private static final String SYSTEM = "system";

  private final String option;
  private List<String> trusted = List.of();
  private List<String> lists = List.of();
  private boolean strict;

  /** {@code option} names the trusted issuers: --ca or --client-ca, or both. */
  TrustOptions(String option) {
    this.option = option;
  }

  void describe(Description command, String text) {
    command
        .list(
            option,
            "FILE",
            "",
            all -> trusted = all,
            text + " May be repeated; the word system is the system's store.")
        .list(
            "--crl",
            "FILE",
            "",
            all -> lists = all,
            "Certificate revocation lists: a PEM or DER file, or a folder of them. May be repeated."
                + " A peer whose certificate, or an issuer's, was revoked is refused.")
        .flag(
            "--strict-crl",
            on -> strict = on,
            "Refuse a peer, too, where no list that is in date says that its certificates were not"
                + " revoked.");
  }

  /** Whether issuers are named. */
  boolean namesIssuers() {
    return !trusted.isEmpty();
  }

  boolean hasLists() {
    return !lists.isEmpty();
  }

  /** The name of an option that was given; null when none was. */
  @Nullable String given() {
    return namesIssuers()
        ? option.split(" ", -1)[0]
        : !lists.isEmpty() ? "--crl" : strict ? "--strict-crl" : null;
  }

  /** What is wrong with them; null when nothing is. */
  @Nullable String contradiction() {
    return strict && lists.isEmpty()
        ? "--strict-crl needs --crl: else every peer would be refused"
        : null;
  }

  void apply(SslContextBuilder ssl) {
    List<TrustSource> sources = trusted.stream().map(TrustOptions::source).toList();
    if (!sources.isEmpty()) {
      ssl.trust(sources.getFirst(), sources.stream().skip(1).toArray(TrustSource[]::new));
    }
    ssl.crl(lists.stream().map(Path::of).toArray(Path[]::new));
    if (strict) {
      ssl.strictCrl();
    }
  }

  private static TrustSource source(String name) {
    return name.equals(SYSTEM) ? TrustSource.system() : TrustSource.file(Path.of(name));
  }

  /** The files that {@link #apply} names. */
  List<Path> files() {
    return Stream.concat(trusted.stream().filter(name -> !name.equals(SYSTEM)), lists.stream())
        .map(Path::of)
        .toList();
  }
}
