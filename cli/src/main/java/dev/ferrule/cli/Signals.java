package dev.ferrule.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM, SIGINT and SIGHUP by sun.misc.Signal, for a shutdown hook can neither exit with 0, hear
 * a second Ctrl-C, nor let the process go on. Called by reflection: every JDK has it, but javac
 * does not compile against it with --release.
 */
final class Signals {
  private static final int INTERRUPTED = 130;

  private Signals() {}

  /**
   * Runs {@code stop} when the process is asked to end, on a thread of its own; when it is asked
   * again, it ends at once. Where the JVM does not deliver signals, they end the process as usual.
   */
  static void onStop(Runnable stop) {
    Heard _ = whileRunning(stop);
  }

  /** What is heard until it is closed. */
  interface Heard extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * As {@link #onStop}, until what it gives is closed: then signals do again what they did before.
   */
  static Heard whileRunning(Runnable stop) {
    AtomicBoolean stopping = new AtomicBoolean();
    Runnable heard =
        () -> {
          if (stopping.getAndSet(true)) {
            Runtime.getRuntime().halt(INTERRUPTED);
          }
          stop.run();
        };
    List<Heard> undone = new ArrayList<>();
    for (String name : List.of("TERM", "INT")) {
      try {
        undone.add(handle(name, heard));
      } catch (ReflectiveOperationException e) {
        // Java was started with -Xrs, or the system has no such signal.
      }
    }
    return () -> undone.forEach(Heard::close);
  }

  /** Runs {@code reload} at each SIGHUP, on a thread of its own, instead of ending the process. */
  static void onHangUp(Runnable reload) {
    try {
      Heard _ = handle("HUP", reload);
    } catch (ReflectiveOperationException e) {
      // As above; Windows has no such signal.
    }
  }

  private static Heard handle(String name, Runnable heard) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object proxy =
        Proxy.newProxyInstance(
            handler.getClassLoader(),
            new Class<?>[] {handler},
            (self, method, arguments) -> {
              heard.run();
              return null;
            });
    Object which = signal.getConstructor(String.class).newInstance(name);
    Method handle = signal.getMethod("handle", signal, handler);
    Object before = handle.invoke(null, which, proxy);
    return () -> {
      try {
        handle.invoke(null, which, before);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("it could be set, and cannot be set back", e);
      }
    };
  }
}
