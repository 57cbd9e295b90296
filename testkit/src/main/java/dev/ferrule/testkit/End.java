package dev.ferrule.testkit;

/** An end of a connection. */
public enum End {
  /** The one that connected. */
  CLIENT,
  /** The one that was accepted. */
  SERVER
}
