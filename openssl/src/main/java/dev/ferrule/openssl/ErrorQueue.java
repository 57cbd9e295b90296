package dev.ferrule.openssl;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The error queue that OpenSSL keeps for each thread. It is emptied after every failure, so that no
 * later call takes an older error for its own. No other class reads it.
 */
final class ErrorQueue {
  private static final int SSL_LIBRARY = 20; // ERR_LIB_SSL
  private static final int LIBRARY_OFFSET = 23; // ERR_LIB_OFFSET
  private static final int REASON_MASK = 0x7F_FFFF; // ERR_REASON_MASK
  private static final int RECEIVED_ALERTS = 1000; // SSL_AD_REASON_OFFSET

  private ErrorQueue() {}

  /**
   * One error.
   *
   * @param code OpenSSL's name for the reason, such as NO_SHARED_CIPHER; empty when there is none
   * @param alert the number of the alert that the peer has sent, which is the error; -1 for none
   * @param function the function of OpenSSL that found it; empty where that is not known
   */
  record Entry(String code, int alert, String function) {
    /** OpenSSL gives no reason. */
    static final Entry NONE = new Entry("", -1, "");
  }

  /**
   * Empties this thread's queue. Returns the first error that the SSL library added (libcrypto may
   * have added others for the same cause), else the first of any library.
   */
  static Entry take() {
    long found = 0;
    String finder = "";
    while (true) {
      String function = LibCrypto.nextErrorsFunction();
      long error = LibCrypto.nextError();
      if (error == 0) {
        return found == 0 ? Entry.NONE : entry(found, finder);
      }
      if (found == 0 || (!isOfSsl(found) && isOfSsl(error))) {
        found = error;
        finder = function;
      }
    }
  }

  /** Empties this thread's queue; what was in it, in words, for people. */
  static String words() {
    String code = take().code();
    return code.isEmpty()
        ? "OpenSSL gives no reason"
        : code.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static void clear() {
    LibCrypto.clearErrors();
  }

  private static Entry entry(long error, String function) {
    int reason = (int) error & REASON_MASK;
    boolean received =
        isOfSsl(error) && reason >= RECEIVED_ALERTS && reason < RECEIVED_ALERTS + 256;
    @Nullable String text = LibCrypto.reason(error);
    String code =
        text.isEmpty() ? "REASON_" + reason : text.toUpperCase(Locale.ROOT).replace(' ', '_');
    return new Entry(code, received ? reason - RECEIVED_ALERTS : -1, function);
  }

  private static boolean isOfSsl(long error) {
    return ((error >>> LIBRARY_OFFSET) & 0xFF) == SSL_LIBRARY;
  }
}
