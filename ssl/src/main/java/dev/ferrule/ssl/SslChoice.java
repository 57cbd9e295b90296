package dev.ferrule.ssl;

import dev.ferrule.connection.Transport;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.server.HelloDecision;
import dev.ferrule.ssl.spi.WireFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A program's answer to a client's hello. It is given once, in the callback or later; until then
 * the client waits, at most as long as the time limit for handshakes, and the loop goes on. An
 * answer that comes after the connection has ended does nothing. Any thread.
 */
public final class SslChoice {
  private sealed interface Answer {
    /** Go on with that. */
    record Context(SslContext context) implements Answer {}

    /** The client is refused. */
    record Refusal(SslError error) implements Answer {}
  }

  private final Transport.Owner owner;
  private final SslContext usual;
  private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();

  SslChoice(Transport.Owner owner, SslContext usual) {
    this.owner = owner;
    this.usual = usual;
  }

  /**
   * Goes on with the server's own context, as without the callback.
   *
   * @throws IllegalStateException when it was answered before
   */
  public void proceed() {
    give(new Answer.Context(usual));
  }

  /**
   * Goes on with another context; of its names the one that the client asks for is chosen.
   *
   * @throws SslConfigException when it is for clients
   * @throws IllegalStateException when it was answered before
   */
  public void context(SslContext context) {
    context.wires(true);
    give(new Answer.Context(context));
  }

  /**
   * Refuses the client.
   *
   * @param alert what it is told, by the name in RFC 8446 6.2, such as {@code unrecognized_name} or
   *     {@code access_denied}
   * @throws IllegalArgumentException when there is no such alert, or it is no error
   * @throws IllegalStateException when it was answered before
   */
  public void refuse(String alert) {
    if (Alerts.number(alert) <= 0 || alert.equals("user_canceled")) {
      throw new IllegalArgumentException("there is no alert '" + alert + "' that refuses a client");
    }
    give(
        new Answer.Refusal(
            refusal(alert, SslFailure.REFUSED, "this program refused the client's hello")));
  }

  private static SslError refusal(String alert, SslFailure failure, String sentence) {
    return new SslError(Side.OURS, Stage.HELLO, alert, failure, sentence, null);
  }

  private void give(Answer given) {
    if (!answer.compareAndSet(null, given)) {
      throw new IllegalStateException("the client's hello was answered before");
    }
    owner.resume();
  }

  /** Asks the program at the first call, and again looks whether it has answered. */
  static final class Asking implements HelloDecision {
    private final SslChoice choice;
    private final SslSocket.OnHello callback;
    private boolean asked;

    Asking(Transport.Owner owner, SslContext usual, SslSocket.OnHello callback) {
      this.choice = new SslChoice(owner, usual);
      this.callback = callback;
    }

    @Override
    public @Nullable WireFactory decide(SslHello hello) {
      if (!asked) {
        asked = true;
        choice.owner.call(endpoint -> ask((SslSocket) endpoint, hello));
        return null;
      }
      return switch (choice.answer.get()) {
        case null -> null;
        case Answer.Context chosen -> chosen.context().choose(hello);
        case Answer.Refusal refusal -> throw refusal.error();
      };
    }

    private void ask(SslSocket socket, SslHello hello) {
      boolean returned = false;
      try {
        callback.hello(socket, hello, choice);
        returned = true;
      } finally {
        if (!returned) { // an answer that it gave before does not count
          choice.answer.set(
              new Answer.Refusal(
                  refusal(
                      "internal_error",
                      SslFailure.BROKEN,
                      "the program's callback for the client's hello threw an exception")));
        }
      }
    }
  }
}
