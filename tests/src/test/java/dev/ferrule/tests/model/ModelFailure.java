package dev.ferrule.tests.model;

/** The library did not do what the model says. */
final class ModelFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  ModelFailure(String message) {
    super(message);
  }
}
