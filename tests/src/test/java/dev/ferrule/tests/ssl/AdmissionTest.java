package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.Tcp;
import dev.ferrule.event.Event;
import dev.ferrule.event.Notice;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslAdmission;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Bounds on handshakes, from outside; their rules have a test of their own. */
class AdmissionTest {
  private final List<Event> served = new ArrayList<>();
  private int secured;
  private int refused;
  private int ended;

  @Test
  void clients_wait_for_a_place_and_all_are_served() {
    SslAdmission admission = SslAdmission.limits().handshakes(1).build();
    run(admission, 20);
    assertThat(secured).isEqualTo(20);
    assertThat(served).noneMatch(event -> event instanceof SslError || event instanceof Notice);
    SslAdmission.Stats stats = admission.stats();
    assertThat(stats.admitted()).isEqualTo(20);
    assertThat(stats.delayed()).isPositive();
    assertThat(stats.refused() + stats.inFlight() + stats.waiting()).isZero();
  }

  @Test
  void clients_without_a_place_are_refused_before_their_handshake() {
    SslAdmission admission = SslAdmission.limits().handshakes(1).queue(0).build();
    run(admission, 20);
    assertThat(secured).isPositive();
    assertThat(refused).isPositive();
    assertThat(secured + refused).isEqualTo(20);
    assertThat(admission.stats().refused()).isEqualTo(refused);
    assertThat(served.stream().filter(Notice.class::isInstance)).hasSize(1);
    assertThat(served.stream().filter(SslError.class::isInstance)).hasSize(refused);
  }

  @Test
  void an_address_over_its_budget_is_refused() {
    SslAdmission admission = SslAdmission.limits().perAddress(3, Duration.ofHours(1)).build();
    run(admission, 10);
    assertThat(secured).isEqualTo(3);
    assertThat(refused).isEqualTo(7);
    assertThat(admission.stats().overBudget()).isEqualTo(7);
  }

  /** It lets three begin, and counts what is given back. */
  private static final class Three implements SslAdmission.AddressLimit {
    private final Set<Long> addresses = new HashSet<>();
    private int asked;
    private int givenBack;

    @Override
    public synchronized boolean takeFull(long address) {
      addresses.add(address);
      return ++asked <= 3;
    }

    @Override
    public synchronized boolean takeResuming(long address) {
      return takeFull(address);
    }

    @Override
    public synchronized void giveBack(long address) {
      givenBack++;
    }
  }

  @Test
  void a_limit_of_others_is_asked_about_each_address() {
    Three limit = new Three();
    SslAdmission admission = SslAdmission.limits().perAddress(limit).build();
    run(admission, 10);
    assertThat(secured).isEqualTo(3);
    assertThat(refused).isEqualTo(7);
    assertThat(limit.asked).isEqualTo(10);
    assertThat(limit.givenBack).isZero();
    assertThat(limit.addresses).hasSize(1);
    assertThat(admission.stats().overBudget()).isEqualTo(7);
  }

  @Test
  void a_client_that_waits_is_served_although_the_slow_one_does_nothing() {
    SslAdmission admission = SslAdmission.limits().handshakes(1).build();
    byte[] hello = RawHello.usual().records(16_000);
    Loops.run(loop -> {
      var server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .admission(admission)
              .handshakeTimeout(Duration.ofMinutes(5))
              .onEvent(served::add)
              .open();
      Tcp.connect(loop, "127.0.0.1", server.port())
          .data(hello)
          .onRead((stalled, data) -> { // it has a place, and leaves the server's flight unanswered
            data.position(data.limit());
            if (ended++ == 0) {
              Ssl.connect(loop, "127.0.0.1", server.port())
                  .trust(Pki.TRUST)
                  .onSecure((socket, session) -> {
                    secured++;
                    socket.close();
                    stalled.abort();
                    server.close();
                  })
                  .open();
            }
          })
          .open();
    });
    assertThat(secured).isEqualTo(1);
    assertThat(admission.stats().delayed()).isEqualTo(1);
  }

  @Test
  void bounds_that_bound_nothing_are_refused() {
    assertThatThrownBy(() -> SslAdmission.limits().build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("without bounds");
    assertThatThrownBy(() -> SslAdmission.limits().handshakes(0))
        .isInstanceOf(SslConfigException.class);
    assertThatThrownBy(() -> SslAdmission.limits().perAddress(1, Duration.ZERO))
        .isInstanceOf(SslConfigException.class);
    assertThatThrownBy(() -> SslAdmission.limits().queue(-1))
        .isInstanceOf(SslConfigException.class);
  }

  /** So many clients at once. */
  private void run(SslAdmission admission, int clients) {
    SslContext trusting = SslContext.client().trust(Pki.TRUST).build();
    Loops.run(loop -> {
      var server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .admission(admission)
              .onEvent(served::add)
              .open();
      for (int i = 0; i < clients; i++) {
        Ssl.connect(loop, "127.0.0.1", server.port())
            .context(trusting)
            .onSecure((socket, session) -> secured++)
            .data("hello")
            .onConnect(socket -> {})
            .onEvent(event -> {
              if (event instanceof SslError error) {
                assertThat(error.alert()).hasValue("internal_error");
                refused++;
              }
            })
            .onWrite((SslSocket.Callback) SslSocket::close)
            .onClose(() -> {
              if (++ended == clients) {
                server.close();
              }
            })
            .open();
      }
    });
  }
}
