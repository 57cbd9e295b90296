package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Everything public or protected in an exported package has a comment. The compiler checks what the
 * comments say, but it could ask for them only together with a tag for each parameter.
 */
@Tag("once")
class ApiDocumentedTest {
  @Test
  void whatIsExportedHasAComment() throws IOException {
    List<String> missing = new ArrayList<>();
    int seen = 0;
    for (CompiledModule module : CompiledModule.all()) {
      List<Path> sources = sources(module);
      seen += sources.size();
      if (!sources.isEmpty()) {
        scan(sources, missing);
      }
    }
    assertThat(missing).isEmpty();
    assertThat(seen).as("files read").isGreaterThan(50);
  }

  private static List<Path> sources(CompiledModule module) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String name : module.exported()) {
      Path folder = module.folder().resolve("src/main/java").resolve(name.replace('.', '/'));
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
      }
    }
    return found;
  }

  private static void scan(List<Path> sources, List<String> missing) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Scanner(docs, missing).scan(unit, null);
      }
    }
  }

  private static final class Scanner extends TreePathScanner<Void, Void> {
    private final DocTrees docs;
    private final List<String> missing;

    Scanner(DocTrees docs, List<String> missing) {
      this.docs = docs;
      this.missing = missing;
    }

    @Override
    public Void visitClass(ClassTree type, Void none) {
      if (isOpen(type.getModifiers())) {
        check(type.getSimpleName());
        super.visitClass(type, null);
      }
      return null;
    }

    @Override
    public Void visitMethod(MethodTree method, Void none) {
      boolean inherits =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
      if (isOpen(method.getModifiers()) && !inherits) {
        check(method.getName());
      }
      return null; // what is declared in a body is not part of the API
    }

    @Override
    public Void visitVariable(VariableTree field, Void none) {
      if (isOpen(field.getModifiers()) && !speaksForItself(getCurrentPath().getParentPath())) {
        check(field.getName());
      }
      return null;
    }

    /** An enum whose constants are names of a registry says so, to the compiler too. */
    private static boolean speaksForItself(TreePath type) {
      return ((ClassTree) type.getLeaf())
          .getModifiers()
          .toString()
          .contains("@SuppressWarnings(\"doclint:missing\")");
    }

    private boolean isOpen(ModifiersTree modifiers) {
      Set<Modifier> flags = modifiers.getFlags();
      TreePath parent = getCurrentPath().getParentPath();
      boolean implied =
          parent.getLeaf().getKind() == Tree.Kind.INTERFACE && !flags.contains(Modifier.PRIVATE);
      return implied || flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED);
    }

    private void check(CharSequence name) {
      if (docs.getDocComment(getCurrentPath()) == null) {
        CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
        missing.add(Path.of(unit.getSourceFile().toUri()).getFileName() + ": " + name);
      }
    }
  }
}
