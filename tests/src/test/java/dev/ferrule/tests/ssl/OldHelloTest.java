package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Tcp;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A client of TLS 1.2 that names one suite and no extension, as old ones and scanners do. */
class OldHelloTest {
  private static final int DHE_RSA_AES_128_SHA = 0x0033;

  private static byte[] hello(int suite) {
    ByteBuffer hello = ByteBuffer.allocate(5 + 4 + 41);
    hello.put((byte) 22).putShort((short) 0x0301).putShort((short) 45);
    hello.put((byte) 1).put((byte) 0).putShort((short) 41);
    hello.putShort((short) 0x0303).put(new byte[32]).put((byte) 0);
    hello.putShort((short) 2).putShort((short) suite).put((byte) 1).put((byte) 0);
    return hello.array();
  }

  @Test
  void a_suite_that_is_not_shared_is_what_is_told_also_where_it_names_no_groups() {
    List<Event> events = new ArrayList<>();
    Loops.run(loop -> {
      var server = Ssl.server(loop, "127.0.0.1", 0).credentials(Pki.LOCAL).onEvent(events::add);
      var opened = server.open();
      Tcp.connect(loop, "127.0.0.1", opened.port())
          .data(hello(DHE_RSA_AES_128_SHA))
          .onEvent(event -> {})
          .onClose(opened::close)
          .open();
    });
    assertThat(events).hasSize(1).first().isInstanceOf(SslError.class);
    assertThat(((SslError) events.getFirst()).failure()).isEqualTo(SslFailure.NO_SHARED_CIPHER);
  }
}
