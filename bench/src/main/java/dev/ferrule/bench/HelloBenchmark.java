package dev.ferrule.bench;

import dev.ferrule.connection.Transport;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.server.HelloWire;
import dev.ferrule.ssl.spi.SslProvider;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.contract.MemoryLink;
import dev.ferrule.testkit.contract.OutletOwner;
import dev.ferrule.testkit.contract.WirePair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a server pays to read its client's hello before the provider is asked: {@link #hello} is a
 * wire that is made, reads it and is released; {@link #handshake} is a whole one, of both sides in
 * memory, without a loop.
 */
@State(Scope.Thread)
public class HelloBenchmark extends SteadyState {
  private static final int CAPACITY = 100_000;

  /** The provider; "best" is the one of the highest rank. */
  @Param("best")
  String provider;

  private final Buffers buffers = new Buffers();
  private @Nullable WireFactory clients;
  private @Nullable WireFactory servers;
  private byte[] sent = {};

  /** Both contexts, and the hello that such a client sends. */
  @Setup
  public void open() throws IOException {
    Identity identity = Identity.create();
    SslProvider chosen = SslContext.provider(provider.equals("best") ? null : provider);
    clients = chosen.open(settings(identity, false));
    servers = chosen.open(settings(identity, true));
    MemoryLink.Pair links = MemoryLink.pair(CAPACITY);
    OutletOwner owner = new OutletOwner(links.client(), buffers);
    Wire client = client(links.client(), buffers, owner);
    client.handshake();
    owner.outlet().flush();
    ByteBuffer hello = ByteBuffer.allocate(CAPACITY);
    links.server().read(hello);
    sent = new byte[hello.flip().remaining()];
    hello.get(sent);
    client.release();
  }

  private static SslSettings settings(Identity identity, boolean server) {
    return new SslSettings(
        server,
        server ? Credentials.of(identity.server().key(), identity.server().chain()) : null,
        identity.trust().stream().map(TrustedCertificate::of).toList(),
        Verify.CHAIN_AND_HOST,
        ClientAuth.NONE,
        Set.of(Protocol.TLS_1_2, Protocol.TLS_1_3),
        CipherString.parse(CipherString.MODERN),
        Set.of(),
        List.of(),
        null);
  }

  private Wire client(Link link, Buffers shared, Transport.Owner owner) throws IOException {
    if (clients == null) {
      throw new IllegalStateException("not opened");
    }
    return clients.wire(link, owner.open(clients.memory()), shared, "127.0.0.1", 0);
  }

  private Wire server(Link link, Buffers shared, Transport.Owner owner) throws IOException {
    WireFactory wires = servers;
    if (wires == null) {
      throw new IllegalStateException("not opened");
    }
    return new HelloWire(link, shared, owner, wires.memory(), hello -> wires);
  }

  /** Up to the decision, which is left open. */
  @Benchmark
  public int hello() throws IOException {
    MemoryLink.Pair links = MemoryLink.pair(4096);
    links.client().write(ByteBuffer.wrap(sent));
    OutletOwner owner = new OutletOwner(links.server(), buffers);
    WireFactory wires = servers;
    if (wires == null) {
      throw new IllegalStateException("not opened");
    }
    HelloWire wire = new HelloWire(links.server(), buffers, owner, wires.memory(), hello -> null);
    int want = wire.handshake();
    wire.release();
    if (want != Wire.LATER) {
      throw new IllegalStateException("no decision was asked for");
    }
    return want;
  }

  /** Client and server. */
  @Benchmark
  public boolean handshake() throws IOException {
    try (WirePair pair = WirePair.of(this::client, link -> link, this::server, link -> link)) {
      pair.pump();
      if (!pair.server().isSecured()) {
        throw new IllegalStateException("no handshake", pair.server().failure());
      }
      return true;
    }
  }
}
