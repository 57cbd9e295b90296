package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.event.Event;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.ChannelBinding;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contexts that a program made by foreign calls of its own, as C programs make them. */
@Tag("once")
class OutsideContextTest {
  private static final long NO_TLS_1_3 = 1L << 29;
  private static final int SET_READ_AHEAD = 41; // SSL_CTRL_SET_READ_AHEAD

  @TempDir private Path folder;
  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> made = new ArrayList<>();
  private final List<Event> clientHeard = new ArrayList<>();
  private final List<Event> serverHeard = new ArrayList<>();
  private final StringBuilder got = new StringBuilder();
  private SslSession seen;
  private SslSession served;
  private byte[] clientBinding;
  private byte[] serverBinding;
  private Runnable dirt = () -> {};

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  @AfterEach
  void free() {
    made.forEach(context -> call("SSL_CTX_free", context));
    arena.close();
  }

  /** A call as any program makes it. */
  @SuppressWarnings("restricted")
  private long call(String name, Object... arguments) {
    SymbolLookup library = SymbolLookup.libraryLookup("libssl.so.3", Arena.global());
    FunctionDescriptor shape = FunctionDescriptor.of(JAVA_LONG);
    for (Object argument : arguments) {
      shape =
          shape.appendArgumentLayouts(
              argument instanceof MemorySegment
                  ? ADDRESS
                  : argument instanceof Integer ? JAVA_INT : JAVA_LONG);
    }
    try {
      return (long)
          Linker.nativeLinker()
              .downcallHandle(library.findOrThrow(name), shape)
              .invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(name, e);
    }
  }

  private MemorySegment make() {
    MemorySegment context =
        MemorySegment.ofAddress(call("SSL_CTX_new", MemorySegment.ofAddress(call("TLS_method"))));
    made.add(context);
    return context;
  }

  private MemorySegment text(Object value) {
    return arena.allocateFrom(value.toString());
  }

  /** With a certificate, options and ciphers set. */
  private MemorySegment servers(Issued identity) throws IOException {
    MemorySegment context = make();
    Path chain = Files.writeString(folder.resolve("chain.pem"), identity.chainPem());
    Path key = Files.writeString(folder.resolve("key.pem"), identity.keyPem());
    assertThat((int) call("SSL_CTX_use_certificate_chain_file", context, text(chain))).isOne();
    assertThat((int) call("SSL_CTX_use_PrivateKey_file", context, text(key), 1)).isOne();
    call("SSL_CTX_set_options", context, NO_TLS_1_3);
    assertThat((int) call("SSL_CTX_set_cipher_list", context, text("ECDHE+CHACHA20"))).isOne();
    return context;
  }

  private MemorySegment clients() throws IOException {
    MemorySegment context = make();
    Path issuer = Files.writeString(folder.resolve("ca.pem"), Pki.CA.pem());
    call("SSL_CTX_load_verify_locations", context, text(issuer), MemorySegment.NULL);
    call("SSL_CTX_set_verify", context, 1, MemorySegment.NULL);
    return context;
  }

  private void talk(SslContext server, SslContext client, String host) {
    Loops.run(loop -> {
      var listening =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(server)
              .onSecure((socket, session) -> {
                served = session;
                serverBinding = socket.channelBinding(ChannelBinding.TLS_EXPORTER);
              })
              .onRead((socket, data) -> {
                socket.write(data);
                socket.close();
              })
              .onEvent(serverHeard::add)
              .open();
      Ssl.connect(loop, "127.0.0.1", listening.port())
          .context(client)
          .serverName(host)
          .onSecure((socket, session) -> {
            seen = session;
            clientBinding = socket.channelBinding(ChannelBinding.TLS_EXPORTER);
            socket.write("hello");
            dirt.run();
          })
          .onRead((socket, data) -> got.append(UTF_8.decode(data)))
          .onEvent(clientHeard::add)
          .onClose(listening::close)
          .open();
    });
  }

  @Test
  void its_certificate_options_and_ciphers_apply() throws IOException {
    SslContext server = SslContext.of(servers(Pki.CA.issue("localhost")));
    talk(server, SslContext.client().trust(Pki.TRUST).build(), "localhost");
    assertThat(got).hasToString("hello");
    assertThat(seen.protocol()).hasToString("TLSv1.2");
    assertThat(seen.cipher()).contains("CHACHA20");
    assertThat(served.provider()).isEqualTo("openssl");
    assertThat(serverBinding).isEqualTo(clientBinding);
    assertThat(clientHeard).singleElement().isInstanceOf(TcpEof.class);
  }

