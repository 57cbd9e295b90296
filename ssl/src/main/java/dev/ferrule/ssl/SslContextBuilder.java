package dev.ferrule.ssl;

import dev.ferrule.ssl.keys.Source;
import dev.ferrule.ssl.reload.Contents;
import dev.ferrule.ssl.server.Identities;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Collects the settings of an {@link SslContext} and builds it. Used by one thread. */
public final class SslContextBuilder implements SslSetup<SslContextBuilder> {
  private final boolean server;
  private @Nullable Path certificate;
  private @Nullable Path key;
  private char @Nullable [] password;
  private List<Credentials> credentials = List.of();
  private final Authentication authentication;
  private final Cryptography cryptography = new Cryptography();
  private final Set<SslOption> options = EnumSet.noneOf(SslOption.class);
  private List<String> alpn = List.of();
  private final Map<String, Named> byName = new LinkedHashMap<>();
  private boolean strictNames;
  private List<Path> staples = List.of();
  private final List<Source> staplesInMemory = new ArrayList<>();
  private @Nullable RecordLayer records;
  private boolean kernelTls;
  private @Nullable SslKeyLog keyLog;
  private List<String> warnings = List.of();
  private final Resumption resumption = new Resumption();
  private final PresharedKeys presharedKeys = new PresharedKeys();
  private @Nullable String provider;
  private @Nullable SslContext prebuilt;
  private boolean hasSettings;

  SslContextBuilder(boolean server) {
    this.server = server;
    this.authentication = new Authentication(server);
  }

  /**
   * Builds it, once; every file is read and checked now, and the password is wiped.
   *
   * @throws SslConfigException when a file or a setting cannot work
   */
  public SslContext build() {
    SslContext built = make();
    warnings = built.warnings();
    return built;
  }

  private SslContext make() {
    if (prebuilt != null) {
      if (hasSettings) {
        throw new SslConfigException(
            "a context was given together with settings of its own: put the settings into the"
                + " context");
      }
      prebuilt.wires(server);
      return prebuilt;
    }
    List<Credentials> own = loadCredentials();
    requireSettingsOfThisSide();
    requireIdentity(own);
    SslProvider chosen = SslContext.provider(provider);
    presharedKeys.require(chosen);
    if (records == RecordLayer.JAVA && !chosen.can(Capability.RECORDS_IN_JAVA)) {
      throw Capability.RECORDS_IN_JAVA.refusal(
          chosen.name(), "take another provider, such as boringssl, or leave records out");
    }
    if (keyLog != null && !chosen.can(Capability.KEY_LOG)) {
      throw Capability.KEY_LOG.refusal(
          chosen.name(),
          "Java keeps them to itself; take another provider, such as boringssl, or leave keyLog"
              + " out");
    }
    SslSettings settings =
        new SslSettings(
            server,
            own.isEmpty() ? null : own.getFirst(),
            authentication.trusted(),
            authentication.verify(),
            authentication.clientAuth(),
            cryptography.protocols(options),
            cryptography.ciphers(),
            Set.copyOf(options),
            alpn,
            records(chosen),
            authentication.pins(),
            authentication.rules(),
            authentication.verifier(),
            resumption.tickets(server, options),
            cryptography.groups(chosen),
            cryptography.signatureSchemes(chosen),
            authentication.systemToo(),
            authentication.crls(options),
            resumption.sessions(server, options),
            null,
            keyLog,
            presharedKeys.settings(server, authentication, resumption.tickets(server, options)),
            kernelTls);
    own.forEach(each -> requireScheme(each, settings));
    Staples stapled = new Staples(stapleSources()); // none on a client
    if (!server) {
      return new SslContext(
          chosen.open(settings), authentication.leftOut(), contents(settings, own, stapled));
    }
    requireStapling(chosen);
    Map<String, SslContext> contexts = new LinkedHashMap<>();
    byName.forEach(
        (pattern, named) -> contexts.put(pattern, named.open(chosen, settings, stapled)));
    Identities usual =
        !own.isEmpty()
            ? identities(chosen, settings, own, stapled)
            : presharedKeys.isServer()
                ? new Identities(List.of(new Identities.Identity(null, chosen.open(settings))))
                : contexts.values().iterator().next().identities();
    stapled.requireAllUsed(allIdentities(own));
    return SslContext.ofServers(
        usual, contexts, strictNames, authentication.leftOut(), contents(settings, own, stapled));
  }

