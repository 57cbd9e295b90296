package dev.ferrule;

/**
 * The numbers of what a loop has open. cl-async: {@code stats}.
 *
 * @param outgoing sockets that this side opened and that are not released yet
 * @param incoming sockets that servers of this loop accepted and that are not released yet
 * @param servers servers that listen
 * @param dnsQueries names being resolved
 * @param timers pending delays, intervals and time limits
 * @param notifiers notifiers neither triggered nor closed
 */
public record LoopStats(
    int outgoing, int incoming, int servers, int dnsQueries, int timers, int notifiers) {
  /** The sum with those of another loop. */
  public LoopStats plus(LoopStats other) {
    return new LoopStats(
        outgoing + other.outgoing,
        incoming + other.incoming,
        servers + other.servers,
        dnsQueries + other.dnsQueries,
        timers + other.timers,
        notifiers + other.notifiers);
  }

  /** Whether nothing is open. */
  public boolean isEmpty() {
    return outgoing + incoming + servers + dnsQueries + timers + notifiers == 0;
  }
}
