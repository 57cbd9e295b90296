package dev.ferrule.tests.outside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The artifacts of this build, as a program outside gets them. */
public final class Artifacts {
  public static final Path ROOT =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().normalize().getParent();

  private static final List<String> MODULES = List.of("core", "ssl", "epoll", "boringssl");
  private static final Path GROUP = Path.of("dev", "ferrule");

  private Artifacts() {}

  /** A folder of this build with nothing in it; what symbolic links in it point to stays. */
  static Path emptied(String name) throws IOException {
    Path folder = ROOT.resolve("tests/target/outside").resolve(name);
    if (Files.exists(folder)) {
      try (Stream<Path> entries = Files.walk(folder)) {
        for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(entry);
        }
      }
    }
    return Files.createDirectories(folder);
  }

  static String version() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    int start = pom.indexOf("<version>") + "<version>".length();
    return pom.substring(start, pom.indexOf("</version>", start));
  }

  /** Whether the jars are there and hold the classes of this build. */
  static boolean areBuilt() throws IOException {
    for (String module : MODULES) {
      if (isOlder(jar(module), ROOT.resolve(module).resolve("target/classes"))) {
        return false;
      }
    }
    Path cli = ROOT.resolve("cli/target");
    return Files.exists(pom("bom"))
        && !isOlder(cli.resolve("ferrule-cli.jar"), cli.resolve("classes"))
        && Files.exists(cli.resolve("lib"));
  }

  /**
   * A local repository with this build's artifacts, where {@code mvn install} would put them; all
   * else is the build's own repository, by symbolic links.
   */
  static Path install(Path repository) throws IOException {
    Path known = Path.of(System.getProperty("ferrule.test.repository")).toRealPath();
    link(known, Files.createDirectories(repository), GROUP.getName(0));
    Path group = Files.createDirectories(repository.resolve(GROUP.getName(0)));
    link(known.resolve(GROUP.getName(0)), group, GROUP.getName(1));
    install(repository, "bom", null);
    for (String module : MODULES) {
      install(repository, module, jar(module));
    }
    return repository;
  }

  private static void install(Path repository, String module, @Nullable Path jar)
      throws IOException {
    String artifact = "ferrule-" + module;
    String version = version();
    Path folder = repository.resolve(GROUP).resolve(artifact).resolve(version);
    Files.createDirectories(folder);
    Files.copy(pom(module), folder.resolve(artifact + "-" + version + ".pom"));
    if (jar != null) {
      Files.copy(jar, folder.resolve(jar.getFileName()));
    }
  }

  /** What the build makes of the module's pom.xml for others. */
  private static Path pom(String module) {
    return ROOT.resolve(module).resolve("target/published-pom.xml");
  }

  private static Path jar(String module) throws IOException {
    return ROOT.resolve(module + "/target/ferrule-" + module + "-" + version() + ".jar");
  }

  private static void link(Path from, Path to, Path except) throws IOException {
    if (Files.isDirectory(from)) {
      try (Stream<Path> entries = Files.list(from)) {
        for (Path entry : entries.toList()) {
          if (!entry.getFileName().equals(except)) {
            Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
          }
        }
      }
    }
  }

  private static boolean isOlder(Path jar, Path classes) throws IOException {
    if (!Files.exists(jar)) {
      return true;
    }
    FileTime built = Files.getLastModifiedTime(jar);
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.getLastModifiedTime(file).compareTo(built) > 0) {
          return true;
        }
      }
    }
    return false;
  }
}
