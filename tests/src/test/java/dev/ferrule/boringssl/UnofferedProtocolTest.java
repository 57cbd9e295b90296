package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.Event;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.testkit.Loops;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 7301 3.1: a server chooses among what was offered. This one does not. */
@Tag("once")
class UnofferedProtocolTest {
  private static final int BYTES = 32 * 1024;

  private final List<Event> heard = new ArrayList<>();
  private boolean secure;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BYTES);
  private final ByteBuffer out = ByteBuffer.allocateDirect(BYTES);

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_that_chooses_what_was_not_offered_is_refused(Protocol version) throws Exception {
    assertThat(Natives.problem()).isNull();
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<byte[]> last = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              last.complete(serve(listening));
            } catch (Throwable e) {
              last.completeExceptionally(e);
            }
          });
      Loops.run(loop ->
          Ssl.connect(loop, "127.0.0.1", listening.getLocalPort())
              .provider("boringssl")
              .serverName("localhost")
              .trust(Handshaken.TRUST)
              .maxProtocol(version)
              .alpn("h2")
              .onSecure((socket, session) -> secure = true)
              .onEvent(heard::add)
              .open());
      assertThat(secure).isFalse();
      assertThat(heard).singleElement().isInstanceOf(SslError.class);
      SslError error = (SslError) heard.getFirst();
      assertThat(error.side()).isEqualTo(Side.OURS);
      assertThat(error.message()).contains("application protocol");
      assertThat(last.join()).as("the alert").isNotEmpty();
    }
  }

  /** One connection until its end: what came last. */
  private byte[] serve(ServerSocket listening) throws Exception {
    long context = SSLContext.make(SSL.SSL_PROTOCOL_ALL, SSL.SSL_MODE_SERVER);
    SSLContext.setAlpnProtos(
        context,
        new String[] {"unheard-of"},
        SSL.SSL_SELECTOR_FAILURE_CHOOSE_MY_LAST_PROTOCOL);
    Identity identity = Identity.load(Handshaken.LOCAL, context, Map.of());
    long ssl = SSL.newSSL(context, true);
    try (Socket peer = listening.accept()) {
      identity.showOn(ssl);
      return converse(peer, ssl, SSL.bioNewByteBuffer(ssl, BYTES));
    } finally {
      SSL.freeSSL(ssl);
      identity.free();
      SSLContext.free(context);
      SSL.clearError();
    }
  }

  private byte[] converse(Socket peer, long ssl, long bio) throws Exception {
    byte[] bytes = new byte[BYTES];
    byte[] last = new byte[0];
    for (int n; (n = peer.getInputStream().read(bytes)) > 0; ) {
      last = Arrays.copyOf(bytes, n);
      in.clear().put(bytes, 0, n);
      SSL.bioSetByteBuffer(bio, Buffer.address(in), n, false);
      SSL.doHandshake(ssl);
      SSL.bioClearByteBuffer(bio);
      SSL.bioSetByteBuffer(bio, Buffer.address(out), BYTES, true);
      SSL.bioFlushByteBuffer(bio);
      int length = BYTES - SSL.bioLengthByteBuffer(bio);
      SSL.bioClearByteBuffer(bio);
      out.get(0, bytes, 0, length);
      peer.getOutputStream().write(bytes, 0, length);
    }
    return last;
  }
}
