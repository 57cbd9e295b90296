package dev.ferrule.openssl;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.hello.NamedGroup;
import dev.ferrule.ssl.library.ClientSessions;
import dev.ferrule.ssl.records.PeerVerification;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import dev.ferrule.ssl.spi.WireFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SSL provider on the system's OpenSSL, 3.0 or later, by the foreign-function API. */
public final class OpensslProvider implements SslProvider {
  static final String NAME = "openssl";

  /** For {@link java.util.ServiceLoader}. */
  public OpensslProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  /** Above the JDK's and below BoringSSL's. */
  @Override
  public int rank() {
    return 5; // its handshakes cost half of the jdk provider's, and more than boringssl's
  }

  @Override
  public String version() {
    return unavailable() == null ? LibCrypto.version() : "OpenSSL, which is not there";
  }

  @Override
  public @Nullable String unavailable() {
    String problem = Library.problem();
    return problem == null ? NamedProviders.problem() : problem;
  }

  @Override
  public boolean can(Capability what) {
    return switch (what) {
      case RECORDS_IN_JAVA -> !NamedProviders.areChosen();
      case POST_QUANTUM_GROUPS ->
          groups().stream()
              .flatMap(name -> NamedGroup.of(name).stream())
              .anyMatch(NamedGroup::isPostQuantum);
      case OLD_VERSIONS,
          SUITES_OF_TLS_1_3,
          SUITE_ORDER_IN_TLS_1_3,
          DHE_AND_CBC_SHA_2,
          RSA_KEY_EXCHANGE,
          GROUPS,
          SIGNATURE_SCHEMES,
          ED25519_PEERS,
          KEY_LOG,
          NO_TICKET,
          SHARED_TICKET_KEYS,
          OCSP_STAPLING,
          KEYS_BY_URI,
          EXTERNAL_PSK,
          OUTSIDE_CONTEXTS ->
          true;
      case VERSION_GAPS, SIGNING_CALLBACK -> false;
    };
  }

  @Override
  public List<String> groups() {
    return unavailable() == null ? Had.GROUPS : List.of();
  }

  @Override
  public List<String> signatureSchemes() {
    return unavailable() == null ? Had.SCHEMES : List.of();
  }

  @Override
  public WireFactory adopt(Object context, boolean server) {
    requireAvailable();
    return new OpensslWires(Outside.adopt(context, server), null);
  }

  @Override
  public WireFactory open(SslSettings settings) {
    requireAvailable();
    ErrorQueue.clear(); // a program's own calls may have left something on this thread
    OfferedParameters choices = OfferedParameters.of(settings, authenticates(settings));
    boolean server = settings.server();
    Verification verification =
        new Verification(
            verifies(settings) ? PeerVerification.of(settings) : null,
            Verification.namesHost(settings));
    boolean resumes =
        !server
            && !settings.options().contains(SslOption.NO_TICKET)
            && settings.sessions() > 0
            && settings.externalPsks().isEmpty();
    long context = LibContext.make(server);
    try {
      ServerTickets tickets =
          ContextSetup.configure(context, choices, verification, settings, resumes);
      ClientSessions sessions = resumes ? new ClientSessions(settings.sessions()) : null;
      return new OpensslWires(
          new NativeContext(context, choices, verification, sessions, tickets, settings), settings);
    } catch (RuntimeException | Error e) {
      LibContext.free(context);
      throw e;
    } finally {
      ErrorQueue.clear();
    }
  }

  private void requireAvailable() {
    String problem = unavailable();
    if (problem != null) {
      throw new SslConfigException("the SSL provider openssl is not available: " + problem);
    }
  }

  /** Whether a peer must prove who it is, by a certificate or an external PSK. */
  static boolean authenticates(SslSettings settings) {
    return verifies(settings) || !settings.externalPsks().isEmpty();
  }

  private static boolean verifies(SslSettings settings) {
    return settings.server()
        ? settings.clientAuth() != ClientAuth.NONE
        : settings.verify() != Verify.NONE;
  }
}
