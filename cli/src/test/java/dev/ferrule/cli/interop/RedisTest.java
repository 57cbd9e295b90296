package dev.ferrule.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.testkit.Ports;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("interop")
class RedisTest {
  @TempDir private Path folder;

  private int redis(Site site) throws Exception {
    String server = Program.installed("redis-server");
    String port = "" + Ports.free();
    String dir = folder.toString();
    site.serve(
        Integer.parseInt(port),
        server,
        "--bind",
        "127.0.0.1",
        "--port",
        port,
        "--save",
        "",
        "--dir",
        dir);
    return Integer.parseInt(port);
  }

  @Test
  void redis_benchmark_through_two_tunnels() throws Exception {
    String benchmark = Program.installed("redis-benchmark");
    try (Site site = new Site(folder)) {
      String port = "" + site.clientTunnel(site.serverTunnel(redis(site)));
      String said =
          site.run(benchmark, "-p", port, "-n", "20000", "-c", "20", "-t", "set,get", "-q");
      assertThat(said).contains("SET: ", "GET: ").doesNotContainIgnoringCase("error");
      Site.done("Redis: redis-benchmark 20,000 SET and 20,000 GET through two tunnels, 0 errors");
    }
  }

  @Test
  void redis_cli_verifies_the_tunnel() throws Exception {
    String cli = Program.installed("redis-cli");
    try (Site site = new Site(folder)) {
      String options = site.run("sh", "-c", cli + " --help 2>&1 || true");
      assumeTrue(options.contains("--tls"), "redis-cli was built without TLS");
      String port = "" + site.serverTunnel(redis(site));
      String pong = site.run(cli, "-p", port, "--tls", "--cacert", site.ca(), "ping");
      assertThat(pong).isEqualTo("PONG\n");
      Site.done("Redis: redis-cli --tls verified the tunnel and was answered");
    }
  }
}
