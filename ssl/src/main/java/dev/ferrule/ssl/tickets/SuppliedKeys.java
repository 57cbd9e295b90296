package dev.ferrule.ssl.tickets;

/** Keys that somebody outside keeps. */
public abstract non-sealed class SuppliedKeys extends TicketKeys {
  /** There is nothing to set. */
  protected SuppliedKeys() {}
}
