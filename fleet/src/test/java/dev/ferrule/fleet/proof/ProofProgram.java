package dev.ferrule.fleet.proof;

import java.nio.file.Path;

/**
 * The proof in {@link Namespaces}; it prints what clients saw, and its exit status is 1 if it
 * failed.
 */
final class ProofProgram {
  private ProofProgram() {}

  /** Arguments: a folder, how many clients, and options of redis-server. */
  public static void main(String[] arguments) throws Exception {
    String[] options = java.util.Arrays.copyOfRange(arguments, 2, arguments.length);
    int clients = Integer.parseInt(arguments[1]);
    try (Proof proof = new Proof(new Namespaces(), Path.of(arguments[0]), clients, options)) {
      FleetProofTest.require(proof.run(), clients);
    }
  }
}
