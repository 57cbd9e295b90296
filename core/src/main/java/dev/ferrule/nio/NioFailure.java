package dev.ferrule.nio;

import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import java.net.ConnectException;
import java.util.Locale;

/** The one place that tells what the JDK's exceptions mean: it has types for few, texts for all. */
final class NioFailure {
  private NioFailure() {}

  static LinkException of(Exception failure) {
    if (failure instanceof LinkException known) {
      return known;
    }
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    Kind kind = kind(message.toLowerCase(Locale.ROOT));
    if (kind == Kind.OTHER && failure instanceof ConnectException) {
      kind = Kind.REFUSED; // the text may be in the language of the machine
    }
    return new LinkException(kind, message, failure);
  }

  private static Kind kind(String message) {
    if (message.contains("refused") || message.contains("no such file")) {
      return Kind.REFUSED;
    }
    if (message.contains("reset") || message.contains("broken pipe") || message.contains("abort")) {
      return Kind.RESET;
    }
    if (message.contains("timed out")) {
      return Kind.TIMED_OUT;
    }
    return message.contains("in use") ? Kind.ADDRESS_IN_USE : Kind.OTHER;
  }
}
