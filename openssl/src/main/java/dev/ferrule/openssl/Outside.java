package dev.ferrule.openssl;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.trust.HostName;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Contexts that a program made by calls of its own. Nothing of theirs is changed: what connections
 * need is set on each SSL. Certificates are verified by OpenSSL, as the context says.
 */
final class Outside {
  private static final int HOSTNAME_MISMATCH = 62; // X509_V_ERR_HOSTNAME_MISMATCH
  private static final int IP_ADDRESS_MISMATCH = 64; // X509_V_ERR_IP_ADDRESS_MISMATCH

  /** A name that no certificate has: it holds what none may hold (RFC 5280 4.2.1.6). */
  private static final String NOBODY = "no host";

  private Outside() {}

  /** A native context on one, to which it takes a reference. */
  static NativeContext adopt(Object given, boolean server) {
    if (!(given instanceof MemorySegment pointer) || pointer.address() == 0) {
      throw new SslConfigException(
          "the openssl provider takes the address of an SSL_CTX, as SSL_CTX_new returned it");
    }
    if (NamedProviders.areChosen()) {
      throw new SslConfigException(
          "a context that was made outside may use other providers than the system property "
              + NamedProviders.NAMES
              + " names: leave one of them out");
    }
    long context = pointer.address();
    LibContext.keep(context);
    OfferedParameters choices =
        new OfferedParameters(
            server,
            null,
            Arrays.stream(Protocol.values())
                .filter(version -> LibContext.has(context, ContextSetup.number(version)))
                .toList(),
            List.of(),
            LibContext.ciphers(context),
            List.of(),
            List.of(),
            List.of(),
            false);
    boolean verifies = LibContext.verifies(context);
    return new NativeContext(
        context, choices, new Verification(null, verifies && !server), null, null, null);
  }

  /** Settings of one connection. */
  static void prepare(long ssl) {
    LibSsl.mode(
        ssl,
        LibContext.MODE_ENABLE_PARTIAL_WRITE
            | LibContext.MODE_ACCEPT_MOVING_WRITE_BUFFER
            | LibContext.MODE_RELEASE_BUFFERS);
    LibSsl.readAhead(ssl, 0); // what OpenSSL kept of the handshake would wait for a record more
    LibSsl.options(ssl, Options.NO_RENEGOTIATION);
    LibSsl.info(ssl, Callbacks.INFO);
  }

  /**
   * Has OpenSSL verify the host. It takes "" for no host at all, a name behind a dot for all that
   * end so, and a text until its first zero: what is no name or address must match nothing.
   */
  static void verifyHost(long ssl, String host) {
    String name = HostName.isHost(host) ? host : NOBODY;
    if (!LibSsl.verifiedHost(ssl, name)) {
      ErrorQueue.clear();
      throw new OutOfMemoryError("OpenSSL has no memory for the name of a host");
    }
  }

  /** What OpenSSL does not accept of the peer's certificates; null when that was not the fault. */
  static @Nullable SslError refused(long ssl, ErrorQueue.Entry error, @Nullable String alert) {
    if (!error.code().equals("CERTIFICATE_VERIFY_FAILED")) {
      return null;
    }
    int result = LibSsl.verifyResult(ssl);
    SslFailure failure =
        switch (result) {
          case HOSTNAME_MISMATCH, IP_ADDRESS_MISMATCH -> SslFailure.HOST_MISMATCH;
          case 9 -> SslFailure.CERTIFICATE_NOT_YET_VALID; // X509_V_ERR_CERT_NOT_YET_VALID
          case 10 -> SslFailure.CERTIFICATE_EXPIRED; // X509_V_ERR_CERT_HAS_EXPIRED
          case 23 -> SslFailure.CERTIFICATE_REVOKED; // X509_V_ERR_CERT_REVOKED
          case 18, 19, 20, 21 -> SslFailure.UNKNOWN_ISSUER; // self-signed, or no issuer found
          case 26 -> SslFailure.WRONG_PURPOSE; // X509_V_ERR_INVALID_PURPOSE
          default -> SslFailure.BAD_CERTIFICATE;
        };
    return new SslError(
        Side.OURS,
        Stage.CERTIFICATE,
        alert,
        failure,
        "the context that was made outside did not accept the peer's certificate: "
            + LibCrypto.verifyText(result),
        error.code(),
        null);
  }
}
