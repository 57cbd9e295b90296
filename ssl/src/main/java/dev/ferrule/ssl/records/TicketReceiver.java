package dev.ferrule.ssl.records;

/** The library of a client's provider, which keeps the sessions that the server offers. */
public interface TicketReceiver {
  /**
   * Takes the next record that the server wrote after the handshake: encrypted, with its header. It
   * is authentic, and has no data; mostly it has a NewSessionTicket (RFC 8446 4.6.1).
   */
  void receive(byte[] record, int offset, int length);

  /**
   * The last record completed a NewSessionTicket, which allows so many bytes of early data, 0 to
   * 2^32 - 1 (RFC 8446 4.6.1).
   */
  void allowsEarlyData(long bytes);

  /** Frees the library's objects: no record follows. Called once. */
  void release();
}
