package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.AsyncStream;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** cl-async's own tests of SSL, under their own names. */
class ClAsyncSslTest {
  private final StringBuilder serverData = new StringBuilder();
  private final StringBuilder clientData = new StringBuilder();
  private final List<Event> events = new ArrayList<>();
  private int requests;
  private int connects;
  private int replies;

  @Test
  void simple_tcp_ssl_client_server() {
    Loops.run(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ends.server(loop)
              .onConnect(socket -> connects++)
              .onRead((socket, data) -> {
                if (++requests == 2) {
                  server[0].close();
                }
                serverData.append(UTF_8.decode(data));
                socket.write("thxlol ");
              })
              .open();
      for (int i = 0; i < 2; i++) {
        SslSocket client =
            Ends.client(loop, server[0].port()).data("ha").onRead(this::reply).open();
        client.write("i "); // the request is split between the call and a write behind it
      }
    });
    assertThat(requests).isEqualTo(2);
    assertThat(serverData).hasToString("hai hai ");
    assertThat(connects).isEqualTo(2);
    assertThat(replies).isEqualTo(2);
    assertThat(clientData).hasToString("thxlol thxlol ");
  }

  private void reply(SslSocket socket, ByteBuffer data) {
    replies++;
    clientData.append(UTF_8.decode(data));
    socket.close();
  }

  @Test
  void tcp_ssl_connect_fail() {
    Loops.run(loop -> {
      SslSocket _ = Ends.client(loop, Ports.refusing()).data("hai").onEvent(events::add).open();
    });
    assertThat(events).singleElement().isInstanceOf(dev.ferrule.event.TcpRefused.class);
  }

  @Test
  void tcp_ssl_server_close() {
    Loops.run(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ends.server(loop)
              .onRead((socket, data) -> {
                server[0].close(); // gracefully: this connection lives on
                serverData.append(UTF_8.decode(data));
                socket.write("closing time");
              })
              .open();
      SslSocket _ = Ends.client(loop, server[0].port()).data("omg").onRead(this::reply).open();
    });
    assertThat(serverData).hasToString("omg");
    assertThat(clientData).hasToString("closing time");
  }

  @Test
  void tcp_ssl_server_stream() {
    Loops.run(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ends.server(loop)
              .onStream((socket, stream) -> {
                ByteBuffer data = ByteBuffer.allocate(1024);
                stream.read(data);
                serverData.append(UTF_8.decode(data.flip()));
                stream.write("thxlol ");
                server[0].close();
              })
              .open();
      AsyncStream _ =
          Ends.client(loop, server[0].port()).data("HELLO ").onRead(this::reply).openStream();
    });
    assertThat(serverData).hasToString("HELLO ");
    assertThat(clientData).hasToString("thxlol ");
  }

  @Test
  void wrap_in_ssl() {
    Loops.run(loop -> {
      SslServer server = Ends.server(loop).onRead(TcpSocket::write).open();
      TcpSocket _ =
          Tcp.connect(loop, "127.0.0.1", server.port())
              .onConnect(plain -> {
                SslSocket secure =
                    Ssl.wrap(plain)
                        .asClient("localhost")
                        .trust(Pki.TRUST)
                        .onRead(this::reply)
                        .onClose(server::close)
                        .open();
                secure.write("GET /");
              })
              .open();
    });
    assertThat(clientData).hasToString("GET /");
  }
}
