package dev.ferrule.tests;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The public API of a module: what any program can name in its exported packages. It is read from
 * the compiled classes and sorted, so that it does not depend on the order of the source.
 */
final class Api {
  private final Map<String, List<ApiLine>> types = new TreeMap<>();

  private Api() {}

  static Api of(CompiledModule module) throws IOException {
    Api api = new Api();
    Set<String> exported = module.exported();
    for (ClassModel type : module.classes()) {
      String name = binaryName(type.thisClass());
      if (exported.contains(name.substring(0, name.lastIndexOf('.'))) && isVisible(type)) {
        api.types.put(name, lines(type));
      }
    }
    return api;
  }

  /** The binary names of its types. */
  Set<String> types() {
    return types.keySet();
  }

  /** Each type's head with its members behind it. */
  List<ApiLine> lines() {
    return types.values().stream().flatMap(List::stream).toList();
  }

  static String binaryName(ClassEntry type) {
    return type.asInternalName().replace('/', '.');
  }

  private static List<ApiLine> lines(ClassModel type) {
    List<ApiLine> members = new ArrayList<>();
    type.fields().stream()
        .filter(field -> isReachable(field.flags().flags(), type))
        .forEach(field -> members.add(ApiLine.field(type, field)));
    type.methods().stream()
        .filter(method -> isReachable(method.flags().flags(), type))
        .forEach(method -> members.add(ApiLine.method(type, method)));
    members.sort(Comparator.comparing(ApiLine::member).thenComparing(ApiLine::text));
    members.addFirst(ApiLine.head(type, ownFlags(type)));
    return members;
  }

  /** A nested class is visible when it and all that enclose it are. */
  private static boolean isVisible(ClassModel type) {
    String name = binaryName(type.thisClass());
    return isOpen(ownFlags(type))
        && nesting(type).stream()
            .filter(info -> name.startsWith(binaryName(info.innerClass()) + "$"))
            .allMatch(info -> isOpen(info.flags()));
  }

  /** What is protected in a final class is for its package alone; bridges are javac's. */
  private static boolean isReachable(Set<AccessFlag> flags, ClassModel type) {
    boolean open =
        type.flags().has(AccessFlag.FINAL) ? flags.contains(AccessFlag.PUBLIC) : isOpen(flags);
    return open && !flags.contains(AccessFlag.SYNTHETIC);
  }

  private static boolean isOpen(Set<AccessFlag> flags) {
    return flags.contains(AccessFlag.PUBLIC) || flags.contains(AccessFlag.PROTECTED);
  }

  /** The flags as they were written: for a nested class they stand in another attribute. */
  private static Set<AccessFlag> ownFlags(ClassModel type) {
    return nesting(type).stream()
        .filter(info -> info.innerClass().equals(type.thisClass()))
        .map(InnerClassInfo::flags)
        .findFirst()
        .orElse(type.flags().flags());
  }

  private static List<InnerClassInfo> nesting(ClassModel type) {
    return type.findAttribute(Attributes.innerClasses())
        .map(attribute -> attribute.classes())
        .orElse(List.of());
  }
}
