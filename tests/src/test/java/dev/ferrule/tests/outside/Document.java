package dev.ferrule.tests.outside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a page under docs that can be carried out: files, whose path stands at the end of
 * the line before, commands (sh), and what commands print (text).
 */
public record Document(List<Part> parts) {
  private static final Pattern NAMED = Pattern.compile("`([^`]+)`:$");
  private static final String FENCE = "```";

  /** One block of the section with that title; the path is empty for what is no file. */
  public record Part(String section, String kind, String path, String text) {}

  public static Document read(Path page) throws IOException {
    List<Part> parts = new ArrayList<>();
    String section = "";
    String before = "";
    for (Iterator<String> lines = Files.readAllLines(page).iterator(); lines.hasNext(); ) {
      String line = lines.next();
      if (line.startsWith("## ")) {
        section = line.substring(3);
      } else if (line.startsWith(FENCE)) {
        String kind = line.substring(FENCE.length());
        Matcher named = NAMED.matcher(before);
        String path = !kind.equals("sh") && named.find() ? named.group(1) : "";
        parts.add(new Part(section, kind, path, block(lines)));
      }
      before = line.isEmpty() ? before : line;
    }
    return new Document(parts);
  }

  private static String block(Iterator<String> lines) {
    List<String> text = new ArrayList<>();
    for (String line = lines.next(); !line.equals(FENCE); line = lines.next()) {
      text.add(line);
    }
    return String.join("\n", text);
  }

  List<Part> section(String title) {
    List<Part> found = parts.stream().filter(part -> part.section().equals(title)).toList();
    if (found.isEmpty()) {
      throw new AssertionError("the page has no section with blocks called " + title);
    }
    return found;
  }
}
