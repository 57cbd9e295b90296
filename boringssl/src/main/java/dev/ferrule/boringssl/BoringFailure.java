package dev.ferrule.boringssl;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.library.LibraryFailure;
import dev.ferrule.ssl.records.Alerts;
import io.netty.internal.tcnative.SSL;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the entries of BoringSSL's error queue into errors. No other class reads the queue. */
final class BoringFailure {
  private static final int SSL_LIBRARY = 16;
  private static final int REASONS = 0xFFF;
  private static final int RECEIVED_ALERTS = 1000;

  /** What BoringSSL takes of any handshake message that is no chain of certificates. */
  private static final int LONGEST_HELLO = 16_384;

  private BoringFailure() {}

  /**
   * Empties this thread's queue. Returns the first error that the SSL library added (the cipher
   * library may have added others for the same cause), or the first error of any library when there
   * is no such one, or 0 when the queue was empty.
   */
  static int take() {
    int found = 0;
    for (int error; (error = SSL.getLastErrorNumber()) != 0; ) {
      if (found == 0 || (!isOfSsl(found) && isOfSsl(error))) {
        found = error;
      }
    }
    return found;
  }

  private static boolean isOfSsl(int error) {
    return error >>> 24 == SSL_LIBRARY;
  }

  /**
   * Makes the error of a queue entry.
   *
   * @param error as {@link #take} returned it
   * @param sent the alert that was seen to be sent; null when it was encrypted, or there was none
   * @param hellos null after the handshake
   */
  static SslError of(
      int error, @Nullable String sent, OfferedParameters offered, @Nullable HelloObserver hellos) {
    boolean server = offered.server();
    int reason = error & REASONS;
    if (isOfSsl(error) && reason >= RECEIVED_ALERTS) {
      String alert = Alerts.name(reason - RECEIVED_ALERTS);
      return LibraryFailure.received(alert, offered.showsCertificate(), hellos);
    }
    String code = error == 0 ? "" : code(error);
    String alert = sent == null ? SealedAlerts.of(code) : sent;
    return new LibraryFailure("BoringSSL", LONGEST_HELLO, server)
        .found(code, error == 0 ? null : code, alert, hellos);
  }

  /** BoringSSL's name for the reason, such as NO_SHARED_CIPHER. */
  private static String code(int error) {
    String text = SSL.getErrorString(Integer.toUnsignedLong(error));
    // The reasons that all of its libraries share are in words.
    return text.substring(text.lastIndexOf(':') + 1).toUpperCase(Locale.ROOT).replace(' ', '_');
  }
}
