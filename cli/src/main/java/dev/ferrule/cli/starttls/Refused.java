package dev.ferrule.cli.starttls;

/** The server does not agree to begin TLS; the message is one sentence for a person. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Tells the program why, by a sentence without control characters. */
  public Refused(String message) {
    super(message);
  }
}
