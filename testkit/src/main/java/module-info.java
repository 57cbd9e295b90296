/** A throw-away CA, connections in memory, a manual clock and faults by seed, for tests. */
@org.jspecify.annotations.NullMarked
module dev.ferrule.testkit {
  requires transitive dev.ferrule.ssl;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires static org.assertj.core; // the two of the contract suites, which are not exported
  requires static org.jspecify;
  requires static org.junit.jupiter.api;
  requires static org.junit.jupiter.params;

  exports dev.ferrule.testkit;
}
