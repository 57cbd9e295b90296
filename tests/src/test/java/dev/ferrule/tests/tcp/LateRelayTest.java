package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.Relay;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpReset;
import dev.ferrule.testkit.NetworkConditions;
import dev.ferrule.testkit.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A relay that begins when its first socket has received much, has ended, or has been cut. */
@Tag("once")
class LateRelayTest {
  private final List<String> heard = new ArrayList<>(); // by the server behind the relay, and of it
  private long received;
  private boolean halfOpen = true;
  private Relay relay;

  /** A second after the client is connected {@code begin} gets both sockets of the relay. */
  private void run(Consumer<TcpSocket> client, BiConsumer<TcpSocket, TcpSocket> begin) {
    SimulatedNetwork.of(NetworkConditions.holding(4_096))
        .setup()
        .run(loop -> {
          TcpServer behind =
              Tcp.server(loop, "127.0.0.1", 0)
                  .halfOpen()
                  .onRead((socket, data) -> received += data.remaining())
                  .onEvent(event -> heard.add(event.getClass().getSimpleName()))
                  .open();
          var setup =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onStream((socket, stream) -> {})
                  .onEvent(event -> {})
                  .onConnect(socket -> {
                    TcpSocket second = Tcp.connect(loop, "127.0.0.1", behind.port()).open();
                    loop.delay(Duration.ofSeconds(1), () -> begin.accept(socket, second));
                  });
          TcpServer front = (halfOpen ? setup.halfOpen() : setup).open();
          Tcp.connect(loop, "127.0.0.1", front.port())
              .halfOpen()
              .onConnect(client)
              .onEvent(event -> {})
              .open();
          loop.delay(Duration.ofSeconds(20), loop::closeAll);
        });
  }

  private void relay(TcpSocket first, TcpSocket second) {
    relay = Tcp.relay(first, second);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_waits_in_a_stream_goes_before_an_end_that_was_told(boolean staysOpen) {
    halfOpen = staysOpen;
    run(
        client -> {
          client.write(new byte[200_000]);
          client.shutdownOutput();
        },
        this::relay);
    assertThat(received).isEqualTo(200_000);
    assertThat(heard).containsExactly("TcpEof");
    assertThat(relay.failure()).isNull();
    assertThat(relay.bytesFromFirst()).isEqualTo(200_000);
  }

  @Test
  void a_failure_from_before_cuts_behind_what_waits() {
    run(
        client -> {
          client.write(new byte[2_000]);
          client.loop().delay(Duration.ofMillis(500), client::abort);
        },
        this::relay);
    assertThat(relay.bytesFromFirst()).isEqualTo(2_000); // the reset may overtake them here
    assertThat(heard).containsExactly("TcpReset");
    assertThat(relay.failure()).isInstanceOf(TcpReset.class);
  }

  @Test
  void the_end_is_heard_when_both_sockets_had_gone() {
    run(
        TcpSocket::abort,
        (first, second) -> {
          second.abort();
          first
              .loop()
              .delay(
                  Duration.ofSeconds(1),
                  () -> {
                    relay(first, second);
                    heard.clear();
                    relay.onEnd(ended -> heard.add("ended"));
                    heard.add("returned");
                  });
        });
    assertThat(heard).containsExactly("returned", "ended");
  }

  @Test
  void a_socket_is_in_one_relay_at_a_time() {
    run(
        client -> {},
        (first, second) -> {
          relay(first, second);
          TcpSocket third = Tcp.connect(first.loop(), second.remoteAddress()).open();
          assertThatThrownBy(() -> Tcp.relay(third, second))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("relayed already");
          third.abort();
        });
    assertThat(relay.isEnded()).isTrue();
  }

  @Test
  void what_comes_for_an_output_that_the_program_ended_is_dropped_and_its_end_is_heard() {
    List<String> ends = new ArrayList<>();
    run(
        client -> {
          client.write(new byte[300_000]);
          client.shutdownOutput();
        },
        (first, second) -> {
          relay(first, second);
          first.onEvent(event -> ends.add(event.getClass().getSimpleName()));
          second.shutdownOutput();
        });
    assertThat(received).isZero();
    assertThat(ends).containsExactly("TcpEof");
    assertThat(relay.bytesFromFirst()).isZero();
  }
}
