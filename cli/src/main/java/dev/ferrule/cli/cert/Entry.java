package dev.ferrule.cli.cert;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import org.jspecify.annotations.Nullable;

/**
 * Something that was found in a file, and what is told of it. Sealed, so that what compares entries
 * with each other sees which kinds there are.
 */
sealed interface Entry {
  /** What is told. */
  Item item();

  /** A certificate. */
  record OfCertificate(Item item, CertificateFacts facts) implements Entry {}

  /** A private key; {@code key} is null where it is encrypted. */
  record OfKey(Item item, @Nullable PrivateKey key) implements Entry {}

  /** A certificate request. */
  record OfRequest(Item item, PublicKey key) implements Entry {}

  /** A revocation list. */
  record OfList(Item item, X509CRL list) implements Entry {}

  /** What cannot be read, and why. */
  record Damaged(Item item, String sentence) implements Entry {}

  /** What is not compared: public keys and the like. */
  record Other(Item item) implements Entry {}
}
