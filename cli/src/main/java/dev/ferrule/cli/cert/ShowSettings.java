package dev.ferrule.cli.cert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How files are explained. Immutable, but for the password, which is the caller's. */
public final class ShowSettings {
  private final Instant now;
  private final int minDays;
  private final char @Nullable [] password;

  /**
   * Settings.
   *
   * @param now what dates are compared with
   * @param minDays a certificate with fewer days left is an error; 0 for expired ones alone
   * @param password of keys and stores; null where none is given
   */
  public ShowSettings(Instant now, int minDays, char @Nullable [] password) {
    this.now = now;
    this.minDays = minDays;
    this.password = password;
  }

  Instant now() {
    return now;
  }

  int minDays() {
    return minDays;
  }

  char @Nullable [] password() {
    return password;
  }
}
