package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.SslError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the callbacks of one side heard. Belongs to the loop's thread. */
final class Heard {
  final List<Event> events = new ArrayList<>();
  final List<String> order = new ArrayList<>();
  final StringBuilder text = new StringBuilder();
  int closed;

  void event(Event event) {
    events.add(event);
    order.add(event.getClass().getSimpleName());
  }

  void read(ByteBuffer data) {
    text.append(StandardCharsets.UTF_8.decode(data));
    order.add("read");
  }

  void close() {
    closed++;
    order.add("close");
  }

  /** The only thing that was heard, which is of that type; the socket was closed once. */
  <E extends Event> E only(Class<E> type) {
    assertThat(closed).as("closed; heard %s", events).isEqualTo(1);
    assertThat(events).singleElement().isInstanceOf(type);
    E event = type.cast(events.get(0));
    if (event instanceof EventError error) {
      assertThat(error.message()).isNotBlank().doesNotContain("\n").doesNotContain("null");
    }
    return event;
  }

  /** The only thing that was heard: an SSL error with these facts and words. */
  SslError ssl(SslError.Side side, SslError.Stage stage, String... words) {
    SslError error = only(SslError.class);
    assertThat(error.message()).contains(words);
    assertThat(error.side()).as(error.message()).isEqualTo(side);
    assertThat(error.stage()).as(error.message()).isEqualTo(stage);
    return error;
  }
}