  /** The kernel gets its keys from Ferrule's record layer. */
  private @Nullable RecordLayer records(SslProvider chosen) {
    if (records == null && kernelTls && chosen.can(Capability.RECORDS_IN_JAVA)) {
      return RecordLayer.JAVA;
    }
    return records == null ? SslContext.defaultRecords(chosen) : records;
  }

  /** What clients get that ask for a name. */
  private sealed interface Named {
    SslContext open(SslProvider chosen, SslSettings settings, Staples stapled);

    record Own(List<Credentials> several) implements Named {
      @Override
      public SslContext open(SslProvider chosen, SslSettings settings, Staples stapled) {
        several.forEach(each -> requireScheme(each, settings));
        return SslContext.ofServers(
            identities(chosen, settings, several, stapled),
            Map.of(),
            false,
            List.of(),
            contents(settings, several, stapled));
      }
    }

    record Other(SslContext context) implements Named {
      @Override
      public SslContext open(SslProvider chosen, SslSettings settings, Staples stapled) {
        return context;
      }
    }
  }

  /** Keys of elliptic curves first, whose signatures are cheaper. */
  private static Identities identities(
      SslProvider chosen, SslSettings settings, List<Credentials> several, Staples stapled) {
    return new Identities(
        several.stream()
            .sorted(Comparator.comparing(SslContextBuilder::isRsa))
            .map(each ->
                new Identities.Identity(
                    publicKey(each), chosen.open(settings.with(each, stapled.of(each)))))
            .toList());
  }

  private static Contents contents(SslSettings settings, List<Credentials> own, Staples stapled) {
    List<TrustedCertificate> trusted = settings.trust();
    return new Contents(
        own.stream().map(each -> shown(each, stapled.of(each))).toList(),
        trusted == null
            ? List.of()
            : trusted.stream().map(TrustedCertificate::certificate).toList(),
        settings.crls().lists());
  }

  private static Contents.Shown shown(Credentials own, SslSettings.@Nullable Staple staple) {
    return new Contents.Shown("", own.chain(), staple == null ? null : staple.until());
  }

  /** Else every handshake would fail. */
  private static void requireScheme(Credentials identity, SslSettings settings) {
    List<String> schemes = settings.signatureSchemes();
    if (!schemes.isEmpty()
        && !Identities.fits(publicKey(identity), schemes, settings.protocols())) {
      throw new SslConfigException(
          "none of the signature schemes "
              + String.join(", ", schemes)
              + " is for the key of "
              + identity);
    }
  }

  private void requireStapling(SslProvider chosen) {
    if (hasStaples() && !chosen.can(Capability.OCSP_STAPLING)) {
      throw Capability.OCSP_STAPLING.refusal(
          chosen.name(), "leave ocspStaples out, or take the provider boringssl");
    }
  }

  private List<Credentials> allIdentities(List<Credentials> own) {
    List<Credentials> all = new ArrayList<>(own);
    for (Named named : byName.values()) {
      if (named instanceof Named.Own known) {
        all.addAll(known.several());
      }
    }
    return all;
  }

  private static PublicKey publicKey(Credentials identity) {
    return identity.chain().getFirst().getPublicKey();
  }

  private static boolean isRsa(Credentials identity) {
    return publicKey(identity).getAlgorithm().startsWith("RSA");
  }

  private void requireIdentity(List<Credentials> own) {
    if (!server && own.size() > 1) {
      throw new SslConfigException("a client shows one certificate; several are for servers");
    }
    if (!server || !own.isEmpty() || presharedKeys.isServer()) {
      return;
    }
    if (byName.isEmpty()) {
      throw new SslConfigException(
          "a server needs a certificate and its key: give .certificate(path).key(path)");
    }
    if (!strictNames) {
      throw new SslConfigException(
          "clients that ask for another name, or none, need a certificate too: give"
              + " .certificate(path).key(path), or refuse them with .strictNames()");
    }
  }

  /**
   * What {@link #build} has just found about trusted issuers and revocation lists, which for
   * another's context is nothing, and who is told the secrets of the context.
   */
  List<String> notices() {
    List<String> found = authentication.notices();
    return warnings.isEmpty() ? found : Stream.concat(warnings.stream(), found.stream()).toList();
  }

