package dev.ferrule.tests.model;

/** From where a step is done. */
enum Place {
  /** With the opening, before anything is connected. */
  OPEN,
  EXECUTE,
  TIMER,
  NOTIFIER,
  CONNECT,
  SECURE,
  READ,
  WRITTEN,
  DRAIN,
  DONE,
  EVENT,
  CLOSE,
  /** Any callback of another socket. */
  OTHER,
  /** An event callback of another socket: it has failed, or its peer has ended. */
  OTHER_EVENT,
  OTHER_CLOSE,
  EXIT
}
