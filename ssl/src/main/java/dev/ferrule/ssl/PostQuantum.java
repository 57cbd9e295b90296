package dev.ferrule.ssl;

/**
 * Whether the keys of a connection are agreed on by a hybrid group, such as X25519MLKEM768, so that
 * what is recorded today stays secret when a quantum computer exists.
 */
public enum PostQuantum {
  /** Where the provider and the peer have such a group; so by default. */
  PREFER,

  /** Always: only such groups are offered and taken, in TLS 1.3, which alone has them. */
  REQUIRE,

  /** Never: no such group is offered or taken. */
  OFF
}
