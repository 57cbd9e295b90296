package dev.ferrule.ssl;

import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.spi.SslProvider;
import dev.ferrule.ssl.spi.WireFactory;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the settings of an {@link SslContext} and builds it. Used by one thread. */
public final class SslContextBuilder implements SslSetup<SslContextBuilder> {
  private final boolean server;
  private @Nullable Path certificate;
  private @Nullable Path key;
  private char @Nullable [] password;
  private @Nullable Credentials credentials;
  private @Nullable List<TrustedCertificate> trust;
  private @Nullable Path trustFile;
  private List<String> leftOut = List.of();
  private Verify verify = Verify.CHAIN_AND_HOST;
  private ClientAuth clientAuth = ClientAuth.NONE;
  private Protocol minimum = Protocol.TLS_1_2;
  private Protocol maximum = Protocol.TLS_1_3;
  private CipherString ciphers = CipherString.parse(CipherString.MODERN);
  private final Set<SslOption> options = EnumSet.noneOf(SslOption.class);
  private List<String> alpn = List.of();
  private final Map<String, Object> byName = new LinkedHashMap<>(); // Credentials or SslContext
  private boolean strictNames;
  private @Nullable RecordLayer records;
  private @Nullable String provider;
  private @Nullable SslContext prebuilt;
  private boolean hasSettings;

  SslContextBuilder(boolean server) {
    this.server = server;
  }

  /**
   * Builds it, once; every file is read and checked now, and the password is wiped.
   *
   * @throws SslConfigException when a file or a setting cannot work
   */
  public SslContext build() {
    if (prebuilt != null) {
      if (hasSettings) {
        throw new SslConfigException(
            "a context was given together with settings of its own: put the settings into the"
                + " context");
      }
      prebuilt.wires(server);
      return prebuilt;
    }
    Credentials own = loadCredentials();
    requireSettingsOfThisSide();
    requireIdentity(own);
    SslProvider chosen = SslContext.provider(provider);
    if (records == RecordLayer.JAVA && !chosen.tellsSecrets()) {
      throw new SslConfigException(
          "the "
              + chosen.name()
              + " provider does not tell the traffic secrets, which records in Java need: take"
              + " another provider, such as boringssl, or leave records out");
    }
    SslSettings settings =
        new SslSettings(
            server,
            own,
            trustFile == null ? trust : load(trustFile),
            verify,
            clientAuth,
            protocols(),
            ciphers,
            Set.copyOf(options),
            alpn,
            records == null ? SslContext.defaultRecords(chosen) : records);
    if (byName.isEmpty()) {
      WireFactory wires = chosen.open(settings);
      return new SslContext(server ? null : wires, server ? wires : null, leftOut);
    }
    return named(chosen, settings);
  }

  private SslContext named(SslProvider chosen, SslSettings settings) {
    Map<String, SslContext> contexts = new LinkedHashMap<>();
    byName.forEach((pattern, named) -> {
      contexts.put(
          pattern,
          named instanceof Credentials identity
              ? new SslContext(null, chosen.open(settings.with(identity)), leftOut)
              : (SslContext) named);
    });
    WireFactory usual =
        settings.credentials() == null
            ? contexts.values().iterator().next().wires(true)
            : chosen.open(settings);
    return SslContext.byName(usual, contexts, strictNames, leftOut);
  }

  private void requireIdentity(@Nullable Credentials own) {
    if (!server || own != null) {
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

  /** What {@link #build} has just left out of the trusted file; nothing for another's context. */
  List<String> leftOut() {
    return leftOut;
  }

  private List<TrustedCertificate> load(Path fileOrFolder) {
    Certificates.Anchors anchors = Certificates.anchors(fileOrFolder);
    leftOut = anchors.leftOut();
    return anchors.trusted();
  }

  private static List<TrustedCertificate> trusted(List<X509Certificate> certificates) {
    return certificates.stream().map(TrustedCertificate::of).toList();
  }

  /** A setting for the other side would be ignored silently, so it is an error. */
  private void requireSettingsOfThisSide() {
    if (server && verify != Verify.CHAIN_AND_HOST) {
      throw new SslConfigException(
          "verify is for clients; a server says with clientAuth whether clients show certificates");
    }
    if (!server && (strictNames || !byName.isEmpty())) {
      throw new SslConfigException(
          "certificates by name are for servers; a client shows the one certificate that it has");
    }
    if (strictNames && byName.isEmpty()) {
      throw new SslConfigException("strictNames refuses every client where no name is given");
    }
    if (!server && clientAuth != ClientAuth.NONE) {
      throw new SslConfigException("clientAuth is for servers; a client has verify");
    }
    if (clientAuth != ClientAuth.NONE && trust == null && trustFile == null) {
      throw new SslConfigException(
          "clients shall show certificates, but not whose: any public authority would do, so say"
              + " which issuers count with trust(...)");
    }
  }

  private @Nullable Credentials loadCredentials() {
    if (certificate == null) {
      if (key != null) {
        throw new SslConfigException("a key was given without its certificate: give both");
      }
      return credentials;
    }
    if (credentials != null) {
      throw new SslConfigException(
          "both credentials and a certificate file were given: give one of them");
    }
    try {
      return Credentials.load(certificate, key == null ? certificate : key, password);
    } finally {
      if (password != null) {
        Arrays.fill(password, '\0');
        password = null;
      }
    }
  }

  private Set<Protocol> protocols() {
    if (minimum.compareTo(maximum) > 0) {
      throw new SslConfigException(
          "the lowest protocol, " + minimum + ", is above the highest, " + maximum);
    }
    Set<Protocol> chosen = EnumSet.range(minimum, maximum);
    options.forEach(option -> {
      switch (option) {
        case NO_TLSV1 -> chosen.remove(Protocol.TLS_1_0);
        case NO_TLSV1_1 -> chosen.remove(Protocol.TLS_1_1);
        case NO_TLSV1_2 -> chosen.remove(Protocol.TLS_1_2);
        case NO_TLSV1_3 -> chosen.remove(Protocol.TLS_1_3);
        default -> {}
      }
    });
    if (chosen.isEmpty()) {
      throw new SslConfigException("the options leave no protocol version to speak");
    }
    return chosen;
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

  void setCredentials(Credentials identity) {
    hasSettings = true;
    credentials = identity;
  }

  void addName(String pattern, Object identity) {
    hasSettings = true;
    if (byName.putIfAbsent(pattern, identity) != null) {
      throw new SslConfigException("the server name " + pattern + " is given twice");
    }
  }

  void setStrictNames() {
    hasSettings = true;
    strictNames = true;
  }

  void setTrust(Path fileOrFolder) {
    hasSettings = true;
    trustFile = fileOrFolder;
  }

  void setTrust(List<X509Certificate> issuers) {
    hasSettings = true;
    trust = trusted(issuers);
  }

  void setVerify(Verify mode) {
    hasSettings = true;
    verify = mode;
  }

  void setClientAuth(ClientAuth mode) {
    hasSettings = true;
    clientAuth = mode;
  }

  void setProtocols(@Nullable Protocol lowest, @Nullable Protocol highest) {
    hasSettings = true;
    minimum = lowest == null ? minimum : lowest;
    maximum = highest == null ? maximum : highest;
  }

  void setCiphers(CipherString list) {
    hasSettings = true;
    ciphers = list;
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

  void setProvider(String name) {
    hasSettings = true;
    provider = name;
  }
}
