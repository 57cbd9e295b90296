package dev.ferrule.openssl;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.library.SessionScope;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Brings the settings into an SSL_CTX. */
final class ContextSetup {
  /**
   * The most sessions that a server keeps for clients without tickets. The oldest is dropped first.
   */
  private static final int SESSIONS = 10_000;

  private ContextSetup() {}

  /**
   * Applies all settings.
   *
   * @return the keys of a server's tickets; null where OpenSSL has its own
   * @throws SslConfigException when OpenSSL cannot honour one
   */
  static @Nullable ServerTickets configure(
      long context,
      OfferedParameters choices,
      Verification verification,
      SslSettings settings,
      boolean resumes) {
    LibContext.clearOptions(context, Options.NEVER);
    LibContext.options(context, Options.ALWAYS | Options.bits(settings.options()));
    LibContext.mode(
        context,
        LibContext.MODE_ENABLE_PARTIAL_WRITE
            | LibContext.MODE_ACCEPT_MOVING_WRITE_BUFFER
            | LibContext.MODE_NO_AUTO_CHAIN
            | LibContext.MODE_RELEASE_BUFFERS);
    LibContext.level(context, level(choices, settings.options()));
    if (!settings.externalPsks().isEmpty()) {
      // No session is resumed: who authenticated by a key is never taken for one with a
      // certificate.
      LibContext.options(context, Options.NO_TICKET);
      ExternalPsks.set(context, settings.externalPsks());
    }
    offer(context, choices, settings);
    try {
      Credentials shown = settings.credentials();
      if (shown != null) {
        boolean leveled = settings.ciphers().toString().contains("@SECLEVEL");
        if (Identity.show(context, shown, leveled) && !choices.older().isEmpty()) {
          offerOnly(context, choices.older());
        }
      }
      verify(context, verification, settings);
      LibContext.keyLog(context, Callbacks.KEY_LOG);
      LibContext.info(context, Callbacks.INFO);
      return settings.server() ? server(context, settings) : client(context, resumes);
    } catch (GeneralSecurityException e) {
      throw new SslConfigException("OpenSSL refused the SSL settings: " + e.getMessage(), e);
    }
  }

  /**
   * The security level (SSL_CTX_set_security_level(3)) where the cipher string names none: 1, and 0
   * for what OpenSSL forbids at 1 and was asked for by name. Certificates of peers are judged in
   * Java, whatever the level.
   */
  private static int level(OfferedParameters choices, Set<SslOption> options) {
    boolean old = choices.versions().getFirst().compareTo(Protocol.TLS_1_2) < 0;
    return old || options.contains(SslOption.ALLOW_SHA1_HANDSHAKE) ? 0 : 1;
  }

  private static void offer(long context, OfferedParameters choices, SslSettings settings) {
    LibContext.versions(
        context, number(choices.versions().getFirst()), number(choices.versions().getLast()));
    String ciphers = OfferedParameters.ciphers(settings).toString();
    boolean authenticates = OpensslProvider.authenticates(settings);
    boolean taken = LibContext.cipherList(context, OfferedParameters.list(ciphers, authenticates));
    if (!choices.older().isEmpty()) {
      require(taken, "the cipher string \"" + ciphers + "\"");
    } else if (!taken) {
      ErrorQueue.clear(); // it has no suite of an older version, and its level counts
    }
    require(
        LibContext.cipherSuites(context, String.join(":", choices.newer())),
        "the suites " + choices.newer());
    require(LibContext.groups(context, choices.groupList()), "the groups " + choices.groups());
    require(
        LibContext.signatureSchemes(context, choices.schemeList()),
        "the signature schemes " + choices.schemes());
    if (settings.server()) {
      LibContext.finiteFields(context);
      if (!choices.applications().isEmpty()) {
        LibContext.selectApplication(context, Callbacks.SELECT_APPLICATION);
      }
    } else if (!choices.applications().isEmpty()) {
      require(
          LibContext.applications(context, choices.encodedApplications()),
          "the application protocols " + choices.applications());
    }
  }

  /** Of the cipher string what it has at level 1, for a context that has another level by now. */
  private static void offerOnly(long context, List<String> suites) {
    require(
        LibContext.cipherList(context, OfferedParameters.list(String.join(":", suites), false)),
        "the suites " + suites);
  }

  private static void verify(long context, Verification verification, SslSettings settings)
      throws GeneralSecurityException {
    var verifier = verification.verifier();
    if (verifier == null) {
      LibContext.verify(context, LibContext.VERIFY_NONE, settings.server() ? 0 : Callbacks.VERIFY);
      return;
    }
    boolean required = !settings.server() || settings.clientAuth() == ClientAuth.REQUIRED;
    LibContext.verify(
        context,
        LibContext.VERIFY_PEER | (required ? LibContext.VERIFY_FAIL_IF_NO_PEER_CERT : 0),
        Callbacks.VERIFY);
    if (settings.server()) {
      Identity.issuers(context, List.of(verifier.getAcceptedIssuers()));
    }
  }

  private static @Nullable ServerTickets server(long context, SslSettings settings)
      throws GeneralSecurityException {
    LibContext.scope(context, SessionScope.of(settings));
    // Only sessions of clients without tickets are kept.
    LibContext.cache(
        context,
        ServerTickets.none(settings) ? LibContext.CACHE_OFF : LibContext.CACHE_SERVER,
        SESSIONS);
    if (settings.staple() != null) {
      LibContext.staple(context, Callbacks.STAPLE);
    }
    return ServerTickets.set(context, settings);
  }

  private static @Nullable ServerTickets client(long context, boolean resumes) {
    if (resumes) {
      LibContext.cache(context, LibContext.CACHE_CLIENT | LibContext.CACHE_NO_INTERNAL, 1);
      LibContext.newSession(context, Callbacks.NEW_SESSION);
    } else {
      LibContext.cache(context, LibContext.CACHE_OFF, 1);
    }
    return null;
  }

  static int number(Protocol protocol) {
    return switch (protocol) {
      case TLS_1_0 -> 0x0301;
      case TLS_1_1 -> 0x0302;
      case TLS_1_2 -> 0x0303;
      case TLS_1_3 -> LibContext.TLS_1_3;
    };
  }

  private static void require(boolean taken, String what) {
    if (!taken) {
      throw new SslConfigException("OpenSSL refused " + what + ": " + ErrorQueue.words());
    }
  }
}
