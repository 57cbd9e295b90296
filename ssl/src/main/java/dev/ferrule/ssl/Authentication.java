package dev.ferrule.ssl;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslSettings.Crls;
import dev.ferrule.ssl.TrustSource.FileOrFolder;
import dev.ferrule.ssl.TrustSource.SystemStore;
import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.keys.CrlFiles;
import dev.ferrule.ssl.records.PeerVerification;
import dev.ferrule.ssl.trust.Pins;
import dev.ferrule.ssl.trust.RevocationList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a setup says about how peers prove who they are: whom it trusts, what was revoked, and what
 * is asked of a certificate. For one thread.
 */
final class Authentication {
  private final boolean server;
  private List<TrustSource> sources = List.of();
  private final Set<Path> lists = new LinkedHashSet<>();
  private boolean strictLists;
  private Verify verify = Verify.CHAIN_AND_HOST;
  private ClientAuth clientAuth = ClientAuth.NONE;
  private List<String> pins = List.of();
  private List<ClientRule> rules = List.of();
  private @Nullable SslVerifier verifier;
  private final List<String> leftOut = new ArrayList<>();
  private Crls crls = Crls.NONE;

  Authentication(boolean server) {
    this.server = server;
  }

  void trust(TrustSource source, TrustSource... others) {
    sources = Stream.concat(Stream.of(source), Stream.of(others)).toList();
  }

  void crl(Path... filesOrFolders) {
    lists.addAll(List.of(filesOrFolders));
  }

  void strictCrl() {
    strictLists = true;
  }

  void verify(Verify mode) {
    verify = mode;
  }

  void clientAuth(ClientAuth mode) {
    clientAuth = mode;
  }

  void pins(String... sha256) {
    pins = List.of(sha256);
    new Pins(pins); // throws if one is none
  }

  void rules(ClientRule... allowed) {
    rules = List.of(allowed);
  }

  void verifier(SslVerifier callback) {
    verifier = callback;
  }

  // ---- what follows

  Verify verify() {
    return verify;
  }

  ClientAuth clientAuth() {
    return clientAuth;
  }

  List<String> pins() {
    return pins;
  }

  List<ClientRule> rules() {
    return rules;
  }

  @Nullable SslVerifier verifier() {
    return verifier;
  }

  /** A setting for the other side, or that checks nothing, would be ignored silently. */
  void require() {
    if (server) {
      requireOfServer();
    } else {
      requireOfClient();
    }
    if (strictLists && lists.isEmpty()) {
      throw new SslConfigException(
          "strictCrl refuses every peer where there is no revocation list: give some with crl(...)");
    }
  }

  private void requireOfServer() {
    if (verify != Verify.CHAIN_AND_HOST) {
      throw new SslConfigException(
          "verify is for clients; a server says with clientAuth whether clients show certificates");
    }
    if (!pins.isEmpty()) {
      throw new SslConfigException("pins are of servers' keys; clients are let in by allow");
    }
    if (clientAuth == ClientAuth.NONE
        && (!rules.isEmpty() || verifier != null || !lists.isEmpty())) {
      throw new SslConfigException(
          "clients are judged by their certificates, and none is asked for: say clientAuth");
    }
    if (clientAuth != ClientAuth.NONE && sources.isEmpty()) {
      throw new SslConfigException(
          "clients shall show certificates, but not whose: any public authority would do, so say"
              + " which issuers count with trust(...)");
    }
  }

  private void requireOfClient() {
    if (!rules.isEmpty()) {
      throw new SslConfigException("allow is for servers, which have clients");
    }
    if (verify == Verify.PINS && pins.isEmpty()) {
      throw new SslConfigException("verify by pins alone needs pins");
    }
    if (verify == Verify.NONE && (!pins.isEmpty() || verifier != null)) {
      throw new SslConfigException(
          "with verify none nothing is checked, also no pins and no callback: leave it out, or take"
              + " pins");
    }
    if (!lists.isEmpty() && (verify == Verify.NONE || verify == Verify.PINS)) {
      throw new SslConfigException(
          "revocation lists are of the issuers of a chain, and with verify "
              + verify
              + " no chain is verified");
    }
    if (clientAuth != ClientAuth.NONE) {
      throw new SslConfigException("clientAuth is for servers; a client has verify");
    }
  }

  /** Whether the system's store is trusted beside {@link #trusted}. */
  boolean systemToo() {
    return sources.contains(TrustSource.system()) && sources.size() > 1;
  }

  /** Reads the files of trusted issuers; null when the system's store alone is trusted. */
  @Nullable List<TrustedCertificate> trusted() {
    if (sources.stream().allMatch(SystemStore.class::isInstance)) {
      return null;
    }
    Map<X509Certificate, TrustedCertificate> all = new LinkedHashMap<>();
    for (TrustSource source : sources) {
      for (TrustedCertificate each : of(source)) {
        // Of the same one in two sources, what says more about it counts.
        all.merge(each.certificate(), each, (one, other) -> isPlain(one) ? other : one);
      }
    }
    return List.copyOf(all.values());
  }

  private List<TrustedCertificate> of(TrustSource source) {
    return switch (source) {
      case SystemStore() -> List.of();
      case TrustSource.Certificates(List<X509Certificate> issuers) ->
          issuers.stream().map(TrustedCertificate::of).toList();
      case FileOrFolder(Path path) -> {
        Certificates.Anchors anchors = Certificates.anchors(path);
        leftOut.addAll(anchors.leftOut());
        yield anchors.trusted();
      }
    };
  }

  private static boolean isPlain(TrustedCertificate anchor) {
    return anchor.trusted().isEmpty() && anchor.rejected().isEmpty();
  }

  /** Reads the files of revocation lists. */
  Crls crls(Set<SslOption> options) {
    List<X509CRL> usable = new ArrayList<>();
    lists.forEach(path -> load(path, options, usable));
    if (!usable.isEmpty()) {
      crls = new Crls(usable.stream().distinct().toList(), strictLists);
      PeerVerification.revocation(crls).tellOutOfDate(Instant.now());
    }
    return crls;
  }

  private void load(Path path, Set<SslOption> options, List<X509CRL> usable) {
    int before = usable.size();
    CrlFiles.Loaded loaded = CrlFiles.load(path);
    List<String> unusable = new ArrayList<>();
    for (CrlFiles.Found found : loaded.found()) {
      String fault = RevocationList.fault(found.list(), options);
      if (fault == null) {
        usable.add(found.list());
      } else {
        unusable.add(
            "%s holds a revocation list of %s that cannot be used: %s"
                .formatted(
                    found.where(),
                    SafeText.of(found.list().getIssuerX500Principal().getName()),
                    fault));
      }
    }
    if (!unusable.isEmpty() && (!Files.isDirectory(path) || usable.size() == before)) {
      throw new SslConfigException(unusable.getFirst());
    }
    leftOut.addAll(loaded.leftOut());
    leftOut.addAll(unusable);
  }

  /** What cannot be used of the files that were read. */
  List<String> leftOut() {
    return leftOut;
  }

  /** What is to be told to whoever opens a socket: what is left out, and lists out of date. */
  List<String> notices() {
    return Stream.concat(leftOut.stream(), crls.told().stream()).toList();
  }
}
