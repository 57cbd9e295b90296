package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Resolver;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.DnsError;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class DnsTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress ALSO_HERE = InetAddress.ofLiteral("127.0.0.2");
  private static final Resolver NOBODY =
      host -> {
        throw new UnknownHostException(host);
      };

  private final List<String> log = new ArrayList<>();

  @Test
  void the_next_address_is_tried_when_one_refuses() {
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(ALSO_HERE, ALSO_HERE, HERE)),
        loop -> {
          TcpServer server = Loopback.sink(loop);
          Tcp.connect(loop, "many.example", server.port())
              .onConnect(socket -> {
                log.add(String.valueOf(socket.remoteAddress()));
                socket.close();
              })
              .onClose(server::close)
              .open();
        });
    assertThat(log).singleElement().asString().startsWith("/127.0.0.1:");
  }

  @Test
  void when_all_addresses_refuse_one_error_says_how_many() {
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(ALSO_HERE, HERE)),
        loop ->
            Tcp.connect(loop, "many.example", Ports.refusing())
                .onEvent(event -> log.add(event.message()))
                .open());
    assertThat(log).singleElement().asString().contains("many.example").contains("2 addresses");
  }

  @Test
  void a_name_that_nobody_knows_is_a_dns_error_and_the_socket_is_closed() {
    Loops.run(
        EventLoop.setup().resolver(NOBODY),
        loop -> {
          var socket = new TcpSocket[1];
          socket[0] =
              Tcp.connect(loop, "nobody.example", 80)
                  .onEvent(event -> {
                    assertThat(event).isInstanceOf(DnsError.class);
                    assertThat(((DnsError) event).host()).isEqualTo("nobody.example");
                    assertThat(socket[0].isClosed()).isTrue();
                    log.add(event.message());
                  })
                  .open();
        });
    assertThat(log).hasSize(1);
  }

  @Test
  void a_resolver_that_breaks_in_any_way_is_a_dns_error() {
    Loops.run(
        EventLoop.setup()
            .resolver(host -> {
              throw new StackOverflowError();
            }),
        loop -> loop.resolve("a.example", found -> log.add("found"), e -> log.add("failed")));
    Loops.run(
        EventLoop.setup().resolver(host -> List.of()),
        loop -> loop.resolve("a.example", found -> log.add("found"), e -> log.add("failed")));
    assertThat(log).containsExactly("failed", "failed");
  }

  /** Loops whose names are looked up by threads that refuse all work. */
  private static LoopSetup refusing() {
    LoopSettings settings = new LoopSettings();
    settings.lookups =
        work -> {
          throw new RejectedExecutionException("full");
        };
    return new LoopSetup(settings);
  }

  @Test
  void a_lookup_that_no_thread_takes_ends_the_connect_with_an_error_and_the_loop() {
    Loops.run(
        refusing(),
        loop -> {
          Tcp.connect(loop, "a.example", 80)
              .onEvent(event -> {
                assertThat(event).isInstanceOf(DnsError.class);
                log.add("failed");
              })
              .onClose(() -> log.add("closed"))
              .open();
          log.add("opened");
        });
    assertThat(log).containsExactly("opened", "failed", "closed");
  }

  @Test
  void a_lookup_that_no_thread_takes_is_a_dns_error_after_the_call() {
    Loops.run(
        refusing(),
        loop -> {
          loop.resolve("a.example", found -> log.add("found"), e -> log.add("failed"));
          log.add("asked");
        });
    assertThat(log).containsExactly("asked", "failed");
  }

  @Test
  void a_socket_that_is_closed_before_the_refusal_is_told_hears_nothing_of_it() {
    Loops.run(
        refusing(),
        loop ->
            Tcp.connect(loop, "a.example", 80)
                .onEvent(event -> log.add(event.message()))
                .onClose(() -> log.add("closed"))
                .open()
                .close());
    assertThat(log).containsExactly("closed");
  }

  @Test
  void a_resolver_whose_own_threads_refuse_ends_the_connect_with_an_error() {
    Resolver full =
        host -> {
          throw new RejectedExecutionException("full");
        };
    Loops.run(
        EventLoop.setup().resolver(full),
        loop ->
            Tcp.connect(loop, "a.example", 80).onEvent(event -> log.add(event.message())).open());
    assertThat(log).singleElement().asString().contains("a.example");
  }

  @Test
  void an_address_is_answered_as_it_is_without_asking() {
    Loops.run(
        EventLoop.setup().resolver(NOBODY),
        loop -> {
          loop.resolve("127.0.0.1", found -> log.add(found.toString()), e -> log.add("failed"));
          loop.resolve("::1", found -> log.add(found.toString()), e -> log.add("failed"));
          assertThat(log).as("never before the call returns").isEmpty();
        });
    assertThat(log).containsExactly("[/127.0.0.1]", "[/0:0:0:0:0:0:0:1]");
  }

  @Test
  void a_resolver_that_hangs_blocks_nobody_and_a_close_cancels_it() {
    CountDownLatch answer = new CountDownLatch(1);
    Loops.run(
        EventLoop.setup().resolver(host -> after(answer)),
        loop -> {
          var socket =
              Tcp.connect(loop, "slow.example", 80).onClose(() -> log.add("closed")).open();
          loop.delay(Duration.ofMillis(5), () -> log.add("lives"));
          loop.delay(Duration.ofMillis(10), socket::close);
        });
    answer.countDown();
    assertThat(log).containsExactly("lives", "closed");
  }

  private static List<InetAddress> after(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.of(HERE);
  }

  @Test
  void a_lookup_counts_in_the_stats_while_it_runs() {
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(HERE)),
        loop -> {
          loop.resolve("a.example", found -> log.add(loop.stats().dnsQueries() + ""), e -> {});
          log.add(loop.stats().dnsQueries() + "");
        });
    assertThat(log).containsExactly("1", "0");
  }

  @Test
  void an_empty_host_is_refused_at_once() {
    Loops.run(loop ->
        assertThatThrownBy(() -> Tcp.connect(loop, " ", 80))
            .isInstanceOf(IllegalArgumentException.class));
  }
}
