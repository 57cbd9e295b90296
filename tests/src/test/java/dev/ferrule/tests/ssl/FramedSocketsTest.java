package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.AsyncStream;
import dev.ferrule.Framing;
import dev.ferrule.MessageReader;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.FramingError;
import dev.ferrule.event.TcpEof;
import dev.ferrule.tests.ssl.BlockingPair.Kind;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages over sockets: read by callbacks, from streams and by threads. */
class FramedSocketsTest {
  private static final Framing PREFIX = Framing.lengthPrefix(4, 1 << 20);
  private static final Framing LINES = Framing.crlfLines(1000);

  private static String text(ByteBuffer message) {
    return US_ASCII.decode(message).toString();
  }

  /** Messages of every magnitude, longer than a read and than what may wait unread. */
  private static List<byte[]> messages(long seed) {
    Random random = new Random(seed);
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] message = new byte[random.nextInt(1 << random.nextInt(i % 20 == 0 ? 21 : 12))];
      random.nextBytes(message);
      all.add(message);
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource
  void messages_come_back_one_by_one_through_callbacks_and_threads(Kind kind) {
    long seed = System.nanoTime();
    new BlockingPair(kind)
        .server(setup -> setup.onRead(PREFIX.messages((s, message) -> PREFIX.write(s, message))))
        .run(socket -> {
          MessageReader reader = PREFIX.reader();
          for (byte[] message : messages(seed)) {
            PREFIX.write(socket.output(), ByteBuffer.wrap(message));
            ByteBuffer answer = reader.read(socket.input());
            assertThat(answer).as("seed %d", seed).isEqualTo(ByteBuffer.wrap(message));
          }
          socket.shutdownOutput();
          assertThat(reader.read(socket.input())).isNull();
        });
  }

  @ParameterizedTest
  @EnumSource
  void messages_of_a_stream_may_be_longer_than_what_may_wait_in_it(Kind kind) {
    long seed = System.nanoTime();
    BlockingPair pair =
        new BlockingPair(kind)
            .server(setup -> setup.maxUnread(1000))
            .served(FramedSocketsTest::echoByStream);
    pair.run(socket -> {
      MessageReader reader = PREFIX.reader();
      for (byte[] message : messages(seed)) {
        PREFIX.write(socket.output(), ByteBuffer.wrap(message));
        ByteBuffer answer = reader.read(socket.input());
        assertThat(answer).as("seed %d", seed).isEqualTo(ByteBuffer.wrap(message));
      }
    });
    assertThat(pair.serverEvents).allMatch(TcpEof.class::isInstance);
  }

  private static void echoByStream(TcpSocket socket) {
    MessageReader reader = PREFIX.reader();
    socket.onStream((s, stream) -> {
      for (ByteBuffer message; (message = reader.next(stream)) != null; ) {
        PREFIX.write(stream, message);
      }
    });
  }

