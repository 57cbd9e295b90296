package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.TcpServer;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** OpenSSL's programs as peers that are revoked, and as peers that look into the list. */
class OpensslRevocationTest {
  @TempDir private Path folder;

  private final Pki.Identity client = Pki.client(KeyType.EC_P256);
  private final List<Event> events = new ArrayList<>();
  private Path list;

  @BeforeEach
  void revoke() throws IOException {
    assumeTrue(Program.exists("openssl"), "there is no openssl on this machine");
    String text =
        Pki.CA
            .crl()
            .revoke(client.issued().certificate(), 1)
            .revoke(Pki.server().issued().certificate(), 4)
            .pem();
    list = Files.writeString(folder.resolve("list.crl"), text);
  }

  private SslError error() {
    assertThat(events).singleElement().isInstanceOf(SslError.class);
    return (SslError) events.getFirst();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_of_openssl_that_was_revoked_is_refused(Protocol version) {
    serve(version, true, "-cert", client.chain().toString(), "-key", client.key().toString());
    assertThat(error().side()).isEqualTo(Side.OURS);
    assertThat(error().message()).contains("CN=client.example", "reason: key compromise");
  }

  /** In TLS 1.3 it sends this alert in the clear, where only encrypted records are taken. */
  @Test
  void a_client_of_openssl_refuses_a_server_that_was_revoked() {
    String ca = Pki.trustFile().toString();
    serve(
        Protocol.TLS_1_2,
        false,
        "-CAfile",
        ca,
        "-CRL",
        list.toString(),
        "-crl_check_all",
        "-verify_return_error");
    assertThat(error().side()).isEqualTo(Side.PEER);
    assertThat(error().alert()).hasValue("certificate_revoked");
    assertThat(error().message()).contains("certificate was revoked");
  }

  private void serve(Protocol version, boolean asks, String... options) {
    AtomicReference<Program> peer = new AtomicReference<>();
    Loops.runInline(loop -> {
      AtomicReference<TcpServer> listening = new AtomicReference<>();
      var setup = Ssl.server(loop, "127.0.0.1", 0).credentials(Pki.LOCAL).maxProtocol(version);
      if (asks) {
        setup.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST).crl(list);
      }
      listening.set(setup.onConnect(socket -> listening.get().close()).onEvent(events::add).open());
      List<String> command = new ArrayList<>(List.of("openssl", "s_client"));
      command.addAll(List.of("-connect", "127.0.0.1:" + listening.get().port()));
      command.addAll(List.of(options));
      peer.set(Program.start(command));
    });
    peer.get().close();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_of_openssl_that_was_revoked_is_refused(Protocol version) {
    connect(version);
    assertThat(error().side()).isEqualTo(Side.OURS);
    assertThat(error().message()).contains("CN=localhost", "reason: superseded");
  }

  @Test
  void a_server_of_openssl_refuses_a_client_that_was_revoked() {
    list = null; // this side does not look
    String file = folder.resolve("list.crl").toString();
    connect(
        Protocol.TLS_1_2,
        "-Verify",
        "2",
        "-CAfile",
        Pki.trustFile().toString(),
        "-CRL",
        file,
        "-crl_check",
        "-verify_return_error");
    assertThat(error().side()).isEqualTo(Side.PEER);
    assertThat(error().alert()).hasValue("certificate_revoked");
  }

  private void connect(Protocol version, String... options) {
    List<String> command = new ArrayList<>(List.of("openssl", "s_server"));
    command.addAll(List.of("-accept", "127.0.0.1:0", "-naccept", "1"));
    command.addAll(List.of("-cert", Pki.server().chain().toString()));
    command.addAll(List.of("-key", Pki.server().key().toString()));
    command.addAll(List.of(options));
    try (Program peer = Program.start(command)) {
      int port = Integer.parseInt(peer.await(Pattern.compile("^ACCEPT .*:(\\d+)$")).group(1));
      Loops.runInline(loop -> {
        var setup =
            Ssl.connect(loop, "127.0.0.1", port)
                .trust(Pki.TRUST)
                .credentials(client.credentials())
                .maxProtocol(version)
                .onEvent(events::add)
                .onSecure((socket, session) -> socket.write("hello\n"));
        if (list != null) {
          setup.crl(list);
        }
        setup.open();
      });
    }
  }
}
