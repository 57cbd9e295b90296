package dev.ferrule;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is open on a loop, timers apart, and so keeps it running. On the loop's thread. */
final class Holdings {
  private final Set<Lane> lanes = new HashSet<>();
  private final Set<TcpServer> servers = new HashSet<>();
  private final Set<SharedServer> accepting = new HashSet<>(); // for other loops too
  private final Set<Notifier> notifiers = new HashSet<>();
  private int incoming;
  private int lookups;

  void add(Lane lane, boolean accepted) {
    lanes.add(lane);
    incoming += accepted ? 1 : 0;
  }

  void remove(Lane lane, boolean accepted) {
    if (lanes.remove(lane)) {
      incoming -= accepted ? 1 : 0;
    }
  }

  void add(TcpServer server) {
    servers.add(server);
  }

  void remove(TcpServer server) {
    servers.remove(server);
  }

  void add(SharedServer server) {
    accepting.add(server);
  }

  void remove(SharedServer server) {
    accepting.remove(server);
  }

  void add(Notifier notifier) {
    notifiers.add(notifier);
  }

  void remove(Notifier notifier) {
    notifiers.remove(notifier);
  }

  /** So many lookups more, or less. */
  void lookups(int change) {
    lookups += change;
  }

  boolean any() {
    return !lanes.isEmpty()
        || !servers.isEmpty()
        || !accepting.isEmpty()
        || lookups > 0
        || !notifiers.isEmpty();
  }

  LoopStats stats(int timers) {
    return new LoopStats(
        lanes.size() - incoming, incoming, servers.size(), lookups, timers, notifiers.size());
  }

  /** Ends servers and sockets in order. */
  void close() {
    List.copyOf(servers).forEach(TcpServer::close);
    for (Lane lane : List.copyOf(lanes)) {
      lane.ending.close();
    }
  }

  /** Releases servers and sockets, whatever goes wrong with one: the first failure there was. */
  @Nullable Throwable drop(@Nullable Throwable before) {
    Throwable first = before;
    for (TcpServer server : List.copyOf(servers)) {
      first = attempt(first, server::drop);
    }
    for (SharedServer server : List.copyOf(accepting)) {
      first = attempt(first, server::drop);
    }
    for (Lane lane : List.copyOf(lanes)) {
      first = attempt(first, lane.ending::drop);
    }
    return first;
  }

  /** Does a step; a second failure does not hide the first. */
  static @Nullable Throwable attempt(@Nullable Throwable before, Runnable step) {
    try {
      step.run();
      return before;
    } catch (Throwable t) {
      if (before != null && before != t) {
        before.addSuppressed(t);
      }
      return before == null ? t : before;
    }
  }
}
