package dev.ferrule.tests.ssl;

import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.SslError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether what was heard of a peer's doing blames the peer: no event may say that this side is at
 * fault, or have no words of its own for what happened.
 */
final class Verdicts {
  final List<String> faults = new ArrayList<>();
  final Map<String, Integer> codes = new TreeMap<>();

  void judge(String what, Event event) {
    if (!(event instanceof EventError error)) {
      codes.merge(event.getClass().getSimpleName(), 1, Integer::sum);
      return;
    }
    codes.merge(error.code(), 1, Integer::sum);
    String message = error.message();
    boolean ours =
        error.code().equals("BROKEN")
            || error.code().equals("EIO")
            || error.code().equals("ECALLBACK")
            || message.contains("something on this side")
            || message.contains("null");
    boolean unprintable = message.chars().anyMatch(c -> c < ' ' || c == 0x7F);
    boolean unnamed = error instanceof SslError && !error.code().matches("\\w+");
    if (ours || unprintable || unnamed) {
      fault(what, error.code() + ": " + message, error.getCause());
    }
  }

  void fault(String what, String told, Throwable cause) {
    StringBuilder text = new StringBuilder(what + ": " + told);
    for (Throwable at = cause; at != null; at = at.getCause()) {
      text.append("\n    ").append(at);
      StackTraceElement[] trace = at.getStackTrace();
      for (int i = 0; i < Math.min(8, trace.length); i++) {
        text.append("\n      ").append(trace[i]);
      }
    }
    faults.add(text.toString());
  }
}
