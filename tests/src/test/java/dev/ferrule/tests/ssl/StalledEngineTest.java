package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.EventError;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A provider of the JDK that says all is well and takes nothing: an error, and no endless loop. */
@Tag("once")
class StalledEngineTest {
  private final AtomicBoolean stalls = new AtomicBoolean();
  private final Heard client = new Heard();

  private void run(Consumer<SslSocket> connected, Consumer<SslSocket> secured) {
    SSLContext context = StallingEngine.context(JdkPeers.CONTEXT, stalls::get);
    Loops.runInline(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .onConnect(socket -> server[0].close())
              .onSecure((socket, session) -> socket.write("hello"))
              .onEvent(event -> {})
              .open();
      Ssl.connect(loop, "127.0.0.1", server[0].port())
          .context(SslContext.of(context))
          .onConnect(connected)
          .onSecure((socket, session) -> secured.accept(socket))
          .onRead((socket, data) -> client.read(data))
          .onEvent(client::event)
          .onClose(client::close)
          .open();
    });
  }

  private void requireStalled() {
    EventError error = client.only(EventError.class);
    assertThat(error.code()).isEqualTo("ESTALLED");
    assertThat(error.message()).contains("provider takes no more bytes");
  }

  @Test
  void in_the_handshake() {
    run(socket -> stalls.set(true), socket -> {});
    requireStalled();
  }

  @Test
  void when_something_is_written() {
    run(
        socket -> {},
        socket -> {
          stalls.set(true);
          socket.write(new byte[100_000]);
        });
    requireStalled();
  }

  @Test
  void when_something_is_received() {
    run(socket -> {}, socket -> stalls.set(true));
    requireStalled();
  }
}
