package dev.ferrule.cli;

import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of external pre-shared keys: one file of lines {@code identity:key}, the key in hex
 * digits, for both sides. A line is never shown.
 */
final class PskOptions {
  private static final long LARGEST = 16 * 1024 * 1024;

  private @Nullable Path file;
  private @Nullable String identity;

  void describe(Description command) {
    command
        .file(
            "--psk-file",
            "FILE",
            path -> file = path,
            "Authenticate by pre-shared keys (external PSK, provider openssl): a file that others"
                + " cannot read, of lines IDENTITY:KEY with 32 hex digits or more (openssl rand -hex"
                + " 32); # begins a comment.")
        .text(
            "--psk-identity",
            "NAME",
            name -> identity = name,
            "Which key of --psk-file a client offers, where it has several.");
  }

  /** The name of an option that was given; null when none was. */
  @Nullable String given() {
    return file != null ? "--psk-file" : identity == null ? null : "--psk-identity";
  }

  /** Whether there are keys. */
  boolean areGiven() {
    return file != null;
  }

  /** What is wrong with them on a server, which may show certificates; null when nothing is. */
  @Nullable String ofServer(boolean showsCertificates) {
    if (file != null && showsCertificates) {
      return "--psk-file contradicts --cert and --name: a client without a key would be let in by"
          + " the certificate";
    }
    return contradiction(true);
  }

  /** What is wrong with them on a client; null when nothing is. */
  @Nullable String ofClient() {
    return contradiction(false);
  }

  private @Nullable String contradiction(boolean server) {
    if (identity != null && file == null) {
      return "--psk-identity without --psk-file: where is the key?";
    }
    return identity != null && server
        ? "--psk-identity is for a client; a server takes all keys of --psk-file"
        : null;
  }

  /** The file that is read; none where there is none. */
  List<Path> files() {
    return Optional.ofNullable(file).stream().toList();
  }

  /** The key that a client offers, by the provider that can, where {@code shared} names none. */
  void offer(SslContextBuilder ssl, SharedOptions shared) {
    Path from = file;
    if (from == null) {
      return;
    }
    choose(ssl, shared);
    Map<String, ExternalPsk> keys = read(from);
    String wanted = identity;
    if (wanted == null) {
      if (keys.size() > 1) {
        throw new ToolError(
            Exit.USAGE, from + " has several keys: say with --psk-identity which one to offer");
      }
      wanted = keys.keySet().iterator().next();
    }
    ExternalPsk psk = keys.get(wanted);
    if (psk == null) {
      throw new ToolError(Exit.USAGE, from + " has no key of the identity of --psk-identity");
    }
    ssl.externalPsk(psk);
  }

  private static void choose(SslContextBuilder ssl, SharedOptions shared) {
    if (!shared.choosesProvider()) {
      ssl.provider("openssl");
    }
  }

  /** The keys that a server takes, by the provider that can, where {@code shared} names none. */
  void take(SslContextBuilder ssl, SharedOptions shared) {
    if (file != null) {
      choose(ssl, shared);
      Map<String, ExternalPsk> keys = read(file);
      ssl.externalPsks(asked -> Optional.ofNullable(keys.get(asked)));
    }
  }

  private static Map<String, ExternalPsk> read(Path file) {
    Map<String, ExternalPsk> keys = new LinkedHashMap<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      ExternalPsk psk = key(line, file + ", line " + number);
      if (keys.put(psk.identity(), psk) != null) {
        throw new ToolError(
            Exit.USAGE, file + ", line " + number + ": this identity has a key already");
      }
    }
    if (keys.isEmpty()) {
      throw new ToolError(
          Exit.USAGE, file + " has no key: its lines are IDENTITY:KEY in hex digits");
    }
    return keys;
  }

  private static ExternalPsk key(String line, String place) {
    int colon = line.lastIndexOf(':'); // an identity may have some
    if (colon < 0) {
      throw new ToolError(Exit.USAGE, place + " is not IDENTITY:KEY");
    }
    byte[] key;
    try {
      key = HexFormat.of().parseHex(line.substring(colon + 1).strip());
    } catch (IllegalArgumentException e) { // whose message has a part of the key
      throw new ToolError(Exit.USAGE, place + ": the key is not of hex digits, two for each byte");
    }
    try {
      return ExternalPsk.of(line.substring(0, colon), key);
    } catch (SslConfigException e) {
      throw new ToolError(Exit.USAGE, place + ": " + e.getMessage(), e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      if (isOpenToOthers(file)) {
        throw new ToolError(
            Exit.USAGE, file + " can be read or written by others: chmod 600, for it holds keys");
      }
      if (Files.size(file) > LARGEST) {
        throw new ToolError(Exit.USAGE, file + " is above the limit of " + LARGEST + " bytes");
      }
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new ToolError(Exit.USAGE, file + " is no text in UTF-8: its lines are IDENTITY:KEY", e);
    } catch (NoSuchFileException e) {
      throw new ToolError(Exit.USAGE, "there is no file of keys " + file, e);
    } catch (IOException e) {
      throw new ToolError(Exit.USAGE, "the file of keys " + file + " cannot be read: " + e, e);
    }
  }

  private static boolean isOpenToOthers(Path file) throws IOException {
    try {
      Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
      return allowed.contains(PosixFilePermission.OTHERS_READ)
          || allowed.contains(PosixFilePermission.OTHERS_WRITE);
    } catch (UnsupportedOperationException e) {
      return false; // a system without such permissions
    }
  }
}
