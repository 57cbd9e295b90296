package dev.ferrule.ssl.reload;

import dev.ferrule.ssl.keys.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Files, folders and links, and whether what is in them has changed since the last look. A file
 * whose facts (where links lead, its identity, length and times) are those of the last look is not
 * read again, unless it was changed so shortly before that look that a second change may have the
 * same facts. Its content is kept as a hash only. Used by one thread at a time.
 */
public final class WatchedFiles {
  /** Far coarser than the times of any file system. */
  private static final long SETTLED_MILLIS = 3_000;

  private static final String MISSING = "missing";
  private static final String FOLDER = "folder";

  /** What tells a file from another, or from itself after a change. */
  private record Facts(
      Path real, @Nullable Object key, long size, FileTime modified, @Nullable Object changed) {}

  /** What was seen of a path; {@code settled} when the facts may be believed. */
  private record Mark(@Nullable Facts facts, boolean settled, String content) {}

  private final List<Path> paths;
  private Map<Path, Mark> seen;

  /** Takes the first look. */
  public WatchedFiles(List<Path> paths) {
    this.paths = List.copyOf(paths);
    this.seen = marks(Map.of());
  }

  /** Looks; whether any content is another than at the last look. */
  public boolean haveChanged() {
    Map<Path, Mark> before = seen;
    seen = marks(before);
    if (!seen.keySet().equals(before.keySet())) {
      return true;
    }
    return seen.entrySet().stream()
        .anyMatch(each -> {
          Mark old = before.get(each.getKey());
          return old == null || !old.content.equals(each.getValue().content);
        });
  }

  /** One of the paths that is not there; null when all are. */
  public @Nullable Path missing() {
    return paths.stream()
        .filter(path -> {
          Mark mark = seen.get(path);
          return mark != null && mark.content.equals(MISSING);
        })
        .findFirst()
        .orElse(null);
  }

  private Map<Path, Mark> marks(Map<Path, Mark> before) {
    Map<Path, Mark> marks = new TreeMap<>();
    for (Path path : paths) {
      Mark mark = mark(path, before.get(path));
      marks.put(path, mark);
      if (mark.content.equals(FOLDER)) {
        addFiles(path, before, marks);
      }
    }
    return marks;
  }

  /** The files of a folder, also behind links; not those of folders in it, which nothing loads. */
  private static void addFiles(Path folder, Map<Path, Mark> before, Map<Path, Mark> marks) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry)) {
          marks.put(entry, mark(entry, before.get(entry)));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      marks.put(folder, new Mark(null, false, "cannot be listed"));
    }
  }

  private static Mark mark(Path path, @Nullable Mark before) {
    Facts facts;
    boolean file;
    try {
      Path real = path.toRealPath();
      BasicFileAttributes now = Files.readAttributes(real, BasicFileAttributes.class);
      if (now.isDirectory()) {
        return new Mark(null, false, FOLDER);
      }
      file = now.isRegularFile();
      facts = new Facts(real, now.fileKey(), now.size(), now.lastModifiedTime(), changed(real));
    } catch (IOException e) {
      return new Mark(null, false, MISSING);
    }
    if (before != null && before.settled && facts.equals(before.facts)) {
      return before;
    }
    // Reading what is no file, such as a pipe, may wait, and takes away what is in it.
    return new Mark(facts, isSettled(facts), file ? hash(facts.real) : "no file");
  }

  /** The system's own time of change, where there is one: programs cannot set that back. */
  private static @Nullable Object changed(Path real) throws IOException {
    try {
      return Files.getAttribute(real, "unix:ctime");
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean isSettled(Facts facts) {
    long changed = facts.changed instanceof FileTime time ? time.toMillis() : 0;
    long last = Math.max(facts.modified.toMillis(), changed);
    return System.currentTimeMillis() - last > SETTLED_MILLIS;
  }

  private static String hash(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      byte[] content = in.readNBytes(Source.MAX_BYTES + 1); // more is refused when it is loaded
      byte[] digest = hash.digest(content);
      Arrays.fill(content, (byte) 0); // it may be a key
      return HexFormat.of().formatHex(digest);
    } catch (IOException e) {
      return "cannot be read: " + Objects.toString(e.getMessage());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
