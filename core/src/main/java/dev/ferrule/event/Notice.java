package dev.ferrule.event;

import org.jspecify.annotations.Nullable;

/**
 * Something is other than was asked for, and the socket or server goes on all the same.
 * Information, not an error: a setting of which a part cannot be used, such as a certificate in a
 * file of trusted ones.
 *
 * @param socket the socket or server that it is about
 * @param message one sentence that says what it is
 */
public record Notice(@Nullable Endpoint socket, String message) implements Event {
  @Override
  public String toString() {
    return "Notice: " + message;
  }
}
