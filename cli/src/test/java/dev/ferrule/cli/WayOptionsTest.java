package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How {@code connect} gets to its peer, and what {@code serve} knows of its clients. */
@Timeout(60)
class WayOptionsTest {
  @TempDir Path folder;

  private static Tool.Result connect(String address, String... more) {
    String[] all = new String[more.length + 4];
    all[0] = "connect";
    all[1] = address;
    all[2] = "--insecure";
    all[3] = "--shutdown-after=0s";
    System.arraycopy(more, 0, all, 4, more.length);
    return Tool.run(all);
  }

  @Test
  void options_of_sockets_are_set_on_both_sides() throws Exception {
    String[] options = {
      "--socket-option",
      "keep-alive",
      "--socket-option",
      "send-buffer=100000",
      "--socket-option",
      "traffic-class=8",
      "--socket-option",
      "reuse-port"
    };
    try (RunningTool server = RunningTool.serve(folder, options)) {
      String address = server.address();
      Tool.Result result = connect(address, options);
      assertThat(result.status()).as(result.err()).isZero();
      result = connect(address, "--socket-option", "local-address=127.0.0.1:0");
      assertThat(result.status()).as(result.err()).isZero();
    }
  }

  @Test
  void a_client_connects_from_the_address_that_it_is_bound_to() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.plain(socket ->
            assertThat(socket.getInetAddress().getHostAddress()).isEqualTo("127.0.0.9"))) {
      connect(server.address(), "--bind", "127.0.0.9");
      server.await();
    }
  }

  @Test
  void the_race_of_addresses_may_be_decided_by_handshakes() throws Exception {
    try (RunningTool server = RunningTool.serve(folder)) {
      String port = server.address().replaceFirst(".*:", "");
      Tool.Result result = connect("localhost:" + port, "--happy-eyeballs", "handshake");
      assertThat(result.status()).as(result.err()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void a_server_behind_a_proxy_names_the_client(String version) throws Exception {
    String client = "198.51.100.7:4000";
    try (RunningTool server =
        RunningTool.serve(folder, "--proxied-by", "10.0.0.0/8,127.0.0.1", "--verbose")) {
      Tool.Result result =
          connect(
              server.address(), "--proxy-protocol", version + "=" + client + ",203.0.113.9:443");
      assertThat(result.status()).as(result.err()).isZero();
      server.stop();
      assertThat(server.err()).contains("ferrule: " + client + " is secure: ");
    }
  }

  @Test
  void a_server_behind_a_proxy_takes_nobody_without_a_header() throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--proxied-by", "127.0.0.1")) {
      String address = server.address();
      assertThat(connect(address).status()).isNotZero();
      Tool.Result result = connect(address, "--proxy-protocol", "local");
      assertThat(result.status()).as(result.err()).isZero();
    }
  }

  @Test
  void the_header_is_the_first_that_a_server_hears() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.plain(socket -> {
          String expected = "PROXY TCP6 2001:db8:0:0:0:0:0:1 0:0:0:0:0:0:0:1 40 44\r\n";
          byte[] heard = socket.getInputStream().readNBytes(expected.length());
          assertThat(new String(heard, US_ASCII)).startsWith("PROXY TCP6 2001:db8:");
        })) {
      Tool.Result result =
          connect(server.address(), "--proxy-protocol", "v1=[2001:db8::1]:40,[::1]:44");
      assertThat(result.status()).isNotZero(); // it is no SSL server
      server.await();
    }
  }
}
