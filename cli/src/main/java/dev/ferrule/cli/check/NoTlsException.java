package dev.ferrule.cli.check;

/** There is a server, but no TLS: the message says what it does instead, in one sentence. */
public final class NoTlsException extends Exception {
  private static final long serialVersionUID = 1L;

  NoTlsException(String message) {
    super(message);
  }
}
