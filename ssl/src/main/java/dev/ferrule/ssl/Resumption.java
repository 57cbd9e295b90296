package dev.ferrule.ssl;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a setup says about the resumption of sessions. Used by one thread. */
final class Resumption {
  private @Nullable SslTicketKeys keys;
  private @Nullable Duration lifetime;
  private @Nullable Integer tickets;
  private @Nullable Integer sessions;

  void keys(SslTicketKeys shared) {
    keys = shared;
  }

  void lifetime(Duration chosen) {
    lifetime = chosen;
  }

  void tickets(int number) {
    tickets = number;
  }

  void sessions(int peers) {
    sessions = peers;
  }

  /**
   * What a server gives.
   *
   * @throws SslConfigException when it is for a client, or contradicts itself or an option
   */
  SslSettings.Tickets tickets(boolean server, Set<SslOption> options) {
    boolean given = keys != null || lifetime != null;
    if (!server && (given || tickets != null)) {
      throw new SslConfigException(
          "ticketKeys, ticketLifetime and tickets are for servers, which make the tickets");
    }
    boolean none = tickets != null && tickets == 0;
    boolean some = tickets != null && tickets > 0;
    if (options.contains(SslOption.NO_TICKET) && (given || some)) {
      throw new SslConfigException(
          "ticketKeys, ticketLifetime and tickets contradict the option no-ticket");
    }
    if (none && given) {
      throw new SslConfigException("ticketKeys and ticketLifetime contradict tickets(0)");
    }
    return new SslSettings.Tickets(keys, lifetime, tickets);
  }

  /**
   * The most peers whose sessions a client keeps.
   *
   * @throws SslConfigException when it is for a server, or contradicts an option
   */
  int sessions(boolean server, Set<SslOption> options) {
    Integer most = sessions;
    if (most == null) {
      return SslSettings.SESSIONS;
    }
    if (server) {
      throw new SslConfigException(
          "sessions is for clients, which keep them; a server has ticketLifetime and tickets");
    }
    if (most > 0 && options.contains(SslOption.NO_TICKET)) {
      throw new SslConfigException("sessions contradicts the option no-ticket");
    }
    return most;
  }
}
