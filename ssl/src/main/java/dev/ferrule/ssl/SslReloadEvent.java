package dev.ferrule.ssl;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * What an {@link SslReload} tells: that another context is served, that it is not and why, or that
 * a certificate expires soon; and what an {@link SslTicketFile} tells of its keys. Immutable; may
 * be kept and read from any thread.
 */
public sealed interface SslReloadEvent {
  /** One sentence that says what happened. */
  String message();

  /**
   * New connections get a context, or ticket keys, that were loaded again.
   *
   * @param certificates what its clients are shown, the server's own certificate of each chain;
   *     none of ticket keys
   * @param message one sentence that says what is different, with the subjects and the dates
   */
  record Reloaded(List<X509Certificate> certificates, String message) implements SslReloadEvent {
    /** Copies the list. */
    public Reloaded {
      certificates = List.copyOf(certificates);
    }
  }

  /**
   * What the files hold cannot be served, and what was served before is served on. It is told once
   * as long as the reason is the same, and for each {@link SslReload#reload}.
   *
   * @param reason what was thrown, or found by a check
   */
  record Kept(RuntimeException reason) implements SslReloadEvent {
    @Override
    public String message() {
      String why = reason.getMessage();
      return "what was loaded before is served on: " + (why == null ? reason.toString() : why);
    }
  }

  /**
   * A certificate that is served expires soon, or has expired. Told once for each time.
   *
   * @param certificate of a server, or of an issuer that is sent with it
   * @param left what is left is not more than this: 21 days, 7 days or 1 day; zero when it has
   *     expired
   * @param message one sentence that says which certificate, and when
   */
  record Expiry(X509Certificate certificate, Duration left, String message)
      implements SslReloadEvent {}

  /**
   * The OCSP response about a certificate that is served has expired, and is not sent any more.
   * Told once.
   *
   * @param certificate that it is about
   * @param message one sentence that says which certificate, and when
   */
  record StapleExpired(X509Certificate certificate, String message) implements SslReloadEvent {}
}
