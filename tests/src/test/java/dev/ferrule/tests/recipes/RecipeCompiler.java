package dev.ferrule.tests.recipes;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles all recipes, once, and makes programs of them. */
final class RecipeCompiler {
  private static final Map<String, Class<?>> CLASSES = compiled();

  private RecipeCompiler() {}

  static RecipeProgram program(String recipe) {
    try {
      return (RecipeProgram) CLASSES.get(recipe).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(recipe, e);
    }
  }

  private static Map<String, Class<?>> compiled() {
    List<Recipe> methods = Recipe.all().stream().filter(Recipe::isMethod).toList();
    Map<String, String> names = new HashMap<>();
    List<JavaFileObject> sources = new ArrayList<>();
    for (Recipe recipe : Recipe.all()) {
      if (!recipe.isMethod()) {
        String name = "Recipe" + names.size();
        names.put(recipe.name(), name);
        sources.add(source(name, RecipeSource.of(recipe, name, methods)));
      }
    }
    try {
      URL[] classes = {compile(sources).toUri().toURL()};
      ClassLoader loader = new URLClassLoader(classes, RecipeCompiler.class.getClassLoader());
      Map<String, Class<?>> loaded = new HashMap<>();
      for (Map.Entry<String, String> each : names.entrySet()) {
        loaded.put(each.getKey(), loader.loadClass(RecipeSource.PACKAGE + "." + each.getValue()));
      }
      return loaded;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new LinkageError("what was just compiled", e);
    }
  }

  private static JavaFileObject source(String name, String text) {
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  private static Path compile(List<JavaFileObject> sources) throws IOException {
    Path folder = Files.createTempDirectory("ferrule-recipes");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    List<String> options =
        List.of(
            "-d",
            folder.toString(),
            "-classpath",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "-proc:none");
    if (!compiler.getTask(complaints, null, null, options, null, sources).call()) {
      throw new AssertionError("a recipe does not compile: " + complaints);
    }
    return folder;
  }
}
