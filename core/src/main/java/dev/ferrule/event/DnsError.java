package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/** A host name has no address, or its lookup failed. cl-async: {@code dns-error}. */
public final class DnsError extends EventError {
  private static final long serialVersionUID = 1L;

  private final String host;

  /**
   * An error about a name that could not be resolved.
   *
   * @param host as the program gave it
   * @param cause the failure; the message of an IllegalArgumentException says why the name is
   *     invalid
   */
  public DnsError(String host, @Nullable Throwable cause) {
    super(
        "ENOTFOUND",
        cause instanceof IllegalArgumentException
            ? String.valueOf(cause.getMessage())
            : "the host name '" + host + "' could not be resolved (check its spelling and the DNS)",
        cause);
    this.host = host;
  }

  /** The name that was looked up, as the program gave it. */
  public String host() {
    return host;
  }
}
