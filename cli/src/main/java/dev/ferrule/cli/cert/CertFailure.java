package dev.ferrule.cli.cert;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** Why no certificate was made, in one sentence for people. It holds no secret. */
public final class CertFailure extends Exception {
  private static final long serialVersionUID = 1L;

  CertFailure(String message) {
    this(message, null);
  }

  CertFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** What went wrong with a file, without its path and without the name of an exception. */
  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "there is no such file";
      case FileAlreadyExistsException _ -> "there is such a file already";
      case NotDirectoryException _ -> "it is no folder";
      case FileSystemException file when file.getReason() != null ->
          String.valueOf(file.getReason());
      default -> String.valueOf(e.getMessage());
    };
  }
}
