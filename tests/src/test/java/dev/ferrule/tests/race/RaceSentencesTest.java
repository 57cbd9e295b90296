package dev.ferrule.tests.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Tcp;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpConnectError;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.race.Fate.End;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said of a host none of whose addresses can be connected to. */
@Tag("once")
class RaceSentencesTest {
  private final Map<SocketAddress, Fate> fates = new HashMap<>();
  private final List<InetAddress> resolved = new ArrayList<>();

  private void address(String text, End end) {
    InetAddress address = InetAddress.ofLiteral(text);
    Fate fate = new Fate(end, Duration.ofMillis(5), End.SILENT, Duration.ofMillis(5));
    resolved.add(address);
    fates.put(new InetSocketAddress(address, 443), fate);
  }

  private Event connect() {
    List<Event> events = new ArrayList<>();
    Loops.run(
        new ScriptedNetwork(fates).setup().resolver(host -> resolved),
        loop -> Tcp.connect(loop, "many.example", 443).onEvent(events::add).open());
    assertThat(events).hasSize(1);
    return events.getFirst();
  }

  @Test
  void several_silent_addresses_are_one_timeout_that_names_them() {
    address("192.0.2.1", End.SILENT);
    address("2001:db8::1", End.FAILED);
    Event event = connect();
    assertThat(event).isInstanceOf(TcpTimeout.class);
    assertThat(event.message())
        .isEqualTo(
            "no connection within 30.0 s (host down, or packets dropped): [2001:db8:0:0:0:0:0:1]"
                + ":443: refused; 192.0.2.1:443: no answer");
  }

  @Test
  void addresses_that_fail_in_the_same_way_are_that_failure() {
    address("192.0.2.1", End.FAILED);
    address("192.0.2.2", End.FAILED);
    Event event = connect();
    assertThat(event).isInstanceOf(TcpRefused.class);
    assertThat(event.message()).startsWith("many.example:443 (2 addresses) refused");
  }

  @Test
  void addresses_that_fail_in_several_ways_are_each_named_up_to_eight() {
    for (int i = 1; i <= 30; i++) {
      address("192.0.2." + i, i % 2 == 0 ? End.FAILED : End.AT_ONCE);
    }
    TcpConnectError error = (TcpConnectError) connect();
    assertThat(error.errors()).hasSize(30);
    assertThat(error.code()).isEqualTo("ECONNECT");
    assertThat(error.message())
        .startsWith(
            "no address of many.example:443 could be connected to: 192.0.2.1:443: no route;"
                + " 192.0.2.2:443: refused; ")
        .endsWith("; and 22 more")
        .hasSizeLessThan(500);
  }
}
