package dev.ferrule.fleet.proof;

import dev.ferrule.fleet.Place;

/** The machines of the proof: all one, or each a network namespace. */
interface Network {
  /** Where a program listens. */
  Place place(String machine);

  /** Whether {@link #part} can. */
  boolean canPart();

  /** From now on these machines do not hear each other; nobody is told. */
  void part(String... machines);

  /** They hear each other again. */
  void join(String... machines);

  /** This machine alone. */
  static Network loopback() {
    return new Network() {
      @Override
      public Place place(String machine) {
        return Place.ofLoopback();
      }

      @Override
      public boolean canPart() {
        return false;
      }

      @Override
      public void part(String... machines) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void join(String... machines) {
        throw new UnsupportedOperationException();
      }
    };
  }
}
