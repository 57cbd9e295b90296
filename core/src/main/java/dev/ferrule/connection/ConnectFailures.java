package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpConnectError;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Why the addresses of a host could not be connected to, and the one error that tells it. */
final class ConnectFailures {
  private static final int MOST_NAMED = 8;
  private static final int LONGEST_REASON = 160;

  private record Failed(SocketAddress address, Exception reason) {
    /** Whether a program would see two errors that differ in the address only. */
    boolean isAs(Failed other) {
      return reason.getClass() == other.reason.getClass()
          && word().equals(other.word())
          && Objects.equals(reason.getMessage(), other.reason.getMessage());
    }

    private String word() {
      return reason instanceof EventError error ? error.code() : "";
    }
  }

  private final String whom;
  private final List<Failed> failed = new ArrayList<>(1);

  ConnectFailures(String whom) {
    this.whom = whom;
  }

  void add(SocketAddress address, Exception reason) {
    failed.add(new Failed(address, reason));
  }

  /** It did not fail, but others had to be tried. */
  void gaveUp(SocketAddress address, String progress) {
    add(address, new LinkException(Kind.TIMED_OUT, progress, null));
  }

  void noneOfFamily(@Nullable InetSocketAddress local) {
    String text =
        "none of its addresses is of the family of the local address "
            + (local == null ? "" : Addresses.text(local));
    add(InetSocketAddress.createUnresolved(whom, 0), new LinkException(Kind.OTHER, text, null));
  }

  /** The error, when nothing is left to try. */
  EventError error(Endpoint socket) {
    Failed first = failed.getFirst();
    if (failed.stream().allMatch(first::isAs)) {
      String tried = failed.size() > 1 ? whom + " (" + failed.size() + " addresses)" : whom;
      return first.reason instanceof EventError known
          ? known
          : Failures.connecting(first.reason, tried, socket);
    }
    String sentence =
        "no address of " + whom + " could be connected to: " + sentence(List.of(), failed.size());
    List<EventError> errors = failed.stream().map(one -> error(one, socket)).toList();
    return new TcpConnectError(sentence, errors, socket);
  }

  private static EventError error(Failed one, Endpoint socket) {
    return one.reason instanceof EventError known
        ? known
        : Failures.connecting(one.reason, Addresses.text(one.address), socket);
  }

  /** What became of the addresses so far; empty when there is but one. */
  String progress(List<Attempt> running, int all) {
    return all < 2 ? "" : sentence(running, all);
  }

  private String sentence(List<Attempt> running, int all) {
    List<String> parts = new ArrayList<>();
    for (Failed one : failed) {
      parts.add(Addresses.text(one.address) + ": " + reason(one.reason));
    }
    for (Attempt one : running) {
      parts.add(Addresses.text(one.address()) + ": " + one.progress());
    }
    int named = Math.min(parts.size(), MOST_NAMED);
    String text = String.join("; ", parts.subList(0, named));
    return named == all ? text : text + "; and " + (all - named) + " more";
  }

  private static String reason(Exception reason) {
    boolean refused =
        reason instanceof TcpRefused
            || (reason instanceof LinkException link && link.kind() == Kind.REFUSED);
    String text = refused ? "refused" : String.valueOf(reason.getMessage());
    return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "...";
  }
}
