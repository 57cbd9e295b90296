package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.Notice;
import dev.ferrule.ssl.KernelTls;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.SentFiles;
import dev.ferrule.tests.SentFiles.Expected;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kernel TLS was asked for and is not there: that is told, and everything goes on. */
class WithoutKernelTlsTest {
  private static final byte[] CONTENT = SentFiles.bytes(1 << 20, 5);

  @TempDir private Path folder;
  private final List<String> notices = new ArrayList<>();
  private final List<KernelTls> kernel = new ArrayList<>();
  private final Expected expected = new Expected();

  private void note(Event event) {
    if (event instanceof Notice notice) {
      notices.add(notice.message());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void both_sides_are_told_why_and_bytes_and_files_arrive(Protocol version) {
    assumeFalse(
        KernelTlsHere.REASON.isEmpty() && version == Protocol.TLS_1_3, "kernel TLS is there");
    Path file = SentFiles.file(folder, CONTENT);
    expected.then(CONTENT);
    expected.then(CONTENT);
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .kernelTls()
              .onSecure((s, session) -> {
                kernel.add(session.kernel());
                s.write(CONTENT);
                s.sendFile(file, 0, CONTENT.length, TcpSocket::close);
              })
              .onEvent(this::note)
              .open();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .maxProtocol(version)
          .kernelTls()
          .onSecure((s, session) -> kernel.add(session.kernel()))
          .onRead((s, data) -> expected.read(data))
          .onEvent(this::note)
          .onClose(((TcpServer) server)::close)
          .open();
    });
    expected.assertWhole();
    assertThat(kernel).containsExactly(KernelTls.NONE, KernelTls.NONE);
    assertThat(notices).hasSize(2).allMatch(each -> each.startsWith("kernel TLS is not there: "));
    if (version == Protocol.TLS_1_2) {
      assertThat(notices).allMatch(each -> each.contains("it is for TLS 1.3"));
    }
  }

  @Test
  void who_does_not_ask_for_it_hears_nothing_of_it() {
    Pair pair = new Pair().onSecure(TcpSocket::close).run();
    assertThat(pair.served.kernel()).isEqualTo(KernelTls.NONE);
    assertThat(pair.server.events).noneMatch(Notice.class::isInstance);
  }

  /** What is asked for in vain costs nothing else. */
  @Test
  void the_socket_can_still_be_unwrapped() {
    assumeFalse(KernelTlsHere.REASON.isEmpty(), "kernel TLS is there");
    expected.then(CONTENT);
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .kernelTls()
              .onSecure((s, session) ->
                  s.unwrap().onConnect(plain -> plain.write(CONTENT, TcpSocket::close)).open())
              .onEvent(this::note)
              .open();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .onSecure((s, session) ->
              s.unwrap()
                  .onRead((plain, data) -> expected.read(data))
                  .onEvent(this::note)
                  .onClose(((TcpServer) server)::close)
                  .open())
          .open();
    });
    expected.assertWhole();
  }
}