  /** A setting for the other side would be ignored silently, so it is an error. */
  private void requireSettingsOfThisSide() {
    if (!server && hasStaples()) {
      throw new SslConfigException(
          "ocspStaples are for servers; a client checks what it gets by itself");
    }
    if (!server && (strictNames || !byName.isEmpty())) {
      throw new SslConfigException(
          "certificates by name are for servers; a client shows the one certificate that it has");
    }
    if (strictNames && byName.isEmpty()) {
      throw new SslConfigException("strictNames refuses every client where no name is given");
    }
    authentication.require();
  }

  private List<Credentials> loadCredentials() {
    if (certificate == null) {
      if (key != null) {
        throw new SslConfigException("a key was given without its certificate: give both");
      }
      return credentials;
    }
    if (!credentials.isEmpty()) {
      throw new SslConfigException(
          "both credentials and a certificate file were given: give one of them");
    }
    try {
      return List.of(Credentials.load(certificate, key == null ? certificate : key, password));
    } finally {
      if (password != null) {
        Arrays.fill(password, '\0');
        password = null;
      }
    }
  }

  void setContext(SslContext context) {
    prebuilt = context;
  }

  void setCertificate(Path file) {
    hasSettings = true;
    certificate = file;
  }

  void setKey(Path file) {
    hasSettings = true;
    key = file;
  }

  void setPassword(char[] secret) {
    hasSettings = true;
    password = secret.clone();
  }

  void setCredentials(Credentials identity, Credentials... others) {
    hasSettings = true;
    credentials = several(identity, others);
  }

  void addName(String pattern, SslContext context) {
    context.wires(true); // throws if it is for clients
    putName(pattern, new Named.Other(context));
  }

  void addName(String pattern, Credentials identity, Credentials... others) {
    putName(pattern, new Named.Own(several(identity, others)));
  }

  /** Several certificates, of different kinds. */
  private static List<Credentials> several(Credentials identity, Credentials... others) {
    List<Credentials> all = Stream.concat(Stream.of(identity), Stream.of(others)).toList();
    List<String> kinds = all.stream().map(each -> publicKey(each).getAlgorithm()).toList();
    if (Set.copyOf(kinds).size() < kinds.size()) {
      throw new SslConfigException(
          "several certificates are of different kinds of keys, such as EC and RSA, not " + kinds);
    }
    return all;
  }

  private void putName(String pattern, Named identity) {
    hasSettings = true;
    if (byName.putIfAbsent(pattern, identity) != null) {
      throw new SslConfigException("the server name " + pattern + " is given twice");
    }
  }

  void setStaples(Path... files) {
    hasSettings = true;
    staples = List.of(files);
  }

  void addStaple(byte[] response) {
    hasSettings = true;
    staplesInMemory.add(Source.of("the OCSP response in memory", response.clone()));
  }

  private boolean hasStaples() {
    return !staples.isEmpty() || !staplesInMemory.isEmpty();
  }

  private List<Source> stapleSources() {
    return Stream.concat(staples.stream().map(Source::read), staplesInMemory.stream()).toList();
  }

  void setStrictNames() {
    hasSettings = true;
    strictNames = true;
  }

  /** To be changed: settings of its own were made. */
  Authentication authentication() {
    hasSettings = true;
    return authentication;
  }

  /** To be changed: settings of its own were made. */
  Cryptography cryptography() {
    hasSettings = true;
    return cryptography;
  }

  void addOption(SslOption option) {
    hasSettings = true;
    options.add(option);
  }

  void setAlpn(List<String> protocols) {
    hasSettings = true;
    alpn = List.copyOf(protocols);
  }

  void setRecords(RecordLayer layer) {
    hasSettings = true;
    records = layer;
  }

  void setKernelTls() {
    hasSettings = true;
    kernelTls = true;
  }

  void setKeyLog(SslKeyLog log) {
    hasSettings = true;
    keyLog = log;
  }

  /** To be changed: settings of its own were made. */
  PresharedKeys presharedKeys() {
    hasSettings = true;
    return presharedKeys;
  }

  /** To be changed: settings of its own were made. */
  Resumption resumption() {
    hasSettings = true;
    return resumption;
  }

  void setProvider(String name) {
    hasSettings = true;
    provider = name;
  }
}
