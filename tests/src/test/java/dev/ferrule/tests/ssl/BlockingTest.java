package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ferrule.BlockingSocket;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.ssl.BlockingPair.Kind;
import dev.ferrule.tests.ssl.BlockingPair.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A live socket that other threads use as two blocking streams. */
class BlockingTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);
  private static final Duration SHORT = Duration.ofMillis(30);

  private static String text(InputStream in, int bytes) throws IOException {
    return new String(in.readNBytes(bytes), US_ASCII);
  }

  @ParameterizedTest
  @EnumSource
  void what_is_written_goes_out_without_flush_and_the_answer_is_read(Kind kind) {
    new BlockingPair(kind)
        .echoing()
        .run(socket -> {
          socket.output().write(HELLO);
          assertThat(socket.input().read()).isEqualTo('h');
          assertThat(text(socket.input(), 4)).isEqualTo("ello");
          assertThat(socket.input().read(new byte[0])).isZero();
          assertThat(socket.input().available()).isZero();
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_clean_end_is_the_end_of_the_stream_and_this_side_may_write_on(Kind kind) {
    List<String> heard = new ArrayList<>();
    new BlockingPair(kind)
        .server(setup -> setup.halfOpen())
        .served(socket -> {
          socket.onRead((s, data) -> heard.add(US_ASCII.decode(data).toString()));
          socket.write("bye");
          socket.shutdownOutput();
        })
        .run(socket -> {
          assertThat(new String(socket.input().readAllBytes(), US_ASCII)).isEqualTo("bye");
          assertThat(socket.input().read()).isEqualTo(-1);
          socket.output().write(HELLO);
        });
    assertThat(String.join("", heard)).isEqualTo("hello");
  }

  @ParameterizedTest
  @EnumSource
  void shutting_the_output_down_leaves_the_input_open(Kind kind) {
    new BlockingPair(kind)
        .server(setup -> setup.halfOpen())
        .served(socket ->
            socket.onEvent(event -> {
              if (event instanceof TcpEof) {
                socket.write("the end was heard");
                socket.close();
              }
            }))
        .run(socket -> {
          socket.output().write(HELLO);
          socket.shutdownOutput();
          assertThatThrownBy(() -> socket.output().write(1))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("shut down");
          assertThat(socket.input().readAllBytes()).hasSize(17);
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_read_limit_leaves_the_connection_as_it_is(Kind kind) {
    new BlockingPair(kind)
        .echoing()
        .run(socket -> {
          socket.readTimeout(SHORT);
          assertThatThrownBy(() -> socket.input().read())
              .isInstanceOf(SocketTimeoutException.class)
              .hasMessageContaining("0.03 s");
          socket.readTimeout(null);
          socket.output().write(HELLO);
          assertThat(text(socket.input(), 5)).isEqualTo("hello");
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_write_limit_says_how_much_was_taken_and_nothing_is_lost(Kind kind) {
    long[] arrived = new long[1];
    BlockingPair pair = new BlockingPair(kind);
    pair.served(socket -> count(socket, arrived))
        .run(socket -> {
          byte[] much = new byte[1 << 20];
          pair.onLoop(socket.socket()::disableWriting);
          socket.writeTimeout(SHORT);
          SocketTimeoutException late =
              catchThrowableOfType(SocketTimeoutException.class, () -> socket.output().write(much));
          assertThat(late.bytesTransferred).isPositive().isLessThan(much.length);
          assertThatThrownBy(socket.output()::flush).isInstanceOf(SocketTimeoutException.class);
          pair.onLoop(() -> arrived[0] -= late.bytesTransferred);
          pair.onLoop(socket.socket()::enableWriting);
          socket.writeTimeout(null);
          socket.output().flush();
        });
    assertThat(arrived[0]).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void a_writer_in_step_with_the_loop_stays_within_the_water_marks(Kind kind) {
    int highWater = 1 << 20;
    BlockingPair pair = new BlockingPair(kind);
    pair.client(setup -> setup.waterMarks(highWater / 2, highWater))
        .served(socket -> socket.onRead((same, data) -> data.position(data.limit())))
        .run(socket -> {
          for (int round = 0; round < 20; round++) {
            pair.onLoop(socket.socket()::disableWriting);
            socket.writeTimeout(SHORT);
            assertThat(taken(socket)).isLessThanOrEqualTo(highWater + 3 * 16_384);
            pair.onLoop(socket.socket()::enableWriting);
            socket.writeTimeout(null);
            socket.output().flush();
          }
        });
  }

  /** Small pieces, so that the loop and the writer take turns, until the limit of time. */
  private static long taken(BlockingSocket<?> socket) throws IOException {
    byte[] piece = new byte[1000];
    long taken = 0;
    while (true) {
      try {
        socket.output().write(piece);
      } catch (SocketTimeoutException e) {
        return taken;
      }
      taken += piece.length;
    }
  }

  private static void count(TcpSocket server, long[] arrived) {
    server.onRead((socket, data) -> arrived[0] += data.remaining());
    server.enableReading();
  }

  @ParameterizedTest
  @EnumSource
  void an_interrupted_reader_stays_interrupted_and_the_connection_stays(Kind kind) {
    new BlockingPair(kind)
        .echoing()
        .run(socket -> {
          Waiting reader =
              BlockingPair.waiting(() -> {
                assertThatThrownBy(() -> socket.input().read())
                    .isInstanceOf(InterruptedIOException.class);
                return Thread.interrupted();
              });
          reader.thread().interrupt();
          assertThat(reader.result().join()).isEqualTo(true);
          socket.output().write(HELLO);
          assertThat(text(socket.input(), 5)).isEqualTo("hello");
        });
  }

  @ParameterizedTest
  @EnumSource
  void an_interrupted_writer_is_told_how_much_was_taken(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    long[] arrived = new long[1];
    pair.served(TcpSocket::disableReading)
        .run(socket -> {
          Waiting writer = BlockingPair.waiting(() -> write(socket, new byte[64 << 20]));
          writer.thread().interrupt();
          InterruptedIOException thrown = (InterruptedIOException) writer.thrown();
          arrived[0] = -thrown.bytesTransferred;
          pair.onLoop(() -> count(pair.server, arrived));
          socket.output().flush();
        });
    assertThat(arrived[0]).isZero();
  }

  private static Object write(BlockingSocket<?> socket, byte[] bytes) throws IOException {
    socket.output().write(bytes);
    return null;
  }

  @ParameterizedTest
  @EnumSource
  void a_second_reader_and_a_second_writer_are_refused(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.served(TcpSocket::disableReading)
        .run(socket -> {
          Waiting reader = BlockingPair.waiting(() -> socket.input().read());
          assertThatThrownBy(() -> socket.input().read())
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("another thread reads");
          Waiting writer = BlockingPair.waiting(() -> write(socket, new byte[64 << 20]));
          assertThatThrownBy(() -> socket.output().write(1))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("another thread writes");
          socket.abort();
          assertThat(reader.thrown()).hasMessageContaining("aborted");
          assertThat(writer.thrown()).hasMessageContaining("aborted");
          pair.abortServer();
        });
  }

  @ParameterizedTest
  @EnumSource
  void the_loops_own_thread_does_not_wait(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.echoing()
        .run(socket -> {
          pair.onLoop(() -> {
            InputStream in = socket.input();
            assertThatThrownBy(in::read)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("loop's own thread");
            OutputStream out = socket.output();
            assertThatThrownBy(() -> out.write(new byte[64 << 20]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("loop's own thread");
          });
          assertThat(socket.input().read()).isZero();
          pair.onLoop(() -> readWhatIsThere(socket));
        });
  }

  private static void readWhatIsThere(BlockingSocket<?> socket) {
    try {
      int there = socket.input().available();
      assertThat(there == 0 || socket.input().read() == 0).isTrue();
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void unread_bytes_go_back_to_the_callbacks_in_order_and_the_end_behind_them(Kind kind) {
    List<String> heard = new ArrayList<>();
    BlockingPair pair = new BlockingPair(kind);
    pair.client(setup ->
            setup
                .maxUnread(4)
                .onRead((s, data) -> heard.add(US_ASCII.decode(data).toString()))
                .onEvent(event -> heard.add(event.getClass().getSimpleName())))
        .served(socket -> {
          socket.write("one two three");
          socket.close();
        })
        .run(socket -> {
          assertThat(text(socket.input(), 4)).isEqualTo("one ");
          pair.onLoop(() -> assertThat(socket.callbacks()).isSameAs(socket.socket()));
          assertThatThrownBy(() -> socket.input().read())
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("callbacks");
        });
    assertThat(String.join("", heard)).isEqualTo("two threeTcpEof");
  }

  @ParameterizedTest
  @EnumSource
  void a_socket_can_change_hands_many_times(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.echoing()
        .run(first -> {
          BlockingSocket<?>[] socket = {first};
          byte[] sent = new byte[1000];
          first.output().write(sent);
          for (int i = 0; i < 100; i++) {
            assertThat(socket[0].input().readNBytes(10)).hasSize(10);
            pair.onLoop(() -> socket[0] = socket[0].callbacks().blocking());
          }
          socket[0].close();
        });
  }

  @ParameterizedTest
  @EnumSource
  void the_callbacks_are_not_replaced_meanwhile(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.echoing()
        .run(used ->
            pair.onLoop(() -> {
              TcpSocket socket = used.socket();
              for (Runnable call :
                  List.<Runnable>of(
                      () -> socket.onRead((s, data) -> {}),
                      () -> socket.onStream((s, stream) -> {}),
                      () -> socket.onEvent(event -> {}),
                      socket::blocking,
                      () -> Tcp.relay(socket, pair.server))) {
                assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("blocking streams");
              }
            }));
  }

  @ParameterizedTest
  @EnumSource(names = "PLAIN")
  void a_socket_is_wrapped_before_and_not_while_other_threads_use_it(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.served(socket -> {})
        .run(used ->
            pair.onLoop(() ->
                assertThatThrownBy(() -> Ssl.wrap(used.socket()).asClient("localhost").open())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("blocking streams")));
  }

  @ParameterizedTest
  @EnumSource(names = "SSL")
  void the_session_can_be_read_by_any_thread(Kind kind) {
    new BlockingPair(kind)
        .echoing()
        .run(used -> {
          SslSocket socket = (SslSocket) used.socket();
          assertThat(socket.session().orElseThrow().peerChain()).isNotEmpty();
        });
  }
}
