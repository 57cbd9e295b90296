package dev.ferrule.tests.ssl;

import dev.ferrule.spi.Link;
import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.contract.WirePair;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.ServerWires;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The first bytes of both sides of a handshake: a client's hello, and a server's flight. */
final class Recording {
  private static final int PATIENCE_MILLIS = 10_000;

  /** A client's hello in the form of SSL 2.0 that offers TLS 1.2 (RFC 5246 E.2). */
  static final byte[] SSL_2 =
      HexFormat.of().parseHex("802e0103030015000000100000040000" + "2f".repeat(32));

  final byte[] hello;
  final byte[] flight;

  private Recording(byte[] hello, byte[] flight) {
    this.hello = hello;
    this.flight = flight;
  }

  /** What the providers record of each other, in both versions. */
  static List<Recording> all() throws IOException {
    List<Recording> all = new ArrayList<>();
    for (String client : List.of("jdk", "boringssl")) {
      for (String server : List.of("jdk", "boringssl")) {
        for (Protocol version : EnumSet.of(Protocol.TLS_1_2, Protocol.TLS_1_3)) {
          all.add(of(wires(client, false, version), wires(server, true, version)));
        }
      }
    }
    return all;
  }

  private static WireFactory wires(String provider, boolean server, Protocol version) {
    return SslContext.provider(provider)
        .open(
            new SslSettings(
                server,
                server ? Pki.LOCAL : Pki.CLIENT,
                Pki.ANCHORS,
                Verify.CHAIN_AND_HOST,
                server ? ClientAuth.OPTIONAL : ClientAuth.NONE,
                server ? Set.of(version) : EnumSet.of(Protocol.TLS_1_2, Protocol.TLS_1_3),
                CipherString.parse(CipherString.MODERN),
                Set.of(),
                List.of("h2", "http/1.1"),
                null));
  }

  private static Recording of(WireFactory clients, WireFactory servers) throws IOException {
    Tap[] taps = new Tap[2];
    try (WirePair pair =
        WirePair.of(
            (link, buffers, owner) ->
                clients.wire(link, owner.open(clients.memory()), buffers, "localhost", 443),
            link -> taps[0] = new Tap(link),
            ServerWires.of(servers),
            link -> taps[1] = new Tap(link))) {
      while (pair.client().step()) {}
      byte[] hello = taps[0].sent.toByteArray();
      for (int idle = 0; idle < 10; idle++) {
        idle = pair.server().step() ? 0 : idle;
      }
      return new Recording(hello, taps[1].sent.toByteArray());
    }
  }

  /** The hello of openssl's own client, told to connect with these options. */
  static byte[] openssl(String program, String... options) throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listening.setSoTimeout(PATIENCE_MILLIS);
      List<String> command = new ArrayList<>(List.of(program, "s_client", "-connect"));
      command.add("127.0.0.1:" + listening.getLocalPort());
      command.addAll(List.of(options));
      Process client =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (Socket socket = listening.accept()) {
        socket.setSoTimeout(PATIENCE_MILLIS);
        byte[] header = socket.getInputStream().readNBytes(5);
        int length = Short.toUnsignedInt(ByteBuffer.wrap(header).getShort(3));
        return ChangedMessage.joined(header, socket.getInputStream().readNBytes(length));
      } finally {
        client.destroy();
        client.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  private static final class Tap extends ForwardingLink {
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    Tap(Link real) {
      super(real);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      byte[] bytes = new byte[source.remaining()];
      source.get(source.position(), bytes);
      int taken = super.write(source);
      sent.write(bytes, 0, taken);
      return taken;
    }
  }
}
