package dev.ferrule.cli;

import dev.ferrule.ssl.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The options for the own certificate, its key and the key's password. */
final class IdentityOptions {
  @Nullable Path certificate;
  @Nullable Path key;
  private @Nullable Path passwordFile;
  private @Nullable String alias;

  void describe(Description command) {
    command
        .file(
            "--cert",
            "FILE",
            file -> certificate = file,
            "Certificate to show: PEM (the own one first), DER, PKCS#12 or JKS.")
        .file(
            "--key",
            "FILE",
            file -> key = file,
            "Its private key, if it is not in the file of --cert.")
        .file(
            "--password-file",
            "FILE",
            file -> passwordFile = file,
            "File whose first line is the password of the key.")
        .text(
            "--alias",
            "NAME",
            name -> alias = name,
            "Which key of the store in --cert, where it has several.");
  }

  /** The credentials that the options name; null when none do. */
  @Nullable Credentials load() {
    if (certificate == null) {
      String alone =
          key != null
              ? "--key"
              : passwordFile != null ? "--password-file" : alias != null ? "--alias" : null;
      if (alone != null) {
        throw new ToolError(Exit.USAGE, alone + " without --cert: give both");
      }
      return null;
    }
    if (alias != null) {
      if (key != null) {
        throw new ToolError(Exit.USAGE, "--alias is for a store that holds both: leave --key out");
      }
      return Credentials.ofKeyStore(certificate, password(passwordFile), alias);
    }
    return Credentials.load(certificate, key == null ? certificate : key, password(passwordFile));
  }

  /** The files that {@link #load} reads. */
  List<Path> files() {
    return Stream.of(certificate, key, passwordFile).flatMap(Stream::ofNullable).toList();
  }

  /** The first line of a file; null for no file. */
  static char @Nullable [] password(@Nullable Path file) {
    if (file == null) {
      return null;
    }
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.isEmpty() ? new char[0] : lines.getFirst().toCharArray();
    } catch (NoSuchFileException e) {
      throw new ToolError(Exit.USAGE, "there is no password file " + file, e);
    } catch (IOException e) {
      throw new ToolError(Exit.USAGE, "the password file " + file + " cannot be read: " + e, e);
    }
  }
}
