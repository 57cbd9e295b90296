package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSocket;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** What a client says that has some settings. */
final class Offered {
  private Offered() {}

  static SslHello by(Consumer<SslClientSetup> settings) {
    AtomicReference<SslHello> seen = new AtomicReference<>();
    new Pair()
        .server(s ->
            s.onHello((socket, hello, choice) -> {
              seen.set(hello);
              choice.proceed();
            }))
        .client(settings)
        .onSecure(SslSocket::close)
        .run();
    assertThat(seen).as("a hello").doesNotHaveNullValue();
    return seen.get();
  }
}
