package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.testkit.contract.WirePair;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When the native memory of a connection goes whose records are Java's. */
@Tag("once")
class HandedOverTest {
  private final long before = NativeContext.live();

  private static SslSettings java(SslSettings base) {
    return new SslSettings(
        base.server(),
        base.credentials(),
        base.trust(),
        base.verify(),
        base.clientAuth(),
        base.protocols(),
        base.ciphers(),
        base.options(),
        base.alpn(),
        RecordLayer.JAVA);
  }

  private static WirePair pair(SslSettings client, SslSettings server) throws IOException {
    return Handshaken.pair(Handshaken.boringssl(java(client)), Handshaken.boringssl(java(server)));
  }

  private static WirePair withoutTickets() throws IOException {
    return pair(
        Handshaken.settings(false),
        Handshaken.with(Handshaken.settings(true), SslOption.NO_TICKET));
  }

  private long held() {
    return NativeContext.live() - before;
  }

  private static void inJava(WirePair pair) {
    assertThat(((SslWire) pair.client().wire()).session().records()).isEqualTo(RecordLayer.JAVA);
    assertThat(((SslWire) pair.server().wire()).session().records()).isEqualTo(RecordLayer.JAVA);
  }

  @Test
  void a_server_holds_nothing_and_a_client_nothing_when_its_tickets_have_come() throws Exception {
    try (WirePair pair = pair(Handshaken.settings(false), Handshaken.settings(true))) {
      pair.pump();
      inJava(pair);
      assertThat(held()).isZero();
    }
    assertThat(held()).isZero();
  }

  @Test
  void a_client_that_wants_no_tickets_waits_for_none() throws Exception {
    SslSettings client = Handshaken.with(Handshaken.settings(false), SslOption.NO_TICKET);
    try (WirePair pair = pair(client, Handshaken.settings(true))) {
      while (!pair.client().isSecured()) {
        pair.client().step();
        if (!pair.client().isSecured()) {
          pair.server().step();
        }
      }
      assertThat(held()).isOne(); // the server's, which has not heard the end of the handshake
      pair.pump();
      inJava(pair);
      assertThat(held()).isZero();
    }
  }

  @Test
  void a_client_without_tickets_holds_its_memory_until_data_come() throws Exception {
    try (WirePair pair = withoutTickets()) {
      pair.pump();
      inJava(pair);
      assertThat(held()).isOne();
      pair.server().send(new byte[] {1});
      pair.pump();
      assertThat(pair.client().received()).containsExactly(1);
      assertThat(held()).isZero();
    }
    assertThat(held()).isZero();
  }

  @Test
  void a_client_that_gets_neither_tickets_nor_data_gives_it_back_when_it_ends() throws Exception {
    try (WirePair pair = withoutTickets()) {
      pair.pump();
      assertThat(held()).isOne();
      pair.client().close();
      pair.server().close();
      pair.pump();
      assertThat(pair.client().isEnded()).isTrue();
    }
    assertThat(held()).isZero();
  }

  @Test
  void a_client_that_ends_before_its_tickets_come_gives_it_back() throws Exception {
    try (WirePair pair = pair(Handshaken.settings(false), Handshaken.settings(true))) {
      while (!pair.client().isSecured()) {
        pair.client().step();
        if (!pair.client().isSecured()) {
          pair.server().step();
        }
      }
      assertThat(held()).isEqualTo(2);
      pair.client().release();
      assertThat(held()).isOne();
    }
    assertThat(held()).isZero();
  }
}
