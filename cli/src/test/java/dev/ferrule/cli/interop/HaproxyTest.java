package dev.ferrule.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Ports;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("interop")
class HaproxyTest {
  @TempDir private Path folder;

  private static void serve(Site site, String haproxy, int port, String section) throws Exception {
    String defaults =
        """
        defaults
          timeout connect 5s
          timeout client 20s
          timeout server 20s
        """;
    site.serve(port, haproxy, "-db", "-f", site.write(port + ".cfg", defaults + section));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void the_clients_address_goes_from_haproxy_through_the_tunnel_to_haproxy(String version)
      throws Exception {
    String haproxy = Program.installed("haproxy");
    String curl = Program.installed("curl");
    try (Site site = new Site(folder)) {
      int behind = Ports.free();
      serve(
          site,
          haproxy,
          behind,
          """
          frontend behind
            mode http
            bind 127.0.0.1:%d accept-proxy
            http-request return status 200 content-type text/plain lf-string "%%[src_port] "
          """
              .formatted(behind));
      int tunnel = site.serverTunnel(behind, "--proxied-by=127.0.0.1", "--send-proxy", version);
      int before = Ports.free();
      serve(
          site,
          haproxy,
          before,
          """
          listen before
            mode tcp
            bind 127.0.0.1:%d
            server tunnel 127.0.0.1:%d send-proxy-v2
          """
              .formatted(before, tunnel));
      String said =
          site.run(
              curl,
              "-sS",
              "--cacert",
              site.ca(),
              "-w",
              "%{local_port}",
              "https://127.0.0.1:" + before);
      String[] ports = said.split(" ", -1);
      assertThat(ports).hasSize(2);
      assertThat(ports[0]).isEqualTo(ports[1]);
      Site.done(
          "HAProxy: PROXY 2 to the tunnel and PROXY " + version + " behind it, the same client");
    }
  }
}
