/** Links, clocks, a throw-away CA and the suites that every poller and provider must pass. */
@org.jspecify.annotations.NullMarked
module dev.ferrule.testkit {
  requires transitive dev.ferrule.ssl;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires org.assertj.core;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires static org.jspecify;
}
