package dev.ferrule.boringssl;

import io.netty.internal.tcnative.SSL;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the native library: an entry of a jar on the class path, or of a module. There is one
 * module without code for each platform, and no module requires it, so Java does not resolve it:
 * its entries are read through its ModuleReference.
 */
final class PackagedLibrary {
  private static final String FOLDER = "META-INF/native/";
  private static final String MODULES = "io.netty.internal.tcnative.openssl.";

  private PackagedLibrary() {}

  /** The library's bytes, for the caller to close; null when it is not found. */
  static @Nullable InputStream open(String library) throws IOException {
    InputStream visible = SSL.class.getClassLoader().getResourceAsStream(FOLDER + library);
    if (visible != null) {
      return visible;
    }
    Optional<ModuleReference> module = find(module(library));
    return module.isPresent() ? read(module.get(), FOLDER + library) : null;
  }

  /** {@code ...linux.x86_64} for {@code libnetty_tcnative_linux_x86_64.so}. */
  static String module(String library) {
    String platform = library.substring(library.indexOf("tcnative_") + 9, library.lastIndexOf('.'));
    return MODULES + platform.replaceFirst("_", ".");
  }

  /** In the layer of tcnative's classes, in the run-time image (jlink), on the module path. */
  private static Optional<ModuleReference> find(String name) {
    ModuleLayer layer = SSL.class.getModule().getLayer();
    return Optional.ofNullable(layer)
        .flatMap(known -> known.configuration().findModule(name))
        .map(resolved -> resolved.reference())
        .or(() -> ModuleFinder.ofSystem().find(name))
        .or(() -> ModuleFinder.of(modulePath()).find(name));
  }

  private static Path[] modulePath() {
    String path = System.getProperty("jdk.module.path", "");
    return Arrays.stream(path.split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty())
        .map(Path::of)
        .toArray(Path[]::new);
  }

  private static @Nullable InputStream read(ModuleReference module, String entry)
      throws IOException {
    try (ModuleReader reader = module.open();
        InputStream in = reader.open(entry).orElse(null)) {
      return in == null ? null : new ByteArrayInputStream(in.readAllBytes());
    }
  }
}
