package dev.ferrule.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The addresses of a host within a time limit, which the system's resolver does not take: one that
 * does not answer is left to a thread of its own, which ends with the process.
 */
final class NameLookup {
  /** The system's, or that of a test; it may hold its thread up. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private NameLookup() {}

  /**
   * Looks it up.
   *
   * @throws ToolError when it has no address, or none within the limit
   */
  static List<InetAddress> of(String host, Duration limit, Resolver resolver) {
    FutureTask<InetAddress[]> lookup = new FutureTask<>(() -> resolver.addresses(host));
    Thread.ofPlatform().daemon().name("name lookup").start(lookup);
    try {
      return List.of(lookup.get(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      throw unreachable(host + " has no address (is the name right?)", e);
    } catch (TimeoutException e) {
      throw unreachable(
          "looking up %s took more than %s s (do the system's name servers answer?)"
              .formatted(host, limit.toMillis() / 1000.0),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("looking up " + host + " was interrupted", e);
    }
  }

  private static ToolError unreachable(String sentence, Exception cause) {
    return new ToolError(Exit.UNREACHABLE, sentence, cause);
  }
}
