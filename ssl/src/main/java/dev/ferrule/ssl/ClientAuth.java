package dev.ferrule.ssl;

/** Whether a server asks its clients for a certificate. */
public enum ClientAuth {
  /** It does not. The default. */
  NONE,
  /** It asks, and goes on without. One that is shown must be trusted. */
  OPTIONAL,
  /** It asks, and refuses a client without. */
  REQUIRED
}
