import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassHierarchyResolver.ClassHierarchyInfo;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Rewrites the tool's own copies of libraries, so that a JVM can keep their classes in an AOT cache and
 * start quickly: it caches no class of a signed jar (and checks every signature at each start), and none
 * older than Java 6. Signatures go, old classes become classes of Java 8, entries are not compressed.
 *
 * <p>{@code java Repack.java FOLDER JAR...}: each jar is replaced. Their meaning stays as it is. Native
 * libraries are copied into FOLDER too, so that a start need not unpack them.
 */
final class Repack {
  private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
  private static final String NATIVE = "META-INF/native/";
  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final LocalDateTime TIME =
      LocalDateTime.of(2026, 1, 1, 0, 0); // the build's own, which depends on no time zone

  private final Path natives;
  private final ClassFile format;

  private Repack(Path natives, ClassLoader libraries) {
    this.natives = natives;
    ClassHierarchyResolver known =
        ClassHierarchyResolver.ofResourceParsing(libraries)
            .orElse(ClassHierarchyResolver.ofResourceParsing(ClassLoader.getPlatformClassLoader()))
            .orElse(absent -> ClassHierarchyInfo.ofInterface()); // optional ones that are not there
    format =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(known),
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ConstantPoolSharingOption.NEW_POOL);
  }

  public static void main(String[] arguments) throws IOException {
    Path natives = Files.createDirectories(Path.of(arguments[0]));
    String[] jars = Arrays.copyOfRange(arguments, 1, arguments.length);
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      urls[i] = Path.of(jars[i]).toUri().toURL();
    }
    try (URLClassLoader libraries = new URLClassLoader(urls, null)) {
      Repack repack = new Repack(natives, libraries);
      for (String jar : jars) {
        byte[] content = repack.rewritten(Path.of(jar));
        Files.write(Path.of(jar), content);
      }
    }
  }

  private byte[] rewritten(Path jar) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipFile in = new ZipFile(jar.toFile());
        ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Enumeration<? extends ZipEntry> all = in.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        String name = entry.getName();
        if (!SIGNATURE.matcher(name).matches()) {
          byte[] content = in.getInputStream(entry).readAllBytes();
          if (name.equals(MANIFEST)) {
            content = withoutDigests(in, entry);
          } else if (name.endsWith(".class")) {
            content = renewed(content);
          } else if (name.startsWith(NATIVE) && !entry.isDirectory()) {
            Files.write(natives.resolve(Path.of(name).getFileName()), content);
          }
          put(out, name, content);
        }
      }
    }
    return bytes.toByteArray();
  }

  /** Only what is about the jar as a whole. */
  private static byte[] withoutDigests(ZipFile in, ZipEntry entry) throws IOException {
    Manifest kept = new Manifest();
    Attributes about = new Manifest(in.getInputStream(entry)).getMainAttributes();
    kept.getMainAttributes().putAll(about);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    kept.write(out);
    return out.toByteArray();
  }

  private byte[] renewed(byte[] content) {
    ClassModel old = format.parse(content);
    if (old.majorVersion() >= ClassFile.JAVA_6_VERSION) {
      return content;
    }
    CodeTransform same = (code, element) -> code.with(element);
    ClassTransform renew =
        ClassTransform.transformingMethodBodies(same)
            .andThen(
                (renewed, element) -> {
                  if (element instanceof ClassFileVersion) {
                    renewed.withVersion(ClassFile.JAVA_8_VERSION, 0);
                  } else {
                    renewed.with(element);
                  }
                });
    return format.transformClass(old, renew);
  }

  private static void put(ZipOutputStream out, String name, byte[] content) {
    CRC32 check = new CRC32();
    check.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(check.getValue());
    try {
      out.putNextEntry(entry);
      out.write(content);
      out.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
