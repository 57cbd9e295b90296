package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.Capture;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Wireshark's program for the command line reads what was encrypted. */
@Timeout(60)
class TsharkTest {
  private static final String REQUEST = "GET /secret-page HTTP/1.0\r\n\r\n";
  private static final String ANSWER = "HTTP/1.0 200 OK\r\n\r\nthe secret answer";

  /** Whose side is captured. */
  enum Side {
    SERVER,
    CLIENT
  }

  @TempDir Path folder;

  private static void assumeTshark() {
    assumeTrue(Program.exists("tshark"), "there is no tshark on this machine");
  }

  private static void assumeTellsSecrets() {
    assumeTrue(Provided.TELLS_SECRETS, () -> Provided.NAME + " does not tell its secrets");
  }

  /** What tshark makes of a file, in one pass. */
  private static String tshark(Path file, String... more) {
    List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
    command.addAll(List.of(more));
    try (Program program = Program.start(command)) {
      String said = program.output();
      assertThat(program.exitCode()).as(said).isZero();
      return said.replaceAll("Running as user \"root\".*", "").strip();
    }
  }

  private static void assertDecrypted(Path file, int connections) {
    for (int i = 0; i < connections; i++) {
      assertThat(tshark(file, "-q", "-z", "follow,tls,ascii," + i))
          .contains("GET /secret-page HTTP/1.0", "the secret answer");
    }
    assertThat(tshark(file, "-Y", "_ws.malformed or tcp.analysis.flags")).isEmpty();
    assertThat(tshark(file, "-Y", "http.request", "-T", "fields", "-e", "http.request.uri").lines())
        .hasSize(connections)
        .containsOnly("/secret-page");
  }

  private static SslContext of(SslContextBuilder builder, Protocol version, RecordLayer records) {
    return builder.minProtocol(version).maxProtocol(version).records(records).build();
  }

  /** A server that answers, until so many clients have gone. */
  private static TcpServer serve(
      EventLoop loop, SslContext context, @Nullable Capture capture, int clients) {
    TcpServer[] listening = new TcpServer[1];
    int[] left = {clients};
    SslServerSetup setup =
        Ssl.server(loop, "127.0.0.1", 0)
            .context(context)
            .onRead((socket, data) -> {
              socket.write(ANSWER);
              socket.close();
            })
            .onClose(() -> {
              if (--left[0] == 0) {
                listening[0].close();
              }
            });
    listening[0] = (capture == null ? setup : setup.capture(capture)).open();
    return listening[0];
  }

  /** Asks so many times, one after the other. */
  private static void ask(
      EventLoop loop, SslContext context, @Nullable Capture capture, int port, int times) {
    if (times == 0) {
      return;
    }
    SslClientSetup setup =
        Ssl.connect(loop, "127.0.0.1", port)
            .context(context)
            .data(REQUEST)
            .onClose(() -> ask(loop, context, capture, port, times - 1));
    (capture == null ? setup : setup.capture(capture)).open();
  }