  @ParameterizedTest
  @EnumSource
  void lines_are_read_with_either_end_from_callbacks_streams_and_threads(Kind kind) {
    MessageReader[] server = {LINES.reader()};
    new BlockingPair(kind)
        .served(socket ->
            socket.onRead(
                LINES.messages((s, line) -> {
                  LINES.write(s, line);
                  s.onStream((t, stream) -> answer(server[0], stream));
                })))
        .run(socket -> {
          socket.output().write("one\ntwo\r\n\nfo".getBytes(US_ASCII));
          socket.output().write("ur\r\n".getBytes(US_ASCII));
          MessageReader reader = LINES.reader();
          List<String> got = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            got.add(text(reader.read(socket.input())));
          }
          assertThat(got).containsExactly("one", "two", "", "four");
        });
  }

  private static void answer(MessageReader reader, AsyncStream stream) {
    for (ByteBuffer line; (line = reader.next(stream)) != null; ) {
      LINES.write(stream, line);
    }
  }

  /** What the peer sends, read by PREFIX or LINES, and the kind of error. */
  @ParameterizedTest
  @CsvSource({
    "PLAIN, callback, 00100001, TOO_LONG",
    "SSL, callback, 00100001, TOO_LONG",
    "SSL, stream, 00100001, TOO_LONG",
    "PLAIN, callback, ffffffff, NEGATIVE",
    "SSL, stream, 80000000, NEGATIVE",
    "PLAIN, callback, 00000005aabb, INCOMPLETE",
    "SSL, callback, 00000005aabb, INCOMPLETE",
    "SSL, stream, 00000005aabb, INCOMPLETE",
    "PLAIN, stream, 0000, INCOMPLETE",
  })
  void what_is_no_message_fails_the_socket(
      Kind kind, String way, String sent, FramingError.Kind wrong) {
    BlockingPair pair = new BlockingPair(kind);
    int[] messages = new int[1];
    boolean streams = way.equals("stream");
    pair.served(socket -> read(socket, streams, messages))
        .run(socket -> {
          endsSomehow(() -> {
            for (byte one : HexFormat.of().parseHex("00000001aa" + sent)) {
              socket.output().write(one);
              socket.output().flush(); // so that most come one by one
            }
            socket.shutdownOutput();
            return socket.input().read();
          });
        });
    assertThat(messages[0]).isEqualTo(1);
    assertThat(pair.serverEvents).singleElement().isInstanceOf(FramingError.class);
    FramingError error = (FramingError) pair.serverEvents.getFirst();
    assertThat(error.kind()).isEqualTo(wrong);
    assertThat(error.socket()).isSameAs(pair.server);
  }

  private static void read(TcpSocket socket, boolean streams, int[] messages) {
    if (!streams) {
      socket.onRead(PREFIX.messages((s, message) -> messages[0]++));
      return;
    }
    MessageReader reader = PREFIX.reader();
    socket.onStream((s, stream) -> {
      while (reader.next(stream) != null) {
        messages[0]++;
      }
    });
  }

  /** The server cuts the connection, whichever call of the client that meets. */
  private static void endsSomehow(Callable<Integer> calls) throws Exception {
    try {
      assertThat(calls.call()).isEqualTo(-1);
    } catch (IOException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_end_in_the_middle_is_an_error_to_a_thread(Kind kind) {
    new BlockingPair(kind)
        .served(socket -> {
          socket.write("whole\nhalf");
          socket.close();
        })
        .run(socket -> {
          MessageReader reader = LINES.reader();
          assertThat(text(reader.read(socket.input()))).isEqualTo("whole");
          assertThatThrownBy(() -> reader.read(socket.input()))
              .isInstanceOf(IOException.class)
              .hasCauseInstanceOf(FramingError.class);
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_pause_or_another_reader_takes_effect_behind_the_message(Kind kind) {
    List<String> heard = new ArrayList<>();
    BlockingPair pair = new BlockingPair(kind);
    pair.served(socket ->
            socket.onRead(
                LINES.messages((s, line) -> {
                  String text = text(line);
                  heard.add(text);
                  if (text.equals("pause")) {
                    s.disableReading();
                    s.loop().execute(s::enableReading);
                    s.loop().execute(() -> heard.add("resumed"));
                  } else if (text.equals("binary")) {
                    s.onRead((t, data) -> heard.add("raw " + text(data)));
                  }
                })))
        .run(socket -> {
          socket.output().write("one\npause\ntwo\nbinary\na\nb".getBytes(US_ASCII));
          socket.shutdownOutput();
          assertThat(socket.input().read()).isEqualTo(-1);
        });
    assertThat(heard).containsExactly("one", "pause", "resumed", "two", "binary", "raw a\nb");
  }

  @ParameterizedTest
  @EnumSource
  void the_beginning_of_a_message_goes_to_the_next_reader(Kind kind) {
    List<String> heard = new ArrayList<>();
    BlockingPair pair = new BlockingPair(kind);
    pair.served(socket -> socket.onRead(LINES.messages((s, line) -> heard.add(text(line)))))
        .run(socket -> {
          socket.output().write("one\nhal".getBytes(US_ASCII));
          dev.ferrule.testkit.Loops.eventually(() -> !heard.isEmpty());
          pair.onLoop(() -> pair.server.onRead((s, data) -> heard.add("raw " + text(data))));
          socket.output().write("f".getBytes(US_ASCII));
          socket.shutdownOutput();
          assertThat(socket.input().read()).isEqualTo(-1);
        });
    assertThat(String.join("", heard).replace("raw ", "")).isEqualTo("onehalf");
  }

  @ParameterizedTest
  @EnumSource
  void a_callback_that_throws_loses_no_message_but_its_own(Kind kind) {
    List<String> heard = new ArrayList<>();
    BlockingPair pair = new BlockingPair(kind);
    pair.loop(dev.ferrule.EventLoop.setup().catchCallbackErrors())
        .served(socket ->
            socket.onRead(
                LINES.messages((s, line) -> {
                  heard.add(text(line));
                  if (heard.size() % 2 == 0) {
                    throw new IllegalStateException("a mistake");
                  }
                })))
        .run(socket -> {
          socket.output().write("a\nb\nc\nd\ne\nf\n".getBytes(US_ASCII));
          socket.shutdownOutput();
          assertThat(socket.input().read()).isEqualTo(-1);
        });
    assertThat(heard).isEqualTo(Arrays.asList("a", "b", "c", "d", "e", "f"));
  }

  /** Where a message was collected, with its prefix in front. */
  private static WeakReference<byte[]> memory(ByteBuffer message) {
    assertThat(message.arrayOffset()).isEqualTo(4);
    return new WeakReference<>(message.array());
  }

  @ParameterizedTest
  @EnumSource
  void a_connection_between_messages_does_not_keep_the_memory_of_a_long_one(Kind kind) {
    AtomicReference<WeakReference<byte[]>> memory = new AtomicReference<>();
    new BlockingPair(kind)
        .served(socket ->
            socket.onRead(
                PREFIX.messages((s, message) -> {
                  memory.set(memory(message));
                  PREFIX.write(s, ByteBuffer.allocate(1));
                })))
        .run(socket -> {
          PREFIX.write(socket.output(), ByteBuffer.allocate(1 << 20));
          assertThat(PREFIX.reader().read(socket.input()).remaining()).isEqualTo(1);
          dev.ferrule.testkit.Loops.eventually(() -> {
            System.gc();
            return memory.get().refersTo(null);
          });
        });
  }
}
