package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.event.Event;
import dev.ferrule.event.Notice;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.SslKeyLog;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The secrets of handshakes go where the program says, and nowhere else. */
class KeyLogTest {
  private static final String SECRET = "(?:[A-Z0-9_]+) [0-9a-f]{64} (?:[0-9a-f]{64}|[0-9a-f]{96})";

  @TempDir Path folder;

  private void assumeTellsSecrets() {
    assumeTrue(Provided.TELLS_SECRETS, () -> Provided.NAME + " does not tell its secrets");
  }

  /** After what is told in the next turn. */
  private static void closeSoon(SslSocket socket) {
    socket.loop().delay(Duration.ofMillis(1), socket::close);
  }

  private static List<String> notices(Heard side) {
    return side.events.stream().filter(Notice.class::isInstance).map(Event::message).toList();
  }

  private static List<String> labels(List<String> lines) {
    return List.copyOf(
        new TreeSet<>(lines.stream().map(line -> line.substring(0, line.indexOf(' '))).toList()));
  }

  @ParameterizedTest
  @CsvSource({"TLS_1_2, DEFAULT", "TLS_1_3, LIBRARY", "TLS_1_3, DEFAULT"})
  void both_sides_write_the_same_whole_lines(Protocol version, String records) throws Exception {
    assumeTellsSecrets();
    Path ofServer = folder.resolve("server.keys");
    Path ofClient = folder.resolve("client.keys");
    new Pair()
        .server(s -> {
          s.keyLog(ofServer).minProtocol(version).maxProtocol(version);
          if (records.equals("LIBRARY")) {
            s.records(RecordLayer.LIBRARY);
          }
        })
        .client(c -> c.keyLog(ofClient))
        .onSecure(SslSocket::close)
        .run();
    List<String> lines = Files.readAllLines(ofServer, US_ASCII);
    assertThat(Files.readAllLines(ofClient, US_ASCII)).containsExactlyInAnyOrderElementsOf(lines);
    assertThat(lines).allMatch(line -> line.matches(SECRET) || line.startsWith("CLIENT_RANDOM "));
    assertThat(labels(lines)).isEqualTo(expected(version));
    assertThat(Files.getPosixFilePermissions(ofServer))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  private static List<String> expected(Protocol version) {
    return version == Protocol.TLS_1_2
        ? List.of("CLIENT_RANDOM")
        : List.of(
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0",
            "EXPORTER_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_TRAFFIC_SECRET_0");
  }

  @Test
  void a_file_is_appended_to_and_may_be_everybodys() throws Exception {
    assumeTellsSecrets();
    Path file = Files.writeString(folder.resolve("keys"), "# of another program\n");
    SslKeyLog log = SslKeyLog.file(file);
    new Pair()
        .server(s -> s.keyLog(log))
        .client(c -> c.keyLog(log))
        .onSecure(SslSocket::close)
        .run();
    assertThat(Files.readAllLines(file)).hasSize(11).startsWith("# of another program");
  }

  @Test
  void an_interrupted_thread_loses_no_line_and_stays_interrupted() throws Exception {
    Path file = folder.resolve("keys");
    SslKeyLog log = SslKeyLog.file(file);
    Thread.currentThread().interrupt();
    log.write("LABEL 00 11".getBytes(US_ASCII));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(Files.readAllLines(file)).containsExactly("LABEL 00 11");
  }

  @Test
  void who_opens_with_it_is_told() {
    assumeTellsSecrets();
    Path file = folder.resolve("keys");
    Pair pair =
        new Pair()
            .server(s -> s.keyLog(file))
            .shared(SslContext.client().trust(Pki.TRUST).keyLog(file).build())
            .onSecure(SslSocket::close)
            .run();
    for (Heard side : List.of(pair.server, pair.client)) {
      assertThat(notices(side))
          .containsExactly(
              "every secret of the connections here is written to the file "
                  + file
                  + ": who reads it can read them");
    }
  }

  @Test
  void a_failure_is_told_once_and_ends_no_connection() {
    assumeTellsSecrets();
    AtomicInteger lines = new AtomicInteger();
    SslKeyLog broken =
        SslKeyLog.of(
            "nowhere",
            line -> {
              if (lines.incrementAndGet() % 2 == 0) {
                throw new IllegalStateException("no more");
              }
              throw new IOException("no room");
            });
    List<String> told = new ArrayList<>();
    SslContext clients = SslContext.client().trust(Pki.TRUST).keyLog(broken).build();
    for (int i = 0; i < 3; i++) {
      Pair pair = new Pair().shared(clients).onSecure(KeyLogTest::closeSoon).run();
      told.addAll(notices(pair.client));
      assertThat(pair.client.order).contains("secure").endsWith("close");
    }
    assertThat(lines).hasValue(15);
    assertThat(told).hasSize(4); // a warning each
    assertThat(told)
        .filteredOn(sentence -> sentence.startsWith("secrets of connections cannot be written"))
        .singleElement()
        .asString()
        .contains("nowhere: no room");
  }

  @Test
  void a_full_disk_is_such_a_failure() {
    assumeTellsSecrets();
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "there is no /dev/full here");
    Pair pair = new Pair().client(c -> c.keyLog(full)).onSecure(KeyLogTest::closeSoon).run();
    assertThat(notices(pair.client))
        .satisfiesExactlyInAnyOrder(
            warning -> assertThat(warning).startsWith("every secret"),
            failure -> assertThat(failure).contains("cannot be written to the file /dev/full"));
  }

  @Test
  void a_file_that_cannot_be_written_is_an_error_at_once() {
    Path nowhere = folder.resolve("none/keys");
    assertThatThrownBy(() -> SslContext.client().keyLog(nowhere))
        .isInstanceOf(SslConfigException.class)
        .hasMessage("the key log " + nowhere + " cannot be written: its folder does not exist");
    assertThatThrownBy(() -> SslKeyLog.file(folder))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(folder + " cannot be written: ");
  }

  @Test
  void a_provider_that_does_not_tell_its_secrets_says_so() {
    assumeTrue(!Provided.TELLS_SECRETS, () -> Provided.NAME + " tells its secrets");
    assertThatThrownBy(() -> SslContext.client().keyLog(folder.resolve("keys")).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("cannot tell the secrets of handshakes");
  }

  @Test
  void the_audit_finds_it() {
    assumeTellsSecrets();
    SslContext context = SslContext.client().keyLog(folder.resolve("keys")).build();
    assertThat(Ssl.audit(context)).extracting(SslFinding::code).contains("KEY_LOG");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_variable_that_is_not_set_has_no_effect(boolean asked) {
    assumeTrue(System.getenv(SslKeyLog.VARIABLE) == null, SslKeyLog.VARIABLE + " is set here");
    var context = SslContext.client();
    assertThat(Ssl.audit((asked ? context.keyLogFromEnvironment() : context).build()))
        .extracting(SslFinding::code)
        .doesNotContain("KEY_LOG");
  }
}
