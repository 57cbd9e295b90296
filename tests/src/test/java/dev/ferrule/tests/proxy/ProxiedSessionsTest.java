package dev.ferrule.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Proxy;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSessions;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of clients that are wrapped behind a proxy. */
class ProxiedSessionsTest {
  private final List<TcpServer> servers = new ArrayList<>();
  private final List<Boolean> resumed = new ArrayList<>();
  private final SslContext client = SslContext.client().trust(Pki.TRUST).build();
  private final SslContext server = SslContext.server().credentials(Pki.LOCAL).build();

  private TcpServer open(EventLoop loop) {
    TcpServer opened =
        Ssl.server(loop, "127.0.0.1", 0).context(server).onRead(TcpSocket::write).open();
    servers.add(opened);
    return opened;
  }

  private void visit(EventLoop loop, Proxy proxy, int port, Runnable next) {
    Tcp.connect(loop, "localhost", port)
        .through(proxy)
        .onConnect(socket ->
            Ssl.wrap(socket)
                .asClient("localhost")
                .context(client)
                .onSecure((s, session) -> {
                  resumed.add(session.resumed());
                  s.write("x"); // the answer comes behind the tickets
                })
                .onRead((s, data) -> s.close())
                .onClose(next)
                .open())
        .open();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_session_is_offered_to_the_port_behind_the_proxy_and_to_no_other(boolean secure) {
    Loops.run(loop -> {
      TestProxy proxy = secure ? TestProxy.secure(loop, Pki.LOCAL) : TestProxy.open(loop);
      Proxy plain = Proxy.http("127.0.0.1", proxy.port());
      Proxy through = secure ? Ssl.proxy(plain, client) : plain;
      int one = open(loop).port();
      int two = open(loop).port();
      visit(
          loop,
          through,
          one,
          () ->
              visit(
                  loop,
                  through,
                  two,
                  () ->
                      visit(
                          loop,
                          through,
                          one,
                          () -> {
                            servers.forEach(TcpServer::close);
                            proxy.close();
                          })));
      loop.onExit(() ->
          assertThat(client.sessions().entries())
              .extracting(SslSessions.Entry::port)
              .contains(one, two));
    });
    assertThat(resumed).containsExactly(false, false, true);
  }
}
