package dev.ferrule.cli;

import org.jspecify.annotations.Nullable;

/** Ends the tool with one line on standard error and an exit status. */
final class ToolError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  ToolError(int status, String message) {
    this(status, message, null);
  }

  ToolError(int status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  int status() {
    return status;
  }
}
