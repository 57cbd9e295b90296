package dev.ferrule.cli;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The options for the own certificates, their keys and the keys' password. */
final class IdentityOptions {
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:");

  private List<String> certificates = List.of();
  private List<String> keys = List.of();
  private @Nullable Path passwordFile;
  private @Nullable String alias;

  void describe(Description command) {
    command
        .list(
            "--cert",
            "FILE",
            "",
            files -> certificates = files,
            "Certificate to show: PEM (the own one first), DER, PKCS#12 or JKS. A server may have"
                + " several, of different kinds of keys: a client gets one that it can verify.")
        .list(
            "--key",
            "FILE",
            "",
            files -> keys = files,
            "Its private key, if it is not in the file of --cert; with several, one for each. With"
                + " --provider openssl also a URI, such as pkcs11:token=web;object=key.")
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

  /** Whether a certificate was named. */
  boolean isGiven() {
    return !certificates.isEmpty();
  }

  /** The name of an option that was given; null when none was. */
  @Nullable String given() {
    if (!certificates.isEmpty()) {
      return "--cert";
    } else if (!keys.isEmpty()) {
      return "--key";
    } else if (passwordFile != null) {
      return "--password-file";
    }
    return alias == null ? null : "--alias";
  }

  /** The credentials of a client, which shows one certificate at most. */
  List<Credentials> loadOne() {
    List<Credentials> all = loadAll();
    if (all.size() > 1) {
      throw new ToolError(Exit.USAGE, "--cert is given more than once: a client shows one");
    }
    return all;
  }

  /** The credentials that the options name, in their order. */
  List<Credentials> loadAll() {
    if (certificates.isEmpty()) {
      requireAlone(!keys.isEmpty(), "--key");
      requireAlone(passwordFile != null, "--password-file");
      requireAlone(alias != null, "--alias");
      return List.of();
    }
    if (alias != null) {
      if (!keys.isEmpty()) {
        throw new ToolError(Exit.USAGE, "--alias is for a store that holds both: leave --key out");
      } else if (certificates.size() > 1) {
        throw new ToolError(Exit.USAGE, "--alias is for one store: give --cert once");
      }
      Path store = Path.of(certificates.getFirst());
      return List.of(Credentials.ofKeyStore(store, password(passwordFile), alias));
    }
    if (!keys.isEmpty() && keys.size() != certificates.size()) {
      throw new ToolError(
          Exit.USAGE, "--key is given as often as --cert, or not at all: one for each certificate");
    }
    List<Credentials> all = new ArrayList<>();
    for (int i = 0; i < certificates.size(); i++) {
      Path chain = Path.of(certificates.get(i));
      String key = keys.isEmpty() ? certificates.get(i) : keys.get(i);
      char @Nullable [] password = password(passwordFile);
      all.add(
          isUri(key)
              ? Credentials.ofUri(key, password, chain)
              : Credentials.load(chain, Path.of(key), password));
    }
    return all;
  }

  /** Files are what nobody has a scheme for: C: is a drive. */
  private static boolean isUri(String key) {
    return URI.matcher(key).lookingAt() && !Files.exists(Path.of(key));
  }

  private static void requireAlone(boolean given, String option) {
    if (given) {
      throw new ToolError(Exit.USAGE, option + " without --cert: give both");
    }
  }

  /** Shows what {@link #loadAll} gave; nothing where that is empty. */
  static void show(List<Credentials> all, SslSetup<?> ssl) {
    if (!all.isEmpty()) {
      ssl.credentials(all.getFirst(), all.subList(1, all.size()).toArray(Credentials[]::new));
    }
  }

  /** The files that {@link #loadAll} reads. */
  List<Path> files() {
    Stream<Path> named =
        Stream.concat(certificates.stream(), keys.stream().filter(key -> !isUri(key)))
            .map(Path::of);
    return Stream.concat(named, Stream.ofNullable(passwordFile)).toList();
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
