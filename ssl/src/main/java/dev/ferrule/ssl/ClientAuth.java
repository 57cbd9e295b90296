package dev.ferrule.ssl;

/** Whether a server asks its clients for a certificate. */
public enum ClientAuth {
  /** It does not. The default. */
  NONE,
  /** It asks, and accepts clients without one. A certificate that is sent must be trusted. */
  OPTIONAL,
  /** It asks, and refuses clients without one. */
  REQUIRED
}
