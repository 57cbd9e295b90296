package dev.ferrule.fleet.limits;

import java.util.List;

/** Where the servers of a fleet add up what they counted. Anybody may have written there. */
public interface CountStore {
  /**
   * What a server has counted since it last said so.
   *
   * @param address of clients
   * @param more handshakes; below 0 when more were given back, 0 only to ask
   */
  record Count(long address, int more) {}

  /**
   * What all servers have counted of an address.
   *
   * @param previous in the window before
   * @param current in this window, with what was said just now
   * @param used what the address has in use of its limit, as far as the store was told
   */
  record Sum(long previous, long current, double used) {}

  /**
   * An answer.
   *
   * @param window the number of the present window, by the store's clock
   * @param sums in the order of the counts
   */
  record Answer(long window, List<Sum> sums) {}

  /**
   * Adds counts, and asks for the sums, at once. It blocks, and throws a {@link
   * dev.ferrule.fleet.rotation.StoreException} when the store does not answer: then it may have
   * added them, or not.
   */
  Answer add(List<Count> counts);
}
