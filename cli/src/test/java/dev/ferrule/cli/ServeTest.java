package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} in a JVM of its own, with {@code connect} or a plain socket as its client. */
class ServeTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  private static final String AT_ONCE = "--shutdown-after=0s"; // what was sent comes back whole

  @TempDir private static Path folder;
  private static WrittenFiles files;
  private static String ca;

  @BeforeAll
  static void writeFiles() throws IOException {
    files = CA.issue("localhost", "127.0.0.1").write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
  }

  private static RunningTool serve(String... more) throws IOException {
    String[] all = new String[more.length + 4];
    all[0] = "--cert";
    all[1] = files.certificate().toString();
    all[2] = "--key";
    all[3] = files.key().toString();
    System.arraycopy(more, 0, all, 4, more.length);
    return RunningTool.serve(folder, all);
  }

  private static Socket open(String address) throws IOException {
    String[] parts = address.split(":", -1);
    return new Socket(parts[0], Integer.parseInt(parts[1]));
  }

  @Test
  void it_says_where_it_listens_and_SIGTERM_ends_it_with_0() throws Exception {
    try (RunningTool server = serve()) {
      assertThat(server.line()).matches("READY 127\\.0\\.0\\.1:\\d+ provider=\\w+ poller=\\w+");
      assertThat(server.stop()).isZero();
      assertThat(server.err()).isEmpty();
    }
  }

  @Test
  void echo_gives_back_megabytes_as_they_were() throws Exception {
    byte[] data = new byte[8 * 1024 * 1024];
    new Random(7).nextBytes(data);
    try (RunningTool server = serve()) {
      Tool.Result result =
          Tool.runWith(
              new ByteArrayInputStream(data),
              "connect",
              server.address(),
              "--ca",
              ca,
              "-q",
              AT_ONCE);
      assertThat(result.err()).isEmpty();
      assertThat(result.status()).isZero();
      assertThat(result.out().getBytes(ISO_8859_1)).isEqualTo(data);
    }
  }

  @Test
  void its_own_certificate_can_be_pinned_by_what_it_says() throws Exception {
    try (RunningTool server = RunningTool.serve(folder)) {
      String address = server.address();
      Tool.Result result =
          Tool.runWith("hi", "connect", address, "--pin", server.pin(), "-q", AT_ONCE);
      assertThat(result.out()).isEqualTo("hi");
      assertThat(result.status()).isZero();
      assertThat(Tool.run("connect", address, "-q").status()).isEqualTo(2);
    }
  }

  @Test
  void line_answers_and_closes() throws Exception {
    try (RunningTool server = serve("--mode", "line")) {
      Tool.Result result =
          Tool.runWith("hello\n", "connect", server.address(), "--ca", ca, "-q", AT_ONCE);
      assertThat(result.out()).isEqualTo("THIS IS A SECURE LINE!\n");
      assertThat(result.status()).isZero();
    }
  }

  @Test
  void source_sends_without_end_and_still_stops() throws Exception {
    try (RunningTool server = serve("--mode", "source", "--verbose")) {
      try (Socket plain = open(server.address())) {
        assertThat(plain.isConnected()).isTrue(); // says nothing: gets nothing before a handshake
        assertThat(plain.getInputStream().available()).isZero();
      }
      assertThat(server.stop()).isZero();
    }
  }

  @Test
  void a_plain_source_sends_more_than_buffers_hold_and_SIGTERM_ends_it() throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--plain", "--mode", "source")) {
      try (Socket socket = open(server.address())) {
        InputStream in = socket.getInputStream();
        in.skipNBytes(32 * 1024 * 1024);
        server.process().destroy();
        in.readAllBytes(); // the end comes
      }
      assertThat(server.process().waitFor()).isZero();
    }
  }

  @Test
  void source_goes_on_for_a_peer_that_has_nothing_to_say() throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--plain", "--mode", "source")) {
      try (Socket socket = open(server.address())) {
        socket.shutdownOutput();
        socket.getInputStream().skipNBytes(32 * 1024 * 1024);
      }
    }
  }

  @Test
  void sink_takes_everything_and_says_nothing() throws Exception {
    byte[] data = new byte[4 * 1024 * 1024];
    try (RunningTool server = serve("--mode", "sink")) {
      Tool.Result result =
          Tool.runWith(
              new ByteArrayInputStream(data),
              "connect",
              server.address(),
              "--ca",
              ca,
              "-q",
              AT_ONCE);
      assertThat(result.out()).isEmpty();
      assertThat(result.status()).isZero();
    }
  }

  @Test
  void SIGTERM_says_goodbye_to_those_connected() throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--plain")) {
      try (Socket idle = open(server.address())) {
        idle.getOutputStream().write("x".getBytes(UTF_8));
        assertThat(idle.getInputStream().read()).isEqualTo('x');
        server.process().destroy();
        assertThat(idle.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(server.process().waitFor()).isZero();
    }
  }

  @Test
  void a_peer_that_does_not_let_go_holds_SIGTERM_for_seconds_only() throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--plain", "--mode", "source")) {
      try (Socket stuck = open(server.address())) {
        assertThat(stuck.getInputStream().read()).isPositive();
        server.process().destroy();
        assertThat(server.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(server.process().exitValue()).isZero();
      }
    }
  }

  @Test
  void clients_without_the_required_certificate_are_refused() throws Exception {
    Issued client = CA.request("client").forClient().issue();
    WrittenFiles mine = client.write(Files.createDirectory(folder.resolve("client")));
    try (RunningTool server = serve("--client-ca", ca, "--verbose")) {
      String address = server.address();
      Tool.Result without = Tool.runWith("hi", "connect", address, "--ca", ca, "-q", AT_ONCE);
      assertThat(without.status()).isEqualTo(2);
      Tool.Result with =
          Tool.runWith(
              "hi",
              "connect",
              address,
              "--ca",
              ca,
              "-q",
              AT_ONCE,
              "--cert",
              mine.certificate().toString(),
              "--key",
              mine.key().toString());
      assertThat(with.err()).isEmpty();
      assertThat(with.out()).isEqualTo("hi");
      assertThat(server.stop()).isZero();
      assertThat(server.err()).contains("no certificate");
    }
  }

  @Test
  void the_application_protocol_is_agreed() throws Exception {
    try (RunningTool server = serve("--alpn", "b,a")) {
      Tool.Result result =
          Tool.run("connect", server.address(), "--ca", ca, "--alpn", "a,b", AT_ONCE);
      assertThat(result.err()).contains("ALPN b");
    }
  }

  @Test
  void records_are_in_java_unless_the_library_is_asked_for() throws Exception {
    try (RunningTool server =
        serve("--provider", "boringssl", "--verbose", "--records", "library")) {
      String[] connect = {"connect", server.address(), "--ca", ca, AT_ONCE, "--provider"};
      assertThat(Tool.run(append(connect, "boringssl", "--records", "java")).err())
          .contains(", by boringssl, records in Java");
      assertThat(Tool.run(append(connect, "boringssl", "--records", "library")).err())
          .contains("by boringssl")
          .doesNotContain("in Java");
      assertThat(Tool.run(append(connect, "jdk")).err())
          .contains("by jdk")
          .doesNotContain("in Java");
      assertThat(server.err()).contains("by boringssl").doesNotContain("in Java");
    }
  }

  /** With java.nio it is nowhere, also where the kernel has it. */
  @Test
  void kernel_tls_that_is_asked_for_and_not_there_is_said_once_and_all_goes_on() throws Exception {
    String[] nio = {"--poller", "nio", "--kernel-tls"};
    try (RunningTool server = serve(nio)) {
      String[] connect = {"connect", server.address(), "--ca", ca, "-q", AT_ONCE};
      for (int i = 0; i < 3; i++) {
        Tool.Result result = Tool.runWith("hi", append(connect, nio));
        assertThat(result.out()).isEqualTo("hi");
        assertThat(result.err()).startsWith("ferrule: kernel TLS is not there: ").hasLineCount(1);
      }
      assertThat(server.stop()).isZero();
      assertThat(server.err().lines())
          .filteredOn(line -> line.startsWith("ferrule: kernel TLS is not there: "))
          .hasSize(1);
    }
  }

  private static String[] append(String[] first, String... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void versions_that_do_not_meet_are_2() throws Exception {
    try (RunningTool server = serve("--min-protocol", "TLSv1.3")) {
      Tool.Result result =
          Tool.run("connect", server.address(), "--ca", ca, "--max-protocol", "TLSv1.2");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err().lines()).hasSize(1);
    }
  }

  @Test
  void a_port_that_is_taken_is_1() throws Exception {
    try (var taken = ScriptedServer.plain(socket -> {})) {
      String port = taken.address().split(":", -1)[1];
      Tool.Result result = Tool.run("serve", "--port", port, "--plain");
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).contains("in use");
      assertThat(result.err().lines()).hasSize(1);
    }
  }

  @Test
  void several_loops_serve_as_one_and_SIGTERM_ends_them_all() throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--plain", "--loops", "2")) {
      String address = server.address();
      List<Socket> held = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Socket socket = open(address);
        held.add(socket);
        socket.getOutputStream().write(i);
        assertThat(socket.getInputStream().read()).isEqualTo(i);
      }
      server.process().toHandle().destroy(); // unlike the process, it leaves the streams open
      for (Socket socket : held) {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        socket.close();
      }
      assertThat(server.line()).as("what comes after READY").isNull();
      assertThat(server.process().waitFor()).isZero();
    }
  }

  @Test
  void each_of_several_loops_shakes_hands_and_echoes() throws Exception {
    try (RunningTool server = serve("--loops", "2")) {
      String address = server.address();
      for (int i = 0; i < 4; i++) {
        Tool.Result result =
            Tool.runWith("hello " + i, "connect", address, "--ca", ca, "-q", AT_ONCE);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("hello " + i);
      }
      assertThat(server.stop()).isZero();
    }
  }

  @Test
  void sources_on_several_loops_send_what_one_sends() throws Exception {
    try (RunningTool server =
        RunningTool.serve(folder, "--plain", "--mode", "source", "--loops", "2")) {
      String address = server.address();
      try (Socket one = open(address);
          Socket two = open(address)) {
        // Read in turns, so that both loops write at the same time.
        for (int i = 0; i < 64; i++) {
          byte[] first = one.getInputStream().readNBytes(128 * 1024);
          assertThat(two.getInputStream().readNBytes(128 * 1024)).isEqualTo(first);
          assertThat(first[0]).isEqualTo((byte) '!');
        }
      }
    }
  }

  @Test
  void a_port_that_is_taken_is_1_with_several_loops_too() throws Exception {
    try (RunningTool first = RunningTool.serve(folder, "--plain", "--loops", "2")) {
      String port = first.address().split(":", -1)[1];
      Tool.Result result = Tool.run("serve", "--port", port, "--plain", "--loops", "3");
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).contains("in use");
      assertThat(result.err().lines()).hasSize(1);
    }
  }

  @Test
  void a_client_gets_the_certificate_of_the_name_that_it_asks_for() throws Exception {
    Path combined = folder.resolve("named.pem");
    Issued named = CA.issue("*.named.example");
    Files.writeString(combined, named.chainPem() + named.keyPem());
    try (RunningTool server = serve("--name", "*.named.example=" + combined, "--mode", "line")) {
      String[] asking = {"connect", server.address(), "--ca", ca, "--verbose"};
      assertThat(asked(asking, "a.named.example").err()).contains("*.named.example");
      assertThat(asked(asking, "localhost").status()).isZero();
      Tool.Result other = asked(asking, "b.other.example");
      assertThat(other.status()).isEqualTo(2);
      assertThat(other.err()).contains("b.other.example");
    }
  }

  @Test
  void each_client_gets_the_certificate_whose_kind_of_key_it_knows() throws Exception {
    List<String> options = new ArrayList<>();
    for (KeyType kind : new KeyType[] {KeyType.EC_P256, KeyType.RSA_2048}) {
      Path place = Files.createDirectory(folder.resolve("kind" + kind));
      WrittenFiles pair = CA.request("localhost", "127.0.0.1").keyType(kind).issue().write(place);
      options.addAll(List.of("--cert", pair.certificate().toString()));
      options.addAll(List.of("--key", pair.key().toString()));
    }
    options.addAll(List.of("--mode", "line"));
    try (RunningTool server = RunningTool.serve(folder, options.toArray(String[]::new))) {
      String[] connect = {"connect", server.address(), "--ca", ca, "--max-protocol=1.2", AT_ONCE};
      assertThat(Tool.run(append(connect, "--ciphers=ECDHE-RSA-AES128-GCM-SHA256")).err())
          .contains("ECDHE_RSA");
      assertThat(Tool.run(append(connect, "--ciphers=ECDHE-ECDSA-AES128-GCM-SHA256")).err())
          .contains("ECDHE_ECDSA");
    }
  }

  @Test
  void an_unknown_name_is_refused_where_names_are_strict() throws Exception {
    Issued named = CA.issue("named.example");
    WrittenFiles pair = named.write(Files.createDirectory(folder.resolve("strict")));
    String name = "named.example=" + pair.certificate() + "," + pair.key();
    try (RunningTool server =
        RunningTool.serve(folder, "--name", name, "--strict-names", "--mode", "line")) {
      String[] asking = {"connect", server.address(), "--ca", ca};
      assertThat(asked(asking, "named.example").status()).isZero();
      assertThat(asked(asking, "localhost").err()).contains("unrecognized_name");
    }
  }

  @Test
  void connecting_again_says_whether_the_session_was_resumed() throws Exception {
    try (RunningTool server = serve("--mode", "line")) {
      Tool.Result result =
          Tool.runWith(
              new ByteArrayInputStream(new byte[0]),
              "connect",
              server.address(),
              "--ca",
              ca,
              "--again",
              "2",
              AT_ONCE);
      assertThat(result.status()).isZero();
      assertThat(result.err()).contains("again 1: resumed", "again 2: resumed");
    }
  }

  @Test
  void resume_connects_twice_again() throws Exception {
    try (RunningTool server = serve("--mode", "line")) {
      Tool.Result result = Tool.run("connect", server.address(), "--ca", ca, "--resume", AT_ONCE);
      assertThat(result.status()).isZero();
      assertThat(result.err())
          .contains("again 1: resumed", "again 2: resumed")
          .doesNotContain("again 3");
    }
  }

  @Test
  void connecting_shows_the_sessions_that_it_keeps_unless_it_keeps_none() throws Exception {
    try (RunningTool server = serve("--mode", "line")) {
      String address = server.address();
      String[] usual = {"connect", address, "--ca", ca, "--again", "1", "--verbose", AT_ONCE};
      assertThat(Tool.run(usual).err())
          .contains(
              "again 1: resumed", "a session of TLSv1.3 with " + address + " is kept, until ");
      String[] none = Arrays.copyOf(usual, usual.length + 1);
      none[usual.length] = "--no-session";
      assertThat(Tool.run(none).err()).contains("again 1: not resumed").doesNotContain("is kept");
    }
  }

  @Test
  void a_client_that_no_rule_allows_is_refused() throws Exception {
    try (RunningTool server = serve("--client-ca", ca, "--allow", "dns=*.example")) {
      String address = server.address();
      WrittenFiles ann =
          CA.request("ann.example")
              .forClient()
              .issue()
              .write(Files.createDirectory(folder.resolve("ann")));
      WrittenFiles bob =
          CA.request("bob.other")
              .forClient()
              .issue()
              .write(Files.createDirectory(folder.resolve("bob")));
      for (WrittenFiles each : List.of(ann, bob)) {
        Tool.Result result =
            Tool.runWith(
                new ByteArrayInputStream("hi".getBytes(UTF_8)),
                "connect",
                address,
                "--ca",
                ca,
                AT_ONCE,
                "--cert",
                each.certificate().toString(),
                "--key",
                each.key().toString());
        assertThat(result.status()).as(result.err()).isEqualTo(each == ann ? 0 : 2);
      }
    }
  }

  private static Tool.Result asked(String[] command, String name) throws Exception {
    String[] all = java.util.Arrays.copyOf(command, command.length + 2);
    all[command.length] = "--server-name";
    all[command.length + 1] = name;
    return Tool.runWith(new ByteArrayInputStream(new byte[0]), all);
  }
}
