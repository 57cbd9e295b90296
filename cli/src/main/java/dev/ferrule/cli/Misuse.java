package dev.ferrule.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in one sentence for who typed it. */
final class Misuse {
  private Misuse() {}

  /** The sentence; what an option says of its value goes before all else. */
  static String sentence(ParameterException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ToolError) {
        return String.valueOf(cause.getMessage());
      }
    }
    String own =
        switch (e) {
          case UnmatchedArgumentException unmatched -> unmatched(unmatched);
          case MissingParameterException missing -> missing(missing);
          case OverwrittenOptionException twice -> name(twice.getOverwritten()) + " is there twice";
          default -> value(e);
        };
    return own == null
        ? String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage")
        : own;
  }

  private static String unmatched(UnmatchedArgumentException e) {
    String first = e.getUnmatched().getFirst();
    if (e.isUnknownOption()) {
      return "there is no option '" + first + "'";
    }
    return e.getCommandLine().getSubcommands().isEmpty()
        ? "'" + first + "' is one argument too many"
        : "there is no command '" + first + "'";
  }

  private static @Nullable String missing(MissingParameterException e) {
    List<ArgSpec> missing = e.getMissing();
    if (missing.size() != 1) {
      return null;
    }
    ArgSpec only = missing.getFirst();
    boolean value = only instanceof OptionSpec && !only.required(); // it is there, without one
    return value ? name(only) + " wants " + only.paramLabel() : name(only) + " is missing";
  }

  /** Of a value that its type does not have; null where nothing is known of it. */
  private static @Nullable String value(ParameterException e) {
    ArgSpec option = e.getArgSpec();
    String value = e.getValue();
    if (option == null || value == null) {
      return null;
    }
    Class<?> type = option.auxiliaryTypes()[0];
    String wanted;
    if (type.isEnum()) {
      wanted = words(option);
    } else if (type == int.class || type == Integer.class) {
      wanted = "a whole number, " + Integer.MAX_VALUE + " at most";
    } else if (type == long.class || type == Long.class) {
      wanted = "a whole number";
    } else if (type == double.class || type == Double.class) {
      wanted = "a number";
    } else if (type == boolean.class || type == Boolean.class) {
      return name(option) + " has no value: '" + value + "' is one too many";
    } else {
      return null;
    }
    return name(option) + " is " + wanted + ", not '" + value + "'";
  }

  private static String words(ArgSpec option) {
    List<String> words = new ArrayList<>();
    StreamSupport.stream(option.completionCandidates().spliterator(), false)
        .map(word -> word.toLowerCase(Locale.ROOT))
        .forEach(words::add);
    String last = words.removeLast();
    return words.isEmpty() ? last : String.join(", ", words) + " or " + last;
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
