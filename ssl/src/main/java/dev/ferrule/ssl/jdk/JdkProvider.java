package dev.ferrule.ssl.jdk;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.hello.NamedGroup;
import dev.ferrule.ssl.keys.SignerKey;
import dev.ferrule.ssl.keys.StoredKey;
import dev.ferrule.ssl.records.PeerVerification;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.ssl.trust.NoVerifier;
import dev.ferrule.ssl.trust.PeerChecks;
import dev.ferrule.ssl.trust.Revocation;
import dev.ferrule.ssl.trust.Trust;
import dev.ferrule.ssl.trust.Verifier;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The SSL provider on the JDK's SSLEngine, which is always available. */
public final class JdkProvider implements SslProvider {
  static final String NAME = "jdk";

  /** The JDK's property for the number of tickets, of which it gives 1 without. */
  private static final String TICKETS = "jdk.tls.server.newSessionTicketCount";

  /** For {@link java.util.ServiceLoader}. */
  public JdkProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public String version() {
    return "SSLEngine of Java " + Runtime.version();
  }

  @Override
  public @Nullable String unavailable() {
    return null;
  }

  @Override
  public boolean can(Capability what) {
    return switch (what) {
      case OLD_VERSIONS -> JdkNames.versions().contains(Protocol.TLS_1_0.toString());
      case RSA_KEY_EXCHANGE ->
          JdkNames.suites().stream().anyMatch(name -> name.startsWith("TLS_RSA_"));
      case POST_QUANTUM_GROUPS ->
          groups().stream()
              .flatMap(name -> NamedGroup.of(name).stream())
              .anyMatch(NamedGroup::isPostQuantum);
      case VERSION_GAPS,
          SUITES_OF_TLS_1_3,
          SUITE_ORDER_IN_TLS_1_3,
          DHE_AND_CBC_SHA_2,
          GROUPS,
          SIGNATURE_SCHEMES,
          ED25519_PEERS,
          OUTSIDE_CONTEXTS ->
          true;
      case RECORDS_IN_JAVA,
          KEY_LOG,
          NO_TICKET,
          SHARED_TICKET_KEYS,
          OCSP_STAPLING,
          SIGNING_CALLBACK,
          KEYS_BY_URI,
          EXTERNAL_PSK ->
          false;
    };
  }

  @Override
  public List<String> groups() {
    return JdkNames.groups();
  }

  @Override
  public List<String> signatureSchemes() {
    return JdkNames.schemes();
  }

  @Override
  public WireFactory open(SslSettings settings) {
    settings.options().forEach(option -> honour(option, settings.server()));
    honour(settings.tickets());
    Credentials shown = settings.credentials();
    if (shown != null && shown.key() instanceof SignerKey) {
      throw Capability.SIGNING_CALLBACK.refusal(
          NAME,
          "take the provider boringssl, or a PrivateKey whose security provider signs with it");
    }
    if (shown != null && shown.key() instanceof StoredKey) {
      throw Capability.KEYS_BY_URI.refusal(NAME, StoredKey.ELSEWHERE);
    }
    settings.signatureSchemes().forEach(scheme -> requireStrong(scheme, settings.options()));
    try {
      KeyManager[] keys =
          shown == null ? new KeyManager[0] : new KeyManager[] {new FixedIdentity(shown)};
      TrustManager[] trusted = {trust(settings)};
      JdkSessions sessions =
          settings.server()
              ? null
              : JdkSessions.of(() -> context(keys, trusted), settings.sessions());
      SSLContext context = sessions == null ? context(keys, trusted) : sessions.context();
      Duration lifetime = settings.tickets().lifetime();
      if (lifetime != null) {
        context.getServerSessionContext().setSessionTimeout((int) lifetime.toSeconds());
      }
      return new JdkWires(
          context, sessions, parameters(settings, context), shown != null, settings);
    } catch (GeneralSecurityException e) {
      throw new SslConfigException("the JDK refused the SSL settings: " + e.getMessage(), e);
    }
  }

