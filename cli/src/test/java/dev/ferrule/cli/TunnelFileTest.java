package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A file of tunnels, and the mistakes in it and on the command line. */
class TunnelFileTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private static Path folder;
  private static WrittenFiles files;

  @BeforeAll
  static void writeFiles() throws IOException {
    files = CA.issue("localhost").write(folder);
  }

  private static Path file(String text) throws IOException {
    Path file = folder.resolve("tunnels.toml");
    return Files.writeString(
        file,
        text.replace("CERT", "cert = '" + files.certificate() + "'\nkey = '" + files.key() + "'"));
  }

  private static Tool.Result check(String text) throws IOException {
    return Tool.run("tunnel", "--config", file(text).toString(), "--check");
  }

  @Test
  void a_file_has_several_tunnels_with_the_options_of_the_command_line() throws Exception {
    Tool.Result result =
        check(
            """
            loops = 2
            log-format = "json"
            [tunnel.web]
            listen = "127.0.0.1:8443"
            to = ["127.0.0.1:80", "unix:/run/web.sock"]
            idle = "5m"
            max-connections = 100
            CERT
            [tunnel.db]
            client = true
            insecure = true
            passthrough = false
            kernel-tls = true
            listen = "127.0.0.1:5432"
            to = "db.example.com:8443"
            """);
    assertThat(result.err().lines()).hasSize(1).allMatch(line -> line.contains("NOT_VERIFIED"));
    assertThat(result.out()).isEqualTo("OK 2 tunnels\n");
    assertThat(result.status()).isZero();
  }

  private static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of(
            "[tunnel.a]\nlisen = '127.0.0.1:1'", "there is no 'lisen'; did you mean listen?"),
        Arguments.of(
            "lops = 2\n[tunnel.a]\nlisten = '127.0.0.1:1'",
            "there is no 'lops'; did you mean loops?"),
        Arguments.of("listen = 'x:1'\n[tunnel.a]\nto = 'x:1'", "there is no 'listen'"),
        Arguments.of("[tunnel.a]\nlisten = '127.0.0.1:1'\nloops = 2", "there is no 'loops'"),
        Arguments.of("[tunnel.a]\nlisten = '127.0.0.1:1'\nmax-connections = 'many'", "many"),
        Arguments.of("[tunnel.a]\nlisten = '127.0.0.1:1'\nidle = 5.5.5", "line 3"),
        Arguments.of("[tunnel.a]\nlisten = {port = 1}", "listen is no table"),
        Arguments.of("[tunnel.a]\nlisten = '127.0.0.1:1'", "[tunnel.a]: --to is missing"),
        Arguments.of("[tunnel.a]\nto = '127.0.0.1:1'", "[tunnel.a]: --listen is missing"),
        Arguments.of(
            "[tunnel.a]\nlisten = '127.0.0.1:99999'\nto = 'a:1'\nclient = true", "from 0 to 65535"),
        Arguments.of("[tunnel.a]\nlisten = '127.0.0.1:1'\nto = 'a:1'", "--cert is missing"),
        Arguments.of(
            "[tunnel.a]\nlisten = '127.0.0.1:1'\nto = 'a:1'\ncert = '/none.pem'", "/none.pem"),
        Arguments.of(
            "[tunnel.a]\nlisten = '127.0.0.1:1'\nto = '127.0.0.1:1'\nclient = true",
            "itself listens"),
        Arguments.of(
            "[tunnel.a]\nlisten = '127.0.0.1:1'\nhealth = 'soon'",
            "[tunnel.a]: --health is a duration from 0s to 8760h, such as 500ms, 5s or 2m, not soon\n"),
        Arguments.of("status = 'unix:/s'\n[tunnel.a]", "--status is an address and a port"),
        Arguments.of("drain = 'soon'\n[tunnel.a]", "tunnels.toml: --drain is a duration"),
        Arguments.of("[tunnel.a]\nallow = []", "allow is an empty list: leave it out"),
        Arguments.of(
            "[tunnel.a]\nlisten = '127.0.0.1:1'\nto = 'a:1'\nclient = true\nproxied-by = '10.0.0.0/33'",
            "a number from 0 to 32"),
        Arguments.of(
            "[tunnel.a]\nlisten = '127.0.0.1:1'\nto = 'a:1'\nclient = true\nsocket-option = 'x'",
            "no socket option 'x'"),
        Arguments.of("[tunnel.'']", "tunnels.toml: a name of a tunnel is"),
        Arguments.of("[tunnel.'a b']", "'a b' is not"),
        Arguments.of("[tunnel.\"a\\nREADY b\"]", "'a\\x0AREADY b' is not"),
        Arguments.of("[tunnel." + "x".repeat(101) + "]", "at most 100 characters"),
        Arguments.of(
            "[tunnel.a]\nlisten = '127.0.0.1:1'\nto = 'a:1'\nclient = true\nsend-proxy = 0",
            "[tunnel.a]: --send-proxy is 1 or 2, not 0"),
        Arguments.of("[tunnel.a]\nlisten = '127.0.0.1:1'\n'' = true", "there is no ''"),
        Arguments.of("[tunnel.a]\n'listen=127.0.0.1:1' = 'x'", "there is no 'listen=127.0.0.1:1'"),
        Arguments.of("[tunnel.a]\n'client=false' = true", "there is no 'client=false'"),
        Arguments.of("[tunnel.a]\nca = false", "ca is no flag: it takes FILE, and not false"),
        Arguments.of("[tunnel.a]\nlisten = true", "listen is no flag: it takes ADDR:PORT"),
        Arguments.of("log = true\n[tunnel.a]", "log is no flag"),
        Arguments.of("tunnel = 3", "a tunnel has a name"),
        Arguments.of("[tunnel]\na = 3", "a tunnel has a name"),
        Arguments.of("[tunnels.a]\nlisten = 'x'", "tunnels is no table"),
        Arguments.of("", "has no tunnel"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_mistake_is_one_line_that_says_where(String text, String part) throws Exception {
    Tool.Result result = check(text);
    assertThat(result.status()).isEqualTo(64);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith("ferrule: ").contains(part);
  }

  @Test
  void a_file_of_an_editor_that_marks_its_byte_order_is_read() throws Exception {
    String text = "[tunnel.a]\r\nlisten = '127.0.0.1:1'\r\nto = 'a:1'\r\nclient = true\r\n";
    assertThat(check("\uFEFF" + text).out()).isEqualTo("OK 1 tunnel\n");
  }

  @Test
  void a_file_that_is_not_UTF_8_is_a_mistake() throws Exception {
    Path file = Files.write(folder.resolve("latin.toml"), new byte[] {'#', (byte) 0xe9});
    Tool.Result result = Tool.run("tunnel", "--config", file.toString(), "--check");
    assertThat(result.err()).endsWith("latin.toml is not UTF-8, which TOML is\n");
    assertThat(result.status()).isEqualTo(64);
  }

  @Test
  void two_tunnels_at_one_address_are_a_mistake() throws Exception {
    String one = "listen = '127.0.0.1:1'\nto = 'a:1'\nclient = true\n";
    Tool.Result result = check("[tunnel.a]\n" + one + "[tunnel.b]\n" + one);
    assertThat(result.err()).contains("a and b both listen at 127.0.0.1:1");
    assertThat(result.status()).isEqualTo(64);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:1, localhost:1, true",
    "127.0.0.1:1, 127.0.0.1:01, true",
    "127.0.0.1:1, *:1, true",
    "*:1, 127.0.0.1:1, true",
    "0.0.0.0:1, *:1, true",
    "'[::1]:1', '[0:0:0:0:0:0:0:1]:1', true",
    "'[::1]:1', '[::]:1', true",
    "unix:/tmp/a, unix:/tmp/./a, true",
    "'[::1]:1', 127.0.0.1:1, false",
    "'[::1]:1', 0.0.0.0:1, false",
    "127.0.0.1:0, localhost:0, false",
    "127.0.0.1:1, 127.0.0.1:2, false",
    "unix:/tmp/a, unix:/tmp/b, false"
  })
  void one_address_may_be_written_in_two_ways(String one, String other, boolean same)
      throws Exception {
    String tunnel = "[tunnel.%s]\nlisten = '%s'\nto = 'a:9'\nclient = true\n";
    Tool.Result result = check(tunnel.formatted("a", one) + tunnel.formatted("b", other));
    assertThat(result.status()).isEqualTo(same ? 64 : 0);
    assertThat(result.err().contains("a and b both listen at")).isEqualTo(same);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void a_file_without_an_end_is_a_mistake() {
    Tool.Result result = Tool.run("tunnel", "--config", "/dev/zero", "--check");
    assertThat(result.err()).isEqualTo("ferrule: /dev/zero has more than 64 MiB\n");
    assertThat(result.status()).isEqualTo(64);
  }

  @Test
  void a_tunnel_that_leads_to_its_own_socket_file_is_a_mistake() throws Exception {
    Tool.Result result = check("[tunnel.a]\nlisten = 'unix:/x'\nto = 'unix:/./x'\nCERT");
    assertThat(result.err()).contains("itself listens");
    assertThat(result.status()).isEqualTo(64);
  }

  @Test
  void tunnels_that_lead_into_each_other_are_a_mistake() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 5; i++) {
      text.append("[tunnel.t%d]\nclient = true\n".formatted(i));
      text.append(
          "listen = '127.0.0.1:%d'\nto = ['x:1', '127.0.0.1:%d']\n".formatted(i, i % 5 + 1));
    }
    Tool.Result result = check(text.toString());
    assertThat(result.err()).contains("form a circle");
    assertThat(result.status()).isEqualTo(64);
    assertThat(check(text.toString().replace("'127.0.0.1:1']", "'y:1']")).status()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, localhost, 127.0.0.1, localhost",
    "localhost, 127.0.0.1, localhost, LOCALHOST",
    "[::1], localhost, *, [::1]",
    "*, 127.0.0.1, 0.0.0.0, 127.0.0.2",
    "[::], 0.0.0.0, 127.0.0.1, localhost",
  })
  void a_circle_through_other_names_of_this_machine_is_one_too(
      String firstListens, String firstLeads, String secondListens, String secondLeads)
      throws Exception {
    Tool.Result result =
        check(
            """
            [tunnel.a]
            client = true
            listen = '%s:1'
            to = '%s:2'
            [tunnel.b]
            client = true
            listen = '%s:2'
            to = '%s:1'
            """
                .formatted(firstListens, firstLeads, secondListens, secondLeads));
    assertThat(result.err()).contains("form a circle");
    assertThat(result.status()).isEqualTo(64);
  }

  @Test
  void what_only_looks_like_a_circle_is_none() throws Exception {
    String text = "[tunnel.a]\nclient = true\nlisten = '%s:1'\nto = ['%s:1', '%s:2']\n";
    assertThat(check(text.formatted("127.0.0.1", "[::1]", "127.0.0.1")).status()).isZero();
    assertThat(check(text.formatted("0.0.0.0", "[::1]", "localhost")).status()).isZero();
    assertThat(check(text.formatted("*", "10.0.0.7", "localhost")).status()).isZero();
    assertThat(check(text.formatted("*", "localhost", "a")).err()).contains("itself listens");
  }

  @Test
  void ten_thousand_tunnels_are_read() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 10_000; i++) {
      text.append("[tunnel.t%d]\npassthrough = true\n".formatted(i));
      text.append("listen = '127.0.0.1:%d'\nto = 'x:1'\n".formatted(i));
    }
    assertThat(check(text.toString()).out()).isEqualTo("OK 10000 tunnels\n");
  }

  @Test
  void a_file_that_is_missing_or_given_beside_options_is_a_mistake() throws Exception {
    assertThat(Tool.run("tunnel", "--config", "/none.toml").err())
        .contains("there is no file /none.toml");
    String file = file("[tunnel.a]\n").toString();
    assertThat(Tool.run("tunnel", "--config", file, "--to", "a:1").err())
        .contains("--config has the tunnels: leave --to ");
    assertThat(Tool.run("tunnel", "--config", file, "--idle", "5s").err())
        .contains("--config has the tunnels: leave --idle ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--to a:1 | --listen is missing",
        "--listen 127.0.0.1:0 | --to is missing",
        "--listen 127.0.0.1:0 --to a:1 | --cert is missing",
        "--listen 127.0.0.1:0 --to a:1 --client --passthrough | contradict",
        "--listen 127.0.0.1:0 --to a:1 --client --allow dns=x | --allow",
        "--listen 127.0.0.1:0 --to a:1 --insecure | needs --client",
        "--listen 127.0.0.1:0 --to a:1 --passthrough --cert x | no meaning with --passthrough",
        "--listen 127.0.0.1:0 --to unix:/x --client | --server-name",
        "--listen 127.0.0.1 --to a:1 --client | the port is missing",
        "--listen 127.0.0.1:0 --to a --client | the port is missing",
        "--listen 127.0.0.1:0 --to a:1 --client --send-proxy 3 | --send-proxy is 1 or 2",
        "--listen 127.0.0.1:0 --to a:1 --client --send-proxy 0 | --send-proxy is 1 or 2, not 0",
        "--listen 127.0.0.1:0 --to a..b:1 --client --check | --to a..b:1: the host name 'a..b' has",
        "--listen 127.0.0.1:0 --to [a]:1 --client --check | an IPv6 address looks like",
        "--listen 127.0.0.1:0 --to a:1 --client --check --server-name a,b | --server-name: the host",
        "--listen 127.0.0.1:0 --route x=a..b:1 --passthrough --check | --route a..b:1: the host",
        "--listen a,b:0 --to a:1 --client --check | --listen a,b:0: the host name",
        "--listen 127.0.0.1:0 --to a:1 --client --check --log /none/x | --log /none/x cannot be",
        "--listen 127.0.0.1:0 --to a:1 --client --check --log / | --log / cannot be",
        "--listen 127.0.0.1:0 --to a:1 --client --idle soon | --idle",
        "--listen 127.0.0.1:0 --to a:1 --client --log-rate 0 | --log-rate",
        "--listen 127.0.0.1:0 --to a:1 --client --log /none/x | --log",
        "--listen 127.0.0.1:0 --to a:1 --client --proxied-by home | home",
        "--listen 127.0.0.1:0 --route x=a:1 --passthrough --starttls smtp | --starttls",
        "--listen 127.0.0.1:0 --route 10.0.0.1=a:1 --passthrough | --route",
        "--listen 127.0.0.1:0 --route x=a:1 --starttls smtp | --route has no meaning",
        "--listen 127.0.0.1:0 --to a:1 --starttls mysql | is for connect alone",
        "--client --listen 127.0.0.1:0 --to a:1 --starttls mysql | is for connect alone",
        "--listen nowhere.invalid:0 --to a:1 --client | nowhere.invalid",
      })
  void a_mistake_on_the_command_line_is_one_line(String arguments, String part) {
    Tool.Result result = Tool.run(("tunnel " + arguments).split(" ", -1));
    assertThat(result.status()).isIn(1, 64);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith("ferrule: ").contains(part);
  }
}
