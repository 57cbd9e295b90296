package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.tests.JdkContexts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A peer on the JDK's blocking sockets, on a thread of its own; speaks as the scripts do. */
final class JdkPeer {
  private static final int PIECE = 100_000;

  private final Peer.Terms terms;
  private final boolean server;
  private final SSLContext context;
  private final Notes<String> lines = new Notes<>();
  private final LinkedBlockingQueue<String> commands = new LinkedBlockingQueue<>();
  private SSLServerSocket listener;
  private SSLSocket socket;
  private int port;

  private JdkPeer(Peer.Terms terms, boolean server, int port) {
    this.terms = terms;
    this.server = server;
    this.port = port;
    this.context = JdkContexts.of(terms.shown(server));
  }

  static Peer start(Peer.Terms terms, boolean server, int port) {
    JdkPeer peer = new JdkPeer(terms, server, port);
    Thread thread = Thread.ofPlatform().name("jdk-peer").daemon().start(peer::run);
    return new ScriptPeer(peer::await, peer.commands::add, thread::interrupt);
  }

  private Matcher await(Pattern pattern) {
    Matcher matcher = pattern.matcher(lines.await(line -> pattern.matcher(line).find()));
    matcher.find();
    return matcher;
  }

  private void run() {
    try {
      if (server) {
        listener =
            (SSLServerSocket)
                context
                    .getServerSocketFactory()
                    .createServerSocket(port, 50, InetAddress.getLoopbackAddress());
        port = listener.getLocalPort();
        lines.add("PORT " + port);
      }
      begin();
      while (true) {
        String[] words = commands.take().split(" ", 2);
        obey(words[0], words.length > 1 ? words[1] : "");
      }
    } catch (InterruptedException e) {
      lines.add("ENDED");
    } catch (IOException e) {
      lines.add("FAILED " + e);
    }
  }

  private void obey(String word, String rest) throws IOException {
    switch (word) {
      case "SEND" -> socket.getOutputStream().write((rest + "\n").getBytes(UTF_8));
      case "ANSWER" -> {
        byte[] data = new byte[Integer.parseInt(rest)];
        Arrays.fill(data, (byte) 'x');
        socket.getOutputStream().write(data);
      }
      case "READ" -> lines.add("GOT " + line());
      case "ALL" -> lines.add("ALL " + socket.getInputStream().readAllBytes().length);
      case "TORRENT" -> torrent(Integer.parseInt(rest), 0);
      case "TORRENT_OF_KEYS" -> torrent(Integer.parseInt(rest), PIECE);
      case "SHUT" -> socket.shutdownOutput();
      case "CLOSE" -> socket.close();
      case "AGAIN" -> begin();
      default -> throw new IOException("unknown: " + word);
    }
  }

  /**
   * Bytes both ways, a piece in turn.
   *
   * @param keyUpdateEach after so many bytes it updates its keys and asks for the same; 0 for never
   */
  private void torrent(int size, int keyUpdateEach) throws IOException {
    MessageDigest sent = Torrent.sha256();
    MessageDigest got = Torrent.sha256();
    Random random = new Random(size);
    byte[] piece = new byte[PIECE];
    int sinceUpdate = 0;
    for (int written = 0, read = 0; written < size || read < size; ) {
      int length = Math.min(1 + random.nextInt(PIECE), size - written);
      random.nextBytes(piece);
      socket.getOutputStream().write(piece, 0, length);
      sent.update(piece, 0, length);
      written += length;
      sinceUpdate += length;
      if (keyUpdateEach > 0 && sinceUpdate >= keyUpdateEach) {
        socket.startHandshake(); // in TLS 1.3 that is a KeyUpdate
        sinceUpdate = 0;
      }
      while (read < written) {
        int n = socket.getInputStream().read(piece);
        if (n < 0) {
          throw new IOException("the end after " + read + " bytes");
        }
        got.update(piece, 0, n);
        read += n;
      }
    }
    HexFormat hex = HexFormat.of();
    lines.add("TORRENT " + hex.formatHex(sent.digest()) + " " + hex.formatHex(got.digest()));
  }

  private void begin() throws IOException {
    SSLSocket next =
        server
            ? (SSLSocket) listener.accept()
            : (SSLSocket) context.getSocketFactory().createSocket("localhost", port);
    socket = next;
    next.setSoTimeout(20_000);
    SSLParameters parameters = next.getSSLParameters();
    parameters.setProtocols(new String[] {terms.protocol().toString()});
    if (terms.suite() != null) {
      parameters.setCipherSuites(new String[] {terms.suite()});
    }
    parameters.setApplicationProtocols(new String[] {Peer.ALPN});
    if (server) {
      parameters.setNeedClientAuth(terms.clientAuth());
    } else {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setServerNames(List.of(new SNIHostName("localhost")));
    }
    next.setSSLParameters(parameters);
    long before = System.currentTimeMillis();
    next.startHandshake();
    lines.add("SECURE " + facts(next, before));
  }

  private String facts(SSLSocket of, long before) {
    SSLSession session = of.getSession();
    String name = "-";
    if (server && session instanceof ExtendedSSLSession extended) {
      name =
          extended.getRequestedServerNames().toString().contains("localhost") ? "localhost" : "?";
    }
    return "protocol=%s alpn=%s name=%s resumed=%s peer=%s"
        .formatted(
            session.getProtocol(),
            of.getApplicationProtocol(),
            name,
            session.getCreationTime() < before,
            shown(session));
  }

  private static String shown(SSLSession session) {
    try {
      return session.getPeerPrincipal().getName().replace("CN=", "");
    } catch (SSLPeerUnverifiedException e) {
      return "-";
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next;
    while ((next = socket.getInputStream().read()) != '\n' && next >= 0) {
      line.write(next);
    }
    return line.toString(UTF_8);
  }
}
