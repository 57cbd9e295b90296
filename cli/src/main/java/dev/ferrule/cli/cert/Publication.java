package dev.ferrule.cli.cert;

import dev.ferrule.cli.cert.PrivateFiles.Secrecy;
import dev.ferrule.host.SafeText;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files that belong together: all of them get their names, or none does. Each is whole when its
 * name appears. A crash may leave files named {@code .ferrule-*.tmp}, of the same permissions.
 */
final class Publication {
  /** What happens to a file that is there already. */
  enum Existing {
    KEPT,
    REPLACED
  }

  private static final class Part {
    final Path target;
    final byte[] bytes;
    final Secrecy secrecy;
    @Nullable Path fresh; // written, not yet named
    @Nullable Path former; // a second name of what is replaced
    boolean named;

    Part(Path target, byte[] bytes, Secrecy secrecy) {
      this.target = target;
      this.bytes = bytes;
      this.secrecy = secrecy;
    }
  }

  private final Existing existing;
  private final List<Part> parts = new ArrayList<>();

  Publication(Existing existing) {
    this.existing = existing;
  }

  Publication add(Path target, byte[] bytes, Secrecy secrecy) {
    parts.add(new Part(target, bytes, secrecy));
    return this;
  }

  /** Looks whether a file is in the way, before anything costs time. */
  static void requireFree(List<Path> targets, Existing existing) throws CertFailure {
    for (Path target : targets) {
      if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new CertFailure("%s is a folder: nothing was made".formatted(SafeText.of(target)));
      }
      if (existing == Existing.KEPT && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw inTheWay(target);
      }
    }
  }

  private static CertFailure inTheWay(Path target) {
    return new CertFailure(
        "%s is there already, and nothing was made: --force replaces it"
            .formatted(SafeText.of(target)));
  }

  /** Writes all of them. */
  void publish() throws CertFailure {
    Path current = parts.getFirst().target;
    try {
      for (Part part : parts) {
        current = part.target;
        part.fresh = PrivateFiles.writeBeside(part.target, part.bytes, part.secrecy);
      }
      for (Part part : parts) {
        current = part.target;
        name(part);
      }
    } catch (FileAlreadyExistsException e) {
      undo();
      throw inTheWay(current);
    } catch (IOException e) {
      undo();
      throw new CertFailure(
          "%s cannot be written: %s".formatted(SafeText.of(current), CertFailure.reason(e)), e);
    } finally {
      parts.forEach(part -> discard(part.fresh));
      parts.forEach(part -> discard(part.former));
    }
  }

  private void name(Part part) throws IOException {
    Path fresh = part.fresh;
    if (fresh == null) {
      throw new IllegalStateException("not written");
    }
    if (existing == Existing.REPLACED) {
      if (Files.exists(part.target, LinkOption.NOFOLLOW_LINKS)) {
        part.former = secondName(part.target);
      }
      Files.move(fresh, part.target, StandardCopyOption.ATOMIC_MOVE);
    } else {
      nameIfFree(fresh, part.target);
    }
    part.named = true;
  }

  /** A link fails where the name is taken, in one step; a move would replace. */
  private static void nameIfFree(Path fresh, Path target) throws IOException {
    try {
      Files.createLink(target, fresh);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      Files.move(fresh, target); // a file system without links: looks, and then moves
    }
  }

  private static @Nullable Path secondName(Path target) throws IOException {
    Path second = PrivateFiles.beside(target);
    try {
      Files.createLink(second, target);
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(target, second, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
    }
    return second;
  }

  /** Takes the names back from those that have them. */
  private void undo() {
    for (Part part : parts) {
      if (part.named) {
        Path former = part.former;
        try {
          if (former == null) {
            Files.deleteIfExists(part.target);
          } else {
            Files.move(former, part.target, StandardCopyOption.ATOMIC_MOVE);
          }
        } catch (IOException e) {
          part.former = null; // kept under its second name; the sentence tells of the first failure
        }
      }
    }
  }

  private static void discard(@Nullable Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // it has the permissions of what it would have become
      }
    }
  }
}
