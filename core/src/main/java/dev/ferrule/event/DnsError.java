package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/** A host name has no address, or its lookup failed. cl-async: {@code dns-error}. */
public final class DnsError extends EventError {
  private static final long serialVersionUID = 1L;

  private final String host;

  /** Says which name could not be resolved. */
  public DnsError(String host, @Nullable Throwable cause) {
    super(
        "ENOTFOUND",
        "the host name '" + host + "' could not be resolved (check its spelling and the DNS)",
        cause);
    this.host = host;
  }

  /**
   * Says why {@code host} is not even looked up, such as a character that no host name has.
   *
   * @param reason a sentence about it
   */
  public DnsError(String host, String reason, @Nullable Throwable cause) {
    super("ENOTFOUND", reason, cause);
    this.host = host;
  }

  /** The name that was looked up, as the program gave it. */
  public String host() {
    return host;
  }
}