  private static SSLContext context(KeyManager[] keys, TrustManager[] trusted)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trusted, null);
    return context;
  }

  @Override
  public WireFactory adopt(Object context, boolean server) {
    if (!(context instanceof SSLContext sslContext)) {
      throw new SslConfigException(
          "the jdk provider takes a javax.net.ssl.SSLContext, not a "
              + context.getClass().getName());
    }
    SSLParameters parameters = sslContext.getDefaultSSLParameters();
    if (!server) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    JdkSessions sessions = server ? null : JdkSessions.of(sslContext);
    return new JdkWires(sslContext, sessions, parameters, true, null);
  }

  private static X509ExtendedTrustManager trust(SslSettings settings) {
    if (!settings.server() && settings.verify() == Verify.NONE) {
      return new NoVerifier();
    }
    if (settings.server() && settings.clientAuth() == ClientAuth.NONE) {
      return new Verifier(
          Trust.of(List.of()),
          Set.of(),
          PeerChecks.NONE,
          Revocation.NONE); // is not used, and trusts no certificate
    }
    return PeerVerification.of(settings);
  }

  private static SSLParameters parameters(SslSettings settings, SSLContext context) {
    SSLParameters parameters = new SSLParameters();
    // The default lists are what the JDK's security policy allows.
    SSLParameters allowed = context.getDefaultSSLParameters();
    parameters.setProtocols(protocols(settings.protocols(), Arrays.asList(allowed.getProtocols())));
    List<CipherSuite> suites =
        settings.ciphers().suites(Arrays.asList(allowed.getCipherSuites())).stream()
            .filter(suite -> isOf(settings.protocols(), suite))
            .toList();
    if (suites.isEmpty()) {
      throw new SslConfigException(
          "the cipher string leaves no cipher suite for the protocol versions "
              + settings.protocols());
    }
    parameters.setCipherSuites(suites.stream().map(CipherSuite::name).toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    if (!settings.options().contains(SslOption.ALLOW_SHA1_HANDSHAKE)) {
      parameters.setAlgorithmConstraints(new NoSha1Signatures());
    }
    if (!settings.groups().isEmpty()) {
      parameters.setNamedGroups(settings.groups().toArray(String[]::new));
    }
    if (!settings.signatureSchemes().isEmpty()) {
      parameters.setSignatureSchemes(settings.signatureSchemes().toArray(String[]::new));
    }
    if (!settings.alpn().isEmpty()) {
      parameters.setApplicationProtocols(settings.alpn().toArray(String[]::new));
    }
    if (settings.server()) {
      switch (settings.clientAuth()) {
        case NONE -> {}
        case OPTIONAL -> parameters.setWantClientAuth(true);
        case REQUIRED -> parameters.setNeedClientAuth(true);
      }
    } else if (settings.verify() == Verify.CHAIN_AND_HOST) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 6125 as RFC 2818 uses it
    }
    return parameters;
  }

  /** Whether one of the versions has the suite; TLS 1.3 shares none with older versions. */
  private static boolean isOf(Set<Protocol> versions, CipherSuite suite) {
    return switch (suite.since()) {
      case TLS13 -> versions.contains(Protocol.TLS_1_3);
      case TLS12 -> versions.contains(Protocol.TLS_1_2);
      default -> versions.stream().anyMatch(version -> version != Protocol.TLS_1_3);
    };
  }

  private static String[] protocols(Set<Protocol> chosen, List<String> allowed) {
    for (Protocol protocol : chosen) {
      if (!allowed.contains(protocol.toString())) {
        throw new SslConfigException(
            protocol
                + " was asked for, but this JDK's policy forbids it (jdk.tls.disabledAlgorithms in"
                + " its java.security file)");
      }
    }
    return chosen.stream().sorted().map(Protocol::toString).toArray(String[]::new);
  }

  private static void requireStrong(String scheme, Set<SslOption> options) {
    if (scheme.endsWith("_sha1") && !options.contains(SslOption.ALLOW_SHA1_HANDSHAKE)) {
      throw new SslConfigException(
          "the signature scheme "
              + scheme
              + " can be forged (RFC 9155): leave it out, or give the option "
              + SslOption.ALLOW_SHA1_HANDSHAKE
              + " too");
    }
  }

  /** Accepts the options that the JDK always fulfils and those that have no effect here. */
  private static void honour(SslOption option, boolean server) {
    if (option.needsOpenssl()) {
      throw new SslConfigException(
          "the jdk provider cannot honour the option "
              + option
              + ", which is OpenSSL's own: take the provider openssl");
    }
    switch (option) {
      case NO_TICKET -> {
        String tickets =
            "jdk.tls." + (server ? "server" : "client") + ".enableSessionTicketExtension";
        if (!"false".equals(System.getProperty(tickets))) {
          throw Capability.NO_TICKET.refusal(
              NAME, "instead of the option no-ticket, start Java with -D" + tickets + "=false");
        }
      }
      case ALLOW_SHA1_HANDSHAKE -> {
        if (NoSha1Signatures.isPolicy()) {
          throw new SslConfigException(
              "the jdk provider cannot honour the option "
                  + option
                  + ": this JDK's policy forbids SHA-1 in the handshake ("
                  + NoSha1Signatures.POLICY
                  + " in its java.security file)");
        }
      }
      case ALLOW_UNSAFE_LEGACY_RENEGOTIATION, TLS_ROLLBACK_BUG ->
          throw new SslConfigException(
              "the jdk provider cannot honour the option " + option + ", which makes SSL unsafe");
      default -> {}
    }
  }

  /** Keys of tickets are the JVM's own, and their number is the same for all contexts. */
  private static void honour(SslSettings.Tickets tickets) {
    if (tickets.keys() != null) {
      throw Capability.SHARED_TICKET_KEYS.refusal(
          NAME,
          "Java makes them for each context; leave ticketKeys out, or take the provider boringssl");
    }
    Integer number = tickets.number();
    if (number != null && !number.equals(Integer.getInteger(TICKETS, 1))) {
      throw new SslConfigException(
          "the jdk provider cannot choose the number of session tickets for one context: start Java"
              + " with -D"
              + TICKETS
              + "="
              + number);
    }
  }
}
