import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Compares what two builds of the same sources made, bit by bit, and says what differs.
 *
 * <p>{@code java Reproduced.java ONE OTHER}: two checkouts. It exits with 1 if they differ in
 * anything that is handed on: jars, POMs, bills of materials, and the libraries of the tool.
 */
final class Reproduced {
  private static final int SHOWN = 10;

  private Reproduced() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, byte[]> one = artifacts(Path.of(arguments[0]));
    Map<String, byte[]> other = artifacts(Path.of(arguments[1]));
    Set<String> names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    int differ = 0;
    for (String name : names) {
      byte[] here = one.get(name);
      byte[] there = other.get(name);
      if (here == null || there == null) {
        differ++;
        System.out.println("only one build has " + name);
      } else if (!Arrays.equals(here, there)) {
        differ++;
        System.out.println("differs: " + name);
        explain(here, there);
      } else {
        System.out.println(hash(here) + "  " + name);
      }
    }
    if (differ > 0 || names.isEmpty()) {
      System.err.println(differ + " of " + names.size() + " files are not the same in both builds");
      System.exit(1);
    }
    System.out.println(names.size() + " files are the same in both builds, bit by bit");
  }

  private static Map<String, byte[]> artifacts(Path checkout) throws IOException {
    Map<String, byte[]> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(checkout)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path path = checkout.relativize(file);
        if (isHandedOn(path)) {
          found.put(path.toString(), Files.readAllBytes(file));
        }
      }
    }
    return found;
  }

  private static boolean isHandedOn(Path path) {
    if (path.startsWith("cli/target/tool")) {
      return true;
    }
    String name = path.getFileName().toString();
    return path.getNameCount() == 3
        && path.getName(1).toString().equals("target")
        && (name.endsWith(".jar") || name.equals("published-pom.xml") || name.startsWith("bom."));
  }

  private static void explain(byte[] here, byte[] there) throws IOException {
    Map<String, String> one = entries(here);
    Map<String, String> other = entries(there);
    Set<String> names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    int differ = 0;
    for (String name : names) {
      if (!one.getOrDefault(name, "").equals(other.getOrDefault(name, "")) && differ++ < SHOWN) {
        System.out.printf(
            "  %s: %s / %s%n",
            name, one.getOrDefault(name, "absent"), other.getOrDefault(name, "absent"));
      }
    }
    if (differ > SHOWN) {
      System.out.printf("  and %d more%n", differ - SHOWN);
    } else if (differ == 0 && !names.isEmpty()) {
      System.out.println("  the entries are the same: their order, rights or compression is not");
    }
  }

  /** Time and content of each entry of a jar; nothing of what is none. */
  private static Map<String, String> entries(byte[] file) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        found.put(
            entry.getName(),
            hash(in.readAllBytes()).substring(0, 12) + " of " + entry.getLastModifiedTime());
      }
    }
    return found;
  }

  private static String hash(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
