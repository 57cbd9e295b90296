package dev.ferrule.tests;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A module of this build, as it was compiled. */
record CompiledModule(Path folder, ModuleDescriptor descriptor) {
  static final Path ROOT =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().normalize().getParent();

  /** Every module that is built, in the order of their names. */
  static List<CompiledModule> all() throws IOException {
    List<CompiledModule> found = new ArrayList<>();
    try (Stream<Path> folders = Files.list(ROOT)) {
      for (Path folder : folders.sorted().toList()) {
        Path descriptor = folder.resolve("target/classes/module-info.class");
        if (Files.exists(descriptor)) {
          try (var in = Files.newInputStream(descriptor)) {
            found.add(new CompiledModule(folder, ModuleDescriptor.read(in)));
          }
        }
      }
    }
    return found;
  }

  Path output() {
    return folder.resolve("target/classes");
  }

  /** The packages that are exported to every module. */
  Set<String> exported() {
    return exported(false);
  }

  /** The packages that are exported to some modules only. */
  Set<String> exportedToSome() {
    return exported(true);
  }

  private Set<String> exported(boolean qualified) {
    return descriptor.exports().stream()
        .filter(export -> export.isQualified() == qualified)
        .map(ModuleDescriptor.Exports::source)
        .collect(Collectors.toSet());
  }

  /** All its classes, without the descriptor of the module. */
  List<ClassModel> classes() throws IOException {
    List<ClassModel> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(output())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        if (!file.endsWith("module-info.class")) {
          found.add(ClassFile.of().parse(file));
        }
      }
    }
    return found;
  }
}
