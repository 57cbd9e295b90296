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

  /** Why a file could not be used, where Java's message is its name alone. */
  static String reason(java.io.IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case java.nio.file.NoSuchFileException _ -> "there is no such file or folder";
      default -> String.valueOf(e.getMessage());
    };
  }

  int status() {
    return status;
  }
}
