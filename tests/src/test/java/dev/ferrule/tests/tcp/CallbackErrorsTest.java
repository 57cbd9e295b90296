package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.CallbackError;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a callback of the program throws: caught and told, or out of the loop. */
class CallbackErrorsTest {
  private final List<String> log = new ArrayList<>();

  private static void fail(String why) {
    throw new IllegalArgumentException(why);
  }

  private void note(Event event) {
    log.add(event instanceof CallbackError e ? e.getCause().getMessage() : event.message());
  }

  @Test
  void caught_errors_of_every_callback_are_told_and_the_connection_lives_on() {
    Loops.run(
        EventLoop.setup().catchCallbackErrors(),
        loop -> {
          TcpServer server = Loopback.echo(loop);
          Loopback.client(loop, server)
              .onConnect(s -> {
                s.write("x", done -> fail("in done"));
                fail("in connect");
              })
              .onWrite(s -> fail("in write"))
              .onRead((s, data) -> {
                s.close();
                fail("in read");
              })
              .onEvent(this::note)
              .onClose(() -> {
                server.close();
                fail("in close");
              })
              .open();
        });
    assertThat(log).containsExactly("in connect", "in done", "in write", "in read", "in close");
  }

  @Test
  void what_was_written_before_the_error_goes_out_when_errors_are_caught() {
    Loopback.Text got = new Loopback.Text();
    Loops.run(
        EventLoop.setup().catchCallbackErrors(),
        loop -> {
          TcpServer server = Loopback.server(loop).onRead(got).onEvent(e -> {}).open();
          Loopback.client(loop, server)
              .onConnect(s -> {
                s.write("before");
                s.close();
                fail("after");
              })
              .onEvent(this::note)
              .open();
        });
    assertThat(got).hasToString("before");
    assertThat(log).containsExactly("after");
  }

  @Test
  void an_error_in_the_event_callback_goes_to_the_default_handler() {
    Loops.run(
        EventLoop.setup().catchCallbackErrors().defaultEventHandler(this::note),
        loop ->
            Tcp.connect(loop, "127.0.0.1", Ports.refusing()).onEvent(e -> fail("in event")).open());
    assertThat(log).containsExactly("in event");
  }

  @Test
  void errors_of_timers_and_executed_actions_go_to_the_default_handler() {
    Loops.run(
        EventLoop.setup().catchCallbackErrors().defaultEventHandler(this::note),
        loop -> {
          loop.delay(Duration.ZERO, () -> fail("in delay"));
          loop.execute(() -> fail("in execute"));
          loop.onExit(() -> fail("in exit"));
          fail("in main");
        });
    assertThat(log).containsExactly("in main", "in execute", "in delay", "in exit");
  }

  @Test
  void an_error_when_an_answer_is_handed_over_goes_to_who_asked() {
    Loops.run(
        EventLoop.setup().catchCallbackErrors(),
        loop -> loop.resolve("127.0.0.1", found -> fail("in found"), this::note));
    assertThat(log).containsExactly("in found");
  }

  @Test
  void errors_that_are_not_caught_leave_the_loop_as_they_are() {
    assertThatThrownBy(() ->
            Loops.runUntilExit(
                EventLoop.setup(),
                loop -> {
                  TcpServer server = Loopback.echo(loop);
                  Loopback.client(loop, server)
                      .data("x")
                      .onRead((s, data) -> fail("in read"))
                      .onEvent(this::note)
                      .open();
                }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("in read");
    assertThat(log).isEmpty();
  }

  @Test
  void without_any_event_callback_an_error_event_leaves_the_loop() {
    assertThatThrownBy(() ->
            Loops.runUntilExit(
                EventLoop.setup(), loop -> Tcp.connect(loop, "127.0.0.1", Ports.refusing()).open()))
        .isInstanceOf(TcpRefused.class);
  }
}
