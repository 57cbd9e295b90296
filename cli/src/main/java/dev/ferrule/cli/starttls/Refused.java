package dev.ferrule.cli.starttls;

/** The server does not agree to begin TLS; the message is one sentence for a person. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Refused(String message) {
    super(message);
  }
}
