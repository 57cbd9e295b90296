package dev.ferrule.tests.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Ssl;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A proxy on Ferrule itself, which speaks HTTP and SOCKS5, and connects to this machine only. */
final class TestProxy {
  static final String USER = "ann";
  static final String PASSWORD = "s3cret";

  private final EventLoop loop;
  private final boolean authenticates;
  final List<String> asked = new ArrayList<>();
  final List<Event> events = new ArrayList<>(); // of its clients, over SSL
  private @Nullable TcpServer server;

  private TestProxy(EventLoop loop, boolean authenticates) {
    this.loop = loop;
    this.authenticates = authenticates;
  }

  static TestProxy open(EventLoop loop) {
    return new TestProxy(loop, false).plain();
  }

  static TestProxy authenticating(EventLoop loop) {
    return new TestProxy(loop, true).plain();
  }

  static TestProxy secure(EventLoop loop, Credentials credentials) {
    TestProxy proxy = new TestProxy(loop, false);
    proxy.server =
        Ssl.server(loop, "127.0.0.1", 0)
            .credentials(credentials)
            .onConnect(socket -> new Client(proxy, socket))
            .onEvent(proxy.events::add)
            .open();
    return proxy;
  }

  private TestProxy plain() {
    server =
        Tcp.server(loop, "127.0.0.1", 0)
            .onConnect(socket -> new Client(this, socket))
            .onEvent(event -> {})
            .open();
    return this;
  }

  private TcpServer opened() {
    if (server == null) {
      throw new IllegalStateException("not opened");
    }
    return server;
  }

  int port() {
    return opened().port();
  }

  void close() {
    opened().close();
  }

  /** One client, which is heard until it has said where to. */
  private static final class Client {
    private final TestProxy proxy;
    private final TcpSocket socket;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private int step;

    Client(TestProxy proxy, TcpSocket socket) {
      this.proxy = proxy;
      this.socket = socket;
      socket.onRead((s, data) -> hear(data));
    }

    private void hear(ByteBuffer data) {
      while (data.hasRemaining()) {
        heard.write(data.get());
        byte[] all = heard.toByteArray();
        if (all[0] == 5 || all[0] == 1) {
          socks(all);
        } else if (heard.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
          http(heard.toString(ISO_8859_1));
        }
      }
    }

    private void http(String request) {
      String both = USER + ":" + PASSWORD;
      String basic = Base64.getEncoder().encodeToString(both.getBytes(US_ASCII));
      if (proxy.authenticates && !request.contains("\r\nProxy-Authorization: Basic " + basic)) {
        answer("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n");
        return;
      }
      String where = request.split(" ", -1)[1];
      int colon = where.lastIndexOf(':');
      connect(
          where.substring(0, colon),
          Integer.parseInt(where.substring(colon + 1)),
          "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
    }

    private void answer(String text) {
      heard.reset();
      socket.write(text.getBytes(ISO_8859_1));
    }

    private void socks(byte[] all) {
      if (step == 0 && all.length > 1 && all.length == 2 + all[1]) {
        step = proxy.authenticates ? 1 : 2;
        answer(proxy.authenticates ? "\5\2" : "\5\0");
      } else if (step == 1 && all.length > 1 && all.length > 2 + all[1]) {
        int user = all[1];
        if (all.length == 3 + user + all[2 + user]) {
          boolean good = heard.toString(ISO_8859_1).equals("\1\3" + USER + "\6" + PASSWORD);
          step = 2;
          answer(good ? "\1\0" : "\1\1");
        }
      } else if (step == 2 && all.length > 4) {
        request(all);
      }
    }

    private void request(byte[] all) {
      int length = all[3] == 1 ? 4 : all[3] == 4 ? 16 : 1 + all[4];
      if (all.length < 4 + length + 2) {
        return;
      }
      String host = all[3] == 3 ? new String(all, 5, all[4], US_ASCII) : "an address";
      int port = ((all[4 + length] & 0xFF) << 8) | (all[5 + length] & 0xFF);
      connect(host, port, "\5\0\0\3\7example\0\1");
    }

    private void connect(String host, int port, String answer) {
      proxy.asked.add(host + ":" + port);
      socket.disableReading();
      Tcp.connect(proxy.loop, "127.0.0.1", port)
          .onConnect(peer -> {
            answer(answer);
            socket.enableReading();
            Tcp.relay(socket, peer);
          })
          .onEvent(event -> {})
          .onClose(socket::close)
          .open();
    }
  }
}
