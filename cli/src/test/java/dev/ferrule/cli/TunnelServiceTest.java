package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TunnelServiceTest {
  private static boolean isRefused(Target at) {
    try (Socket socket = new Socket(at.host(), at.port())) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void a_tunnel_that_listens_on_some_loops_only_listens_on_none_and_begins_at_the_next_change()
      throws Exception {
    Target at = Target.parse(PlainTarget.nobody());
    CompletableFuture<TcpServer> hindrance = new CompletableFuture<>();
    CompletableFuture<EventLoop> second = new CompletableFuture<>();
    try (TunnelsInProcess tunnels =
        TunnelsInProcess.start(
            Map.of(),
            loop -> {
              if (loop.number() == 1) {
                hindrance.complete(Tcp.server(loop, at.host(), at.port()).open());
                second.complete(loop);
              }
            })) {
      TunnelOptions options =
          TunnelsInProcess.options("--passthrough", "--listen=" + at, "--to=127.0.0.1:1");
      tunnels.service.change(Map.of("a", options));
      tunnels.awaitLines("not-listening tunnel=a", 1);
      second.get().execute(hindrance.get()::close);
      tunnels.await("refused", () -> isRefused(at));
      assertThat(tunnels.service.all()).isEmpty();
      tunnels.service.change(Map.of("a", options));
      tunnels.awaitLines(" listening tunnel=a address=" + at, 2); // of the first loop each
      assertThat(isRefused(at)).isFalse();
    }
  }
}
