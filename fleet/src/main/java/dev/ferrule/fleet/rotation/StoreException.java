package dev.ferrule.fleet.rotation;

/** The store did not answer, or not as it should. Its message holds no password. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The message is a part of a sentence. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
