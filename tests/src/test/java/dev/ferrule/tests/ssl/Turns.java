package dev.ferrule.tests.ssl;

import dev.ferrule.ssl.Protocol;
import java.util.Arrays;
import java.util.Random;

/** What two talkers have agreed on: how much each says in each phase, and who ends SSL. */
final class Turns {
  private final int[] fromClient;
  private final int[] fromServer;
  private final int[] enders;
  private final Protocol[] versions;

  /** Phases 0, 2, 4 ... are plain, the others encrypted. */
  Turns(Random random, int phases) {
    fromClient = random.ints(phases, 0, 40_000).toArray();
    fromServer = random.ints(phases, 1, 40_000).toArray();
    enders = random.ints(phases, 0, 3).toArray();
    versions = new Protocol[phases];
    Arrays.setAll(versions, phase -> random.nextInt(3) == 0 ? Protocol.TLS_1_2 : Protocol.TLS_1_3);
  }

  int phases() {
    return fromClient.length;
  }

  Protocol version(int phase) {
    return versions[phase];
  }

  static boolean isPlain(int phase) {
    return phase % 2 == 0;
  }

  int bytes(int phase, boolean ofClient) {
    return ofClient ? fromClient[phase] : fromServer[phase];
  }

  /** Whether a side ends SSL by itself in a phase; if not, it does when it hears of the end. */
  boolean ends(int phase, boolean client) {
    return enders[phase] == 2 || (enders[phase] == 1) == client;
  }
}
