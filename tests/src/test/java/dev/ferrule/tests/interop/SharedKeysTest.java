package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two processes with one file of ticket keys behind one port, which is given to them in turn:
 * clients that are no part of Ferrule take them for one server, and resume.
 */
@Tag("once") // for it starts JVMs of its own
class SharedKeysTest {
  private static final String RESUMED = ", resumed, by boringssl";

  @TempDir private static Path folder;
  private static ServingProcess one;
  private static ServingProcess two;

  private Relay turns;
  private volatile Supplier<ServingProcess> order;

  @BeforeAll
  static void serve() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX");
    byte[] key = new byte[48];
    new Random(1).nextBytes(key);
    Path keys = Files.write(folder.resolve("keys"), key);
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    one = ServingProcess.start("--ticket-keys", keys.toString());
    two = ServingProcess.start("--ticket-keys", keys.toString());
  }

  @BeforeEach
  void takeTurns() {
    AtomicInteger turn = new AtomicInteger();
    order = () -> turn.getAndIncrement() % 2 == 0 ? one : two;
    turns = new Relay(() -> order.get().connect(), 16_384);
  }

  @AfterEach
  void close() {
    turns.close();
  }

  @AfterAll
  static void stop() {
    for (ServingProcess each : new ServingProcess[] {one, two}) {
      if (each != null) {
        each.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OPENSSL, TLS_1_2", "OPENSSL, TLS_1_3",
    "PYTHON, TLS_1_2", "PYTHON, TLS_1_3",
    "NODE, TLS_1_2", "NODE, TLS_1_3",
    "GO, TLS_1_2", "GO, TLS_1_3",
    "JDK, TLS_1_2", "JDK, TLS_1_3"
  })
  void a_client_resumes_the_other_processs_session(PeerKind kind, Protocol version) {
    kind.assumeHere();
    forgetEarlierTests();
    try (Peer peer = kind.client(new Peer.Terms(version, KeyType.EC_P256), turns.port())) {
      peer.send("hello");
      peer.expect("THIS IS A SECURE LINE!");
      peer.hangUp();
      peer.again();
      peer.send("hello");
      peer.report(Peer.Fact.RESUMED);
      // Before it is ended: in TLS 1.2 the last word of such a handshake is the client's.
      assertThat(one.secured()).singleElement().asString().doesNotContain(RESUMED);
      assertThat(two.secured()).singleElement().asString().contains(version.toString(), RESUMED);
    }
  }

  private static void forgetEarlierTests() {
    one.secured();
    two.secured();
  }

  @ParameterizedTest
  @CsvSource({"jdk, TLS_1_2", "jdk, TLS_1_3", "boringssl, TLS_1_2", "boringssl, TLS_1_3"})
  void a_client_on_either_provider_resumes_the_other_processs_session(
      String provider, Protocol version) {
    SslContext context =
        SslContext.client()
            .provider(provider)
            .trust(Pki.TRUST)
            .minProtocol(version)
            .maxProtocol(version)
            .build();
    forgetEarlierTests();
    Notes<Boolean> resumed = new Notes<>();
    try (Background loop = new Background()) {
      for (int i = 1; i <= 2; i++) {
        loop.call(eventLoop -> connect(eventLoop, context, resumed));
        resumed.await(i, any -> true);
      }
    }
    assertThat(resumed.all()).containsExactly(false, true);
    assertThat(two.secured()).singleElement().asString().contains(version.toString(), RESUMED);
  }

  private SslSocket connect(EventLoop loop, SslContext context, Notes<Boolean> resumed) {
    return Ssl.connect(loop, "localhost", turns.port())
        .context(context)
        .data("hello")
        .onRead((socket, data) -> {
          data.position(data.limit());
          resumed.add(socket.session().orElseThrow().resumed());
          socket.close();
        })
        .onEvent(event -> {})
        .open();
  }

  @Test
  void curl_resumes_the_other_processs_session() {
    List<String> first = curl(Protocol.TLS_1_3);
    assertThat(first).hasSize(2);
    assertThat(first.get(0)).contains("TLSv1.3").doesNotContain(RESUMED);
    assertThat(first.get(1)).contains("TLSv1.3", RESUMED);
    assertThat(two.secured()).hasSize(2).allMatch(line -> line.contains(RESUMED));
  }

  /** In TLS 1.2 it takes no tickets, as of 7.88, and has the session's id. */
  @Test
  void curl_resumes_the_same_processs_session_in_tls_1_2() {
    order = () -> one;
    List<String> all = curl(Protocol.TLS_1_2);
    assertThat(all).hasSize(4).allMatch(line -> line.contains("TLSv1.2"));
    assertThat(all.getFirst()).doesNotContain(RESUMED);
    assertThat(all.subList(1, 4)).allMatch(line -> line.contains(RESUMED));
  }

  /** What the first process says of curl's connections. */
  private List<String> curl(Protocol version) {
    assumeTrue(Program.exists("curl"), "curl is not installed here");
    forgetEarlierTests();
    try (Program curl = Program.start(curl(version, turns.port()))) {
      assertThat(curl.output().lines()).hasSize(4).containsOnly("THIS IS A SECURE LINE!");
    }
    return one.secured();
  }

  /** Four requests, each on a connection of its own, in one run of curl, which has one cache. */
  private static List<String> curl(Protocol version, int port) {
    String number = version.toString().substring(4);
    String url = "https://localhost:" + port + "/";
    return List.of(
        "curl",
        "--silent",
        "--http0.9",
        "--noproxy",
        "*",
        "--resolve",
        "localhost:" + port + ":127.0.0.1",
        "--cacert",
        Pki.trustFile().toString(),
        "--tlsv" + number,
        "--tls-max",
        number,
        "--max-time",
        "20",
        url,
        url,
        url,
        url);
  }
}
