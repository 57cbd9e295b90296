package dev.ferrule.tests.model;

/** What a step does with its socket. */
enum Act {
  WRITE,
  /** With a callback of its own. */
  WRITE_DONE,
  /** As many small ones as the size says thousands of bytes. */
  WRITE_OFTEN,
  DISABLE_READING,
  ENABLE_READING,
  DISABLE_WRITING,
  ENABLE_WRITING,
  SHUTDOWN_OUTPUT,
  CLOSE,
  ABORT,
  READ_TIMEOUT,
  WRITE_TIMEOUT,
  ON_READ,
  /** A stream whose callback reads all, or a part of what is there where the size is odd. */
  ON_STREAM,
  ON_WRITE,
  ON_DRAIN,
  ON_EVENT,
  ON_CLOSE,
  /**
   * STARTTLS: this socket becomes the server, having written so much in clear; its peer follows.
   */
  WRAP,
  /** So many microseconds pass. */
  WAIT;

  /** Whether it can lead to an error, or takes time in which a limit may pass. */
  boolean isRough() {
    return switch (this) {
      case ABORT, READ_TIMEOUT, WRITE_TIMEOUT, WAIT -> true;
      default -> false;
    };
  }
}
