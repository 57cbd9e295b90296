package dev.ferrule.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("interop")
class RedisTest {
  @TempDir private Path folder;

  @Test
  void redis_through_one_tunnel_and_through_two() throws Exception {
    String server = Program.installed("redis-server");
    String benchmark = Program.installed("redis-benchmark");
    String cli = Program.installed("redis-cli");
    try (Site site = new Site(folder)) {
      int port = Program.freePort();
      site.serve(
          port,
          server,
          "--bind",
          "127.0.0.1",
          "--port",
          "" + port,
          "--save",
          "",
          "--dir",
          "" + folder);
      int ssl = site.serverTunnel(port);
      int plain = site.clientTunnel(ssl);
      String said =
          site.run(
              benchmark,
              "-p",
              "" + plain,
              "-n",
              "20000",
              "-c",
              "20",
              "-t",
              "set,get",
              "-q",
              "-d",
              "500");
      assertThat(said).contains("SET: ", "GET: ").doesNotContainIgnoringCase("error");
      String pong = site.run(cli, "-p", "" + ssl, "--tls", "--cacert", site.ca(), "ping");
      assertThat(pong).isEqualTo("PONG\n");
      Site.done(
          "Redis: redis-benchmark 20,000 SET and 20,000 GET through two tunnels; redis-cli --tls");
    }
  }
}
