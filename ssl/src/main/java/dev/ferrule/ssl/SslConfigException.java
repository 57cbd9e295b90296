package dev.ferrule.ssl;

/**
 * SSL settings that cannot work: a file that is missing or is not what it should be, a key of
 * another certificate, a cipher string that leaves no suite. It is thrown at once by the call that
 * was given the settings; nothing was opened.
 *
 * <p>The message is one sentence that names the file (or setting) and the reason. It never holds a
 * password or key material.
 */
public final class SslConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Says what cannot work and why.
   *
   * @param message one sentence for a human
   */
  public SslConfigException(String message) {
    super(message);
  }

  /**
   * Says what cannot work and why.
   *
   * @param message one sentence for a human
   * @param cause what the JDK threw
   */
  public SslConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
