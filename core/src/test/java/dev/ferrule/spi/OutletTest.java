package dev.ferrule.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What links do not take is kept, by the output buffer itself or as a copy, and goes out first. */
class OutletTest {
  private static final int BATCH = 200_000;

  private final Buffers buffers = new Buffers();
  private final List<Taking> links = new ArrayList<>();
  private final List<Outlet> outlets = new ArrayList<>();

  /** Of one kind of memory, of the other, and of both in turn. */
  @ParameterizedTest
  @ValueSource(strings = {"HEAP", "NATIVE", "HEAP NATIVE"})
  void what_links_did_not_take_goes_out_in_its_order_whoever_needs_the_buffer_meanwhile(
      String kinds) throws IOException {
    String[] memory = kinds.split(" ", -1);
    for (int i = 0; i < 20; i++) { // more than may keep a buffer
      links.add(new Taking());
      Memory kind = Memory.valueOf(memory[i % memory.length]);
      outlets.add(new Outlet(links.get(i), buffers, kind));
    }
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < outlets.size(); i++) {
        links.get(i).room = i * 9_000; // from nothing to nearly all
        put(i, 2 * round); // flushed when the next one needs the buffer
      }
      buffers.owner().flush();
      for (int i = 0; i < outlets.size(); i++) {
        Outlet outlet = outlets.get(i);
        assertThat(outlet.clogged()).isTrue();
        assertThat(outlet.waiting()).isEqualTo(BATCH - i * 9_000);
        links.get(i).room = 50_000;
        outlet.flush();
        links.get(i).room = Integer.MAX_VALUE;
        outlet.flush();
        assertThat(outlet.isEmpty()).isTrue();
        put(i, 2 * round + 1);
        outlet.flush();
      }
    }
    for (int i = 0; i < outlets.size(); i++) {
      assertThat(outlets.get(i).sent()).isEqualTo(6L * BATCH);
      assertThat(links.get(i).taken.toByteArray()).isEqualTo(expected(i));
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_dropped_makes_room_for_others(Memory memory) throws IOException {
    for (int i = 0; i < 100; i++) {
      Taking link = new Taking();
      Outlet outlet = new Outlet(link, buffers, memory);
      links.add(link);
      outlets.add(outlet);
      put(i, 0);
      outlet.flush();
      assertThat(outlet.clogged()).isTrue();
      outlet.clear();
      assertThat(outlet.isEmpty()).isTrue();
    }
    assertThat(buffers.keepOutput(memory)).isNotNull();
  }

  private void put(int i, int block) {
    ByteBuffer room = outlets.get(i).room(BATCH);
    assertThat(room).isNotNull();
    for (int at = 0; at < BATCH; at++) {
      room.put(at(i, block * BATCH + at));
    }
  }

  private static byte[] expected(int i) {
    byte[] all = new byte[6 * BATCH];
    for (int at = 0; at < all.length; at++) {
      all[at] = at(i, at);
    }
    return all;
  }

  /** Differs with the place and with whose it is. */
  private static byte at(int i, int place) {
    int mixed = (place + 1) * 0x9E3779B1 + i * 0x85EBCA6B;
    return (byte) (mixed >>> 24);
  }

  /** A link that takes as much as it is told to. */
  private static final class Taking implements Link {
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    int room;

    @Override
    public int write(ByteBuffer source) {
      byte[] bytes = new byte[Math.min(room, source.remaining())];
      source.get(bytes);
      taken.writeBytes(bytes);
      room -= bytes.length;
      return bytes.length;
    }

    @Override
    public void attach(Ready ready) {}

    @Override
    public void interest(int ops) {}

    @Override
    public boolean finishConnect() {
      return true;
    }

    @Override
    public int read(ByteBuffer destination) {
      return 0;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {}

    @Override
    public void abort() {}

    @Override
    public void noDelay(boolean on) {}

    @Override
    public @Nullable SocketAddress localAddress() {
      return null;
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
      return null;
    }
  }
}
