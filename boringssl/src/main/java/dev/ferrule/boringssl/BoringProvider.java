package dev.ferrule.boringssl;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.hello.NamedGroup;
import dev.ferrule.ssl.keys.StoredKey;
import dev.ferrule.ssl.library.ClientSessions;
import dev.ferrule.ssl.library.PeerJudgement;
import dev.ferrule.ssl.library.SessionScope;
import dev.ferrule.ssl.records.AesInstructions;
import dev.ferrule.ssl.records.PeerVerification;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.ssl.trust.Verifier;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.lang.module.ModuleDescriptor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The SSL provider on BoringSSL, whose native library comes with this module. */
public final class BoringProvider implements SslProvider {
  static final String NAME = "boringssl";

  /**
   * The most sessions that a server keeps for clients without tickets. The least recently used one
   * is dropped first.
   */
  private static final int SESSIONS = 10_000;

  /** For {@link java.util.ServiceLoader}. */
  public BoringProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return 10;
  }

  @Override
  public String version() {
    // The version is in the manifest on the class path, in the descriptor on the module path.
    String version = SSL.class.getPackage().getImplementationVersion();
    ModuleDescriptor module = SSL.class.getModule().getDescriptor();
    return "BoringSSL of netty-tcnative "
        + (version != null || module == null
            ? String.valueOf(version)
            : module.rawVersion().orElse("of unknown version"));
  }

  @Override
  public @Nullable String unavailable() {
    return Natives.problem();
  }

  @Override
  public boolean can(Capability what) {
    return switch (what) {
      case POST_QUANTUM_GROUPS -> groups().contains(NamedGroup.X25519_MLKEM768.toString());
      case OLD_VERSIONS,
          RSA_KEY_EXCHANGE,
          GROUPS,
          RECORDS_IN_JAVA,
          KEY_LOG,
          NO_TICKET,
          SHARED_TICKET_KEYS,
          OCSP_STAPLING,
          SIGNING_CALLBACK ->
          true;
      case VERSION_GAPS,
          SUITES_OF_TLS_1_3,
          SUITE_ORDER_IN_TLS_1_3,
          DHE_AND_CBC_SHA_2,
          SIGNATURE_SCHEMES,
          ED25519_PEERS,
          KEYS_BY_URI,
          EXTERNAL_PSK,
          OUTSIDE_CONTEXTS ->
          false;
    };
  }

  @Override
  public List<String> groups() {
    return Groups.had();
  }

  @Override
  public List<String> signatureSchemes() {
    return List.of(); // netty-tcnative has no call for them
  }

  @Override
  public WireFactory adopt(Object context, boolean server) {
    throw Capability.OUTSIDE_CONTEXTS.refusal(
        NAME, "the jdk provider takes a javax.net.ssl.SSLContext");
  }

  @Override
  public WireFactory open(SslSettings settings) {
    String problem = Natives.problem();
    if (problem != null) {
      throw new SslConfigException("the SSL provider boringssl is not available: " + problem);
    }
    settings.options().forEach(option -> honour(option, settings));
    if (!settings.signatureSchemes().isEmpty()) {
      throw Capability.SIGNATURE_SCHEMES.refusal(NAME, "netty-tcnative has no call for that");
    }
    Credentials shown = settings.credentials();
    if (shown != null && shown.key() instanceof StoredKey) {
      throw Capability.KEYS_BY_URI.refusal(NAME, StoredKey.ELSEWHERE);
    }
    OfferedParameters choices = OfferedParameters.of(settings);
    boolean server = settings.server();
    Map<Long, BoringWire> wires = new ConcurrentHashMap<>();
    long context = 0;
    Identity identity = Identity.NONE;
    NativeContext nativeContext = null;
    SSL.clearError(); // some calls report older queue entries as their own
    try {
      context =
          SSLContext.make(SSL.SSL_PROTOCOL_ALL, server ? SSL.SSL_MODE_SERVER : SSL.SSL_MODE_CLIENT);
      configure(context, choices, settings);
      identity = Identity.load(settings.credentials(), settings.staple(), context, wires);
      boolean resumes =
          !server && !settings.options().contains(SslOption.NO_TICKET) && settings.sessions() > 0;
      boolean verifies =
          server ? settings.clientAuth() != ClientAuth.NONE : settings.verify() != Verify.NONE;
      nativeContext =
          new NativeContext(
              context,
              choices,
              identity,
              resumes ? new ClientSessions(settings.sessions()) : null,
              wires,
              verifies,
              recordsInJava(settings),
              server ? ServerTickets.set(context, settings) : null);
      SSLContext.setKeyLogCallback(context, new KeyLog(wires, settings.keyLog()));
      boolean host = !server && settings.verify() == Verify.CHAIN_AND_HOST;
      if (verifies) {
        verify(context, nativeContext, settings, host);
      } else if (!server) {
        SSLContext.setCertVerifyCallback(context, new Verification.None());
        SSLContext.setVerify(context, SSL.SSL_CVERIFY_NONE, PeerJudgement.longest(false) + 1);
      }
      SSLContext.setUseTasks(context, verifies || identity.signsOutside());
      nativeContext.resume(context);
      return new BoringWires(nativeContext, host, settings);
    } catch (Exception e) {
      if (nativeContext != null) {
        nativeContext.leave();
      } else {
        identity.free();
        if (context != 0) {
          SSLContext.free(context);
        }
      }
      throw e instanceof SslConfigException known
          ? known
          : new SslConfigException("BoringSSL refused the SSL settings: " + e.getMessage(), e);
    }
  }

  /** Whether the records of some of its connections are protected in Java. */
  private static boolean recordsInJava(SslSettings settings) {
    RecordLayer asked = settings.records();
    return settings.protocols().contains(Protocol.TLS_1_3)
        && (asked == null ? AesInstructions.present() : asked == RecordLayer.JAVA);
  }

  private static void configure(long context, OfferedParameters choices, SslSettings settings)
      throws Exception {
    for (Protocol protocol : Protocol.values()) {
      if (!choices.versions().contains(protocol)) {
        SSLContext.setOptions(context, forbidding(protocol));
      }
    }
    if (!choices.suites().isEmpty()) {
      SSLContext.setCipherSuite(context, choices.list(), false);
    }
    SSLContext.setOptions(context, SSL.SSL_OP_CIPHER_SERVER_PREFERENCE);
    if (ServerTickets.none(settings)) {
      SSLContext.setOptions(context, SSL.SSL_OP_NO_TICKET);
    } else {
      SSLContext.clearOptions(context, SSL.SSL_OP_NO_TICKET);
    }
    SSLContext.setMode(
        context,
        SSL.SSL_MODE_ENABLE_PARTIAL_WRITE
            | SSL.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
            | SSL.SSL_MODE_RELEASE_BUFFERS);
    Groups.choose(context, choices.groups());
    if (settings.server()) {
      SSLContext.setSessionIdContext(context, SessionScope.of(settings));
      if (!ServerTickets.none(settings)) {
        // Only sessions of TLS 1.2 clients without tickets are kept.
        SSLContext.setSessionCacheSize(context, SESSIONS);
        SSLContext.setSessionCacheMode(context, SSL.SSL_SESS_CACHE_SERVER);
      }
    }
    if (!choices.applications().isEmpty()) {
      SSLContext.setAlpnProtos(
          context,
          choices.applications().toArray(String[]::new),
          SSL.SSL_SELECTOR_FAILURE_NO_ADVERTISE);
    }
  }

  private static void verify(
      long context, NativeContext nativeContext, SslSettings settings, boolean host)
      throws Exception {
    Verifier verifier = PeerVerification.of(settings);
    SSLContext.setCertVerifyCallback(
        context, new Verification(verifier, settings.server(), host, nativeContext.wires));
    boolean optional = settings.clientAuth() == ClientAuth.OPTIONAL;
    SSLContext.setVerify(
        context,
        optional ? SSL.SSL_CVERIFY_OPTIONAL : SSL.SSL_CVERIFY_REQUIRED,
        PeerJudgement.longest(settings.server()) + 1); // BoringSSL drops certificates beyond that
    if (settings.server()) {
      Identity.parse(
          Identity.pem(List.of(verifier.getAcceptedIssuers())),
          bio -> SSLContext.setCACertificateBio(context, bio) ? 1 : 0);
    }
  }

  private static int forbidding(Protocol protocol) {
    return switch (protocol) {
      case TLS_1_0 -> SSL.SSL_OP_NO_TLSv1;
      case TLS_1_1 -> SSL.SSL_OP_NO_TLSv1_1;
      case TLS_1_2 -> SSL.SSL_OP_NO_TLSv1_2;
      case TLS_1_3 -> SSL.SSL_OP_NO_TLSv1_3;
    };
  }

  /** Accepts the options that BoringSSL always fulfils and those that have no effect here. */
  private static void honour(SslOption option, SslSettings settings) {
    if (option.needsOpenssl()) {
      throw new SslConfigException(
          "the boringssl provider cannot honour the option "
              + option
              + ", which is OpenSSL's own: take the provider openssl");
    }
    switch (option) {
      case ALLOW_UNSAFE_LEGACY_RENEGOTIATION, TLS_ROLLBACK_BUG ->
          throw new SslConfigException(
              "the boringssl provider cannot honour the option "
                  + option
                  + ", which makes SSL unsafe");
      case CIPHER_SERVER_PREFERENCE -> {
        if (settings.server() && settings.protocols().contains(Protocol.TLS_1_3)) {
          throw Capability.SUITE_ORDER_IN_TLS_1_3.refusal(
              NAME,
              "BoringSSL follows the client's there, and the option "
                  + option
                  + " forbids that: leave TLS 1.3 out (maxProtocol), or take the provider jdk");
        }
      }
      default -> {}
    }
  }
}
