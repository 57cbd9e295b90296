package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.ChannelBinding;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Pki;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.function.UnaryOperator;

/**
 * A small client of PostgreSQL (protocol 3): it asks for SSL, logs in with a channel binding, and
 * asks one question.
 */
final class PostgresLogin {
  private static final int SSL_REQUEST = 80877103;
  private static final int VERSION = 3 << 16;
  private static final int SASL = 10;
  private static final int SASL_CONTINUE = 11;
  private static final int SASL_FINAL = 12;

  private final Protocol version;
  private final UnaryOperator<byte[]> binding;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private ScramLogin login;
  String mechanisms = "";
  String answer = "";
  String refusal = "";
  boolean serverProved;

  /** {@code binding}: what is made of the right one. */
  PostgresLogin(Protocol version, UnaryOperator<byte[]> binding) {
    this.version = version;
    this.binding = binding;
  }

  void begin(EventLoop loop, int port) {
    Tcp.connect(loop, "127.0.0.1", port)
        .onConnect(
            socket -> socket.write(ByteBuffer.allocate(8).putInt(8).putInt(SSL_REQUEST).flip()))
        .onRead((socket, data) -> {
          assertThat(data.get()).isEqualTo((byte) 'S');
          wrap(socket);
        })
        .open();
  }

  private void wrap(TcpSocket plain) {
    Ssl.wrap(plain)
        .asClient("localhost")
        .trust(Pki.TRUST)
        .minProtocol(version)
        .maxProtocol(version)
        .onSecure((socket, session) -> {
          byte[] right = socket.channelBinding(ChannelBinding.TLS_SERVER_END_POINT);
          login = new ScramLogin(PostgresServer.PASSWORD, binding.apply(right));
          socket.write(startup());
        })
        .onRead((SslSocket socket, ByteBuffer data) -> {
          byte[] bytes = new byte[data.remaining()];
          data.get(bytes);
          received.writeBytes(bytes);
          messages(socket);
        })
        .open();
  }

  private static ByteBuffer startup() {
    byte[] settings = ("user\0" + PostgresServer.USER + "\0database\0postgres\0\0").getBytes(UTF_8);
    int length = 8 + settings.length;
    return ByteBuffer.allocate(length).putInt(length).putInt(VERSION).put(settings).flip();
  }

  private static ByteBuffer message(char type, byte[] body) {
    ByteBuffer message = ByteBuffer.allocate(5 + body.length);
    return message.put((byte) type).putInt(4 + body.length).put(body).flip();
  }

  private void messages(SslSocket socket) {
    ByteBuffer all = ByteBuffer.wrap(received.toByteArray());
    while (all.remaining() >= 5 && all.remaining() > all.getInt(all.position() + 1)) {
      char type = (char) all.get();
      int length = all.getInt() - 4;
      message(socket, type, all.slice(all.position(), length));
      all.position(all.position() + length);
    }
    received.reset();
    received.write(all.array(), all.position(), all.remaining());
  }

  private void message(SslSocket socket, char type, ByteBuffer body) {
    switch (type) {
      case 'R' -> authentication(socket, body.getInt(), body);
      case 'E' -> {
        refusal = ScramLogin.text(body).replace('\0', ' ');
        socket.close();
      }
      case 'Z' -> {
        if (answer.isEmpty()) {
          socket.write(message('Q', "select 6 * 7\0".getBytes(UTF_8)));
        } else {
          socket.close();
        }
      }
      case 'D' -> answer = ScramLogin.text(body.position(6)); // one column: its length before it
      default -> {}
    }
  }

  private void authentication(SslSocket socket, int kind, ByteBuffer body) {
    try {
      switch (kind) {
        case SASL -> {
          mechanisms = ScramLogin.text(body);
          byte[] first = login.first().getBytes(UTF_8);
          byte[] name = (ScramLogin.MECHANISM + "\0").getBytes(UTF_8);
          ByteBuffer begin = ByteBuffer.allocate(name.length + 4 + first.length);
          socket.write(message('p', begin.put(name).putInt(first.length).put(first).array()));
        }
        case SASL_CONTINUE -> {
          String proof = login.proof(ScramLogin.text(body));
          socket.write(message('p', proof.getBytes(UTF_8)));
        }
        case SASL_FINAL -> serverProved = login.accepts(ScramLogin.text(body));
        default -> {}
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
