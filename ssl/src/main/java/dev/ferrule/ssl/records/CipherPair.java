package dev.ferrule.ssl.records;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/** The two ciphers of a connection that was active lately; they hold its expanded keys. */
final class CipherPair {
  final Cipher opening;
  final Cipher sealing;

  /** Whose keys the ciphers hold; null when it is free. */
  @Nullable RecordProtection owner;

  /** Whether it was used since the pool last looked for one that is not. */
  boolean used;

  CipherPair(RecordSuite suite) throws GeneralSecurityException {
    opening = Cipher.getInstance(suite.transformation());
    sealing = Cipher.getInstance(suite.transformation());
  }
}