  private static void talk(SslContext server, SslContext client, Side side, Path file, int times)
      throws Exception {
    try (Capture capture = Capture.to(file)) {
      Loops.runInline(loop -> {
        int port = serve(loop, server, side == Side.SERVER ? capture : null, times).port();
        ask(loop, client, side == Side.CLIENT ? capture : null, port, times);
      });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLS_1_2, LIBRARY, SERVER",
    "TLS_1_2, LIBRARY, CLIENT",
    "TLS_1_3, LIBRARY, SERVER",
    "TLS_1_3, LIBRARY, CLIENT",
    "TLS_1_3, JAVA, SERVER",
    "TLS_1_3, JAVA, CLIENT"
  })
  void it_decrypts_a_capture(Protocol version, RecordLayer records, Side side) throws Exception {
    assumeTshark();
    assumeTellsSecrets();
    Path file = folder.resolve("capture.pcapng");
    SslContext server = of(SslContext.server().credentials(Pki.LOCAL), version, records);
    SslContext client = of(SslContext.client().trust(Pki.TRUST), version, records);
    talk(server, client, side, file, 3); // sessions are resumed
    assertDecrypted(file, 3);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void it_decrypts_what_comes_behind_starttls(Protocol version) throws Exception {
    assumeTshark();
    assumeTellsSecrets();
    Path file = folder.resolve("starttls.pcapng");
    SslContext server =
        of(SslContext.server().credentials(Pki.LOCAL), version, RecordLayer.LIBRARY);
    try (Capture capture = Capture.to(file)) {
      Loops.runInline(loop -> startTls(loop, server, capture));
    }
    assertThat(tshark(file, "-q", "-z", "follow,tcp,ascii,0")).contains("begin, please", "go on");
    assertThat(tshark(file, "-q", "-z", "follow,tls,ascii,0"))
        .contains("GET /secret-page HTTP/1.0", "the secret answer");
  }

  private static void startTls(EventLoop loop, SslContext context, Capture capture) {
    TcpServer[] listening = new TcpServer[1];
    listening[0] =
        Tcp.server(loop, "127.0.0.1", 0)
            .onConnect(socket -> listening[0].close())
            .onRead((socket, data) -> {
              data.position(data.limit());
              socket.write("go on");
              Ssl.wrap(socket)
                  .asServer()
                  .context(context)
                  .onRead((SslSocket secure, ByteBuffer request) -> {
                    secure.write(ANSWER);
                    secure.close();
                  })
                  .open();
            })
            .open();
    Tcp.connect(loop, "127.0.0.1", listening[0].port())
        .capture(capture)
        .data("begin, please")
        .onRead((socket, data) -> {
          data.position(data.limit());
          Ssl.wrap(socket)
              .asClient("localhost")
              .trust(Pki.TRUST)
              .onRead((SslSocket secure, ByteBuffer answer) -> answer.position(answer.limit()))
              .open()
              .write(REQUEST);
        })
        .open();
  }

  @ParameterizedTest
  @CsvSource({"TLS_1_2, SERVER", "TLS_1_2, CLIENT", "TLS_1_3, SERVER", "TLS_1_3, CLIENT"})
  void a_key_log_of_one_side_decrypts_the_capture_of_another(Protocol version, Side jdk)
      throws Exception {
    assumeTshark();
    assumeTellsSecrets();
    Path file = folder.resolve("without.pcapng");
    Path keys = folder.resolve("keys");
    boolean server = jdk == Side.SERVER;
    SslContextBuilder ofServer = SslContext.server().credentials(Pki.LOCAL);
    SslContextBuilder ofClient = SslContext.client().trust(Pki.TRUST);
    (server ? ofServer : ofClient).provider("jdk");
    (server ? ofClient : ofServer).provider("boringssl").keyLog(keys);
    talk(
        of(ofServer, version, RecordLayer.LIBRARY),
        of(ofClient, version, RecordLayer.LIBRARY),
        jdk,
        file,
        1);
    assertThat(tshark(file, "-q", "-z", "follow,tls,ascii,0")).doesNotContain("secret");
    assertThat(tshark(file, "-o", "tls.keylog_file:" + keys, "-q", "-z", "follow,tls,ascii,0"))
        .contains("GET /secret-page HTTP/1.0", "the secret answer");
  }

  @Test
  void a_capture_that_cannot_be_decrypted_is_told() throws Exception {
    List<Event> events = new ArrayList<>();
    try (Capture capture = Capture.to(folder.resolve("capture.pcapng"))) {
      Loops.runInline(loop -> {
        SslContext server = SslContext.server().credentials(Pki.LOCAL).build();
        int port = serve(loop, server, null, 1).port();
        Ssl.connect(loop, "127.0.0.1", port)
            .trust(Pki.TRUST)
            .capture(capture)
            .onEvent(events::add)
            .data(REQUEST)
            .open();
      });
    }
    boolean told = events.stream().anyMatch(event -> event.message().contains("be decrypted"));
    assertThat(told).isEqualTo(!Provided.TELLS_SECRETS);
  }
}