  @Test
  void a_client_on_one_verifies_as_it_says_and_the_host_too() throws IOException {
    SslContext server =
        SslContext.server().credentials(Pki.credentials(Pki.CA.issue("localhost"))).build();
    SslContext client = SslContext.of(clients());
    talk(server, client, "localhost");
    assertThat(got).hasToString("hello");
    assertThat(seen.peerChain()).isNotEmpty();
    assertThat(seen.protocol()).hasToString("TLSv1.3");
    assertThat(serverBinding).isEqualTo(clientBinding);
    talk(server, client, "other.example");
    assertThat(refused().failure()).isEqualTo(SslFailure.HOST_MISMATCH);
    assertThat(refused()).hasMessageContaining("made outside").hasMessageContaining("mismatch");
    clientHeard.clear();
    MemorySegment distrustful = make();
    call("SSL_CTX_set_verify", distrustful, 1, MemorySegment.NULL);
    talk(server, SslContext.of(distrustful), "localhost");
    assertThat(refused().failure()).isEqualTo(SslFailure.UNKNOWN_ISSUER);
    assertThat(refused().alert()).hasValue("unknown_ca");
  }

  /** OpenSSL takes "" for no host at all, and a name behind a dot for all that end so. */
  @ParameterizedTest
  @ValueSource(strings = {"", ".example.com", ".", "www.example.com\0.example.org"})
  void text_that_is_no_host_matches_no_certificate(String host) throws IOException {
    SslContext server =
        SslContext.server().credentials(Pki.credentials(Pki.CA.issue("www.example.com"))).build();
    SslContext client = SslContext.of(clients());
    try {
      talk(server, client, host);
    } catch (IllegalArgumentException e) {
      return;
    }
    assertThat(got).isEmpty();
    assertThat(refused().failure()).isEqualTo(SslFailure.HOST_MISMATCH);
  }

  /** What OpenSSL had read ahead in the handshake would wait for the next record. */
  @Test
  void data_right_behind_the_handshake_arrives_where_it_reads_ahead() throws IOException {
    MemorySegment context = servers(Pki.CA.issue("localhost"));
    call("SSL_CTX_ctrl", context, SET_READ_AHEAD, 1L, MemorySegment.NULL);
    call("SSL_CTX_clear_options", context, NO_TLS_1_3);
    SslContext server = SslContext.of(context);
    talk(server, SslContext.client().trust(Pki.TRUST).build(), "localhost");
    assertThat(got).hasToString("hello");
    assertThat(seen.protocol()).hasToString("TLSv1.3");
  }

  @Test
  void an_error_that_the_program_left_in_the_queue_of_the_loop_is_not_the_connections()
      throws IOException {
    SslContext server = SslContext.of(servers(Pki.CA.issue("localhost")));
    MemorySegment other = make();
    dirt = () -> call("SSL_CTX_use_PrivateKey_file", other, text(folder.resolve("none")), 1);
    talk(server, SslContext.of(clients()), "localhost");
    assertThat(got).hasToString("hello");
    assertThat(clientHeard).singleElement().isInstanceOf(TcpEof.class);
  }

  private SslError refused() {
    return (SslError) clientHeard.getLast();
  }

  @Test
  void it_is_not_changed_and_lives_on_when_the_program_frees_its_own_reference()
      throws IOException {
    MemorySegment context = servers(Pki.CA.issue("localhost"));
    long options = call("SSL_CTX_get_options", context);
    int mode = (int) call("SSL_CTX_ctrl", context, 33, 0L, MemorySegment.NULL);
    SslContext server = SslContext.of(context);
    SslContext client = SslContext.client().trust(Pki.TRUST).build();
    talk(server, client, "localhost");
    assertThat(call("SSL_CTX_get_options", context)).isEqualTo(options);
    assertThat((int) call("SSL_CTX_ctrl", context, 33, 0L, MemorySegment.NULL)).isEqualTo(mode);
    call("SSL_CTX_free", context);
    made.remove(context);
    got.setLength(0);
    talk(server, client, "localhost");
    assertThat(got).hasToString("hello");
  }

  @Test
  void settings_beside_it_and_what_is_none_are_told_as_mistakes() throws IOException {
    SslContext context = SslContext.of(servers(Pki.CA.issue("localhost")));
    Loops.run(loop ->
        assertThatThrownBy(
                () -> Ssl.server(loop, "127.0.0.1", 0).context(context).ciphers("HIGH").open())
            .isInstanceOf(SslConfigException.class));
    assertThatThrownBy(() -> SslContext.of(MemorySegment.NULL))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("SSL_CTX_new");
  }
}
