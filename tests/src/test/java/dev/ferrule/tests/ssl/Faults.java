package dev.ferrule.tests.ssl;

import static dev.ferrule.tests.ssl.RawHello.hex;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslAdmission;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;

/** A real fault for each failure of the catalogue: what a side hears of it. */
final class Faults {
  /** What is sent as data: nobody may read it in an error. */
  static final String SECRET = "zanzibar-4711";

  private final Map<SslFailure, Supplier<SslError>> all = new EnumMap<>(SslFailure.class);

  Faults() {
    firstMessages();
    handshakes();
    certificates();
    alerts();
    records();
    thisSide();
  }

  /** Every failure that somebody knows how to provoke. */
  Map<SslFailure, Supplier<SslError>> all() {
    return all;
  }

  private void put(SslFailure failure, Supplier<SslError> provoked) {
    assertThat(all.put(failure, provoked)).isNull();
  }

  private void firstMessages() {
    put(SslFailure.NOT_SSL, () -> served(SECRET.getBytes(UTF_8)));
    put(SslFailure.NO_SHARED_PROTOCOL, () -> heard(versions().run().server));
    put(SslFailure.NO_SHARED_CIPHER, () -> heard(suites().run().server));
    put(SslFailure.NO_SHARED_GROUP, () -> heard(groups().run().server));
    byte[] ofRsaOnly =
        new RawHello()
            .extension(43, hex("02 0304"))
            .extension(10, hex("0002 001d"))
            .extension(13, hex("0002 0804"))
            .extension(51, hex("0024 001d 0020" + "09".repeat(32)))
            .records(16_000);
    put(SslFailure.NO_SHARED_SIGNATURE, () -> served(ofRsaOnly));
    put(SslFailure.NO_SHARED_APPLICATION, () -> heard(applications().run().server));
    put(SslFailure.NOT_OFFERED, () -> heard(towardsClient(Faults::otherSuite).client));
    put(SslFailure.UNRECOGNIZED_NAME, () -> heard(strict().run().server));
    put(
        SslFailure.REFUSED,
        () ->
            heard(
                pair(s -> s.onHello((socket, hello, choice) -> choice.refuse("access_denied")))
                    .run()
                    .server));
    put(SslFailure.ADMISSION, () -> heard(crowded().server));
    put(SslFailure.INJECTED, Faults::injected);
  }

  private void handshakes() {
    byte[] helloDone = hex("160303 0004 0e000000");
    put(SslFailure.UNEXPECTED_MESSAGE, () -> heard(secondFlight(helloDone).server));
    byte[] brokenName = RawHello.usual().extension(10_000, hex("00")).records(16_000);
    brokenName[5 + 4 + 2 + 32 + 1 + 2 + 2 + 2 + 1]++; // all extensions are a byte longer
    put(SslFailure.MALFORMED_MESSAGE, () -> served(brokenName));
    byte[] long_ = RawHello.usual().padded(64 * 1024 + 1).records(16_000);
    put(SslFailure.MESSAGE_TOO_LONG, () -> served(long_));
    byte[] pskInTheMiddle =
        RawHello.usual()
            .extension(45, hex("01 01"))
            .extension(41, hex("000b 0005 6162636465 00000000 0021 20" + "00".repeat(32)))
            .extension(21, new byte[4])
            .records(16_000);
    byte[] unsigned =
        new RawHello()
            .extension(43, hex("02 0304"))
            .extension(10, hex("0002 001d"))
            .extension(51, hex("0024 001d 0020" + "09".repeat(32)))
            .records(16_000);
    put(
        SslFailure.ILLEGAL_PARAMETER,
        () -> served(Provided.ORDERS_EXTENSIONS ? pskInTheMiddle : unsigned));
    put(SslFailure.HANDSHAKE_NOT_AUTHENTIC, () -> heard(otherRandom().client));
    put(SslFailure.WEAK_SIGNATURE, () -> heard(towardsClient(Faults::signedWithSha1).client));
    byte[] early = RawHello.usual().extension(42, new byte[0]).records(16_000);
    byte[] data = new byte[5 + 16_000];
    System.arraycopy(hex("170303 3e80"), 0, data, 0, 5);
    put(SslFailure.EARLY_DATA, () -> served(RawHello.join(early, data, data, data, data, data)));
  }

  private void certificates() {
    new CertificateFaults().all().forEach(this::put);
  }

  private void alerts() {
    put(SslFailure.PEER_REFUSED_PROTOCOL, () -> heard(versions().run().client));
    put(SslFailure.PEER_REFUSED_OFFER, () -> heard(suites().run().client));
    put(SslFailure.PEER_REFUSED_NAME, () -> heard(strict().run().client));
    put(SslFailure.PEER_REFUSED_APPLICATION, () -> heard(applications().run().client));
    put(SslFailure.PEER_REFUSED_PSK, () -> heard(preshared().run().client));
    put(SslFailure.PEER_FAILED, () -> heard(crowded().client));
    put(SslFailure.PEER_ALERT, () -> heard(towardsClient(all -> hex("150303 0002 0232")).client));
    put(SslFailure.CANCELLED, () -> heard(towardsClient(all -> hex("150303 0002 0100")).client));
  }

  private void records() {
    put(SslFailure.NOT_A_RECORD, () -> heard(tampered(all -> SECRET.getBytes(UTF_8)).server));
    put(SslFailure.RECORD_TOO_LONG, () -> heard(tampered(all -> hex("170303 ffff 00")).server));
    put(
        SslFailure.BAD_RECORD_MAC,
        () ->
            heard(
                tampered(
                        all -> {
                          all[all.length - 1] ^= 1;
                          return all;
                        })
                    .server));
    put(SslFailure.TRUNCATED, () -> heard(tampered(all -> null).server));
    put(SslFailure.TOO_MANY_IDLE_RECORDS, Faults::updates);
    put(SslFailure.RENEGOTIATION, Faults::renegotiation);
    put(SslFailure.OUTPUT_CLOSED, Faults::late);
  }

  private void thisSide() {
    put(
        SslFailure.BROKEN,
        () ->
            heard(
                pair(
                        s -> {},
                        c ->
                            c.verifier((chain, why, hello) -> {
                              throw new IllegalStateException("no database");
                            }))
                    .run()
                    .client));
  }

  // ---- two honest sides that do not fit

  static Pair pair(Consumer<SslServerSetup> server) {
    return pair(server, c -> {});
  }

  /** Both have the secret to send. */
  static Pair pair(Consumer<SslServerSetup> server, Consumer<SslClientSetup> client) {
    return new Pair()
        .server(server)
        .client(c -> {
          c.data(SECRET);
          client.accept(c);
        })
        .onAccept(socket -> socket.write(SECRET));
  }

  private static Pair versions() {
    return pair(s -> s.minProtocol(Protocol.TLS_1_3), c -> c.maxProtocol(Protocol.TLS_1_2));
  }

  private static Pair suites() {
    return pair(
        s -> s.maxProtocol(Protocol.TLS_1_2).ciphers("ECDHE-ECDSA-AES256-GCM-SHA384"),
        c -> c.ciphers("ECDHE-ECDSA-AES128-GCM-SHA256"));
  }

  private static Pair groups() {
    return pair(s -> s.groups("secp384r1"), c -> c.groups("secp256r1"));
  }

  private static Pair applications() {
    return pair(s -> s.alpn("h2"), c -> c.alpn("mqtt"));
  }

  private static Pair preshared() {
    ExternalPsk own = ExternalPsk.of("meter", SECRET.repeat(16).getBytes(UTF_8));
    ExternalPsk other = ExternalPsk.of("meter", "another key, as long".getBytes(UTF_8));
    return pair(s -> s.externalPsks(name -> Optional.of(own)), c -> c.externalPsk(other));
  }

  private static Pair strict() {
    Credentials one = Pki.credentials(Pki.CA.issue("one.example"));
    return pair(s -> s.name("one.example", one).strictNames(), c -> c.serverName("two.example"));
  }

  /** The second of two where one is allowed. */
  private static Pair crowded() {
    SslAdmission one = SslAdmission.limits().perAddress(1, Duration.ofHours(1)).build();
    pair(s -> s.admission(one)).onSecure(SslSocket::close).run();
    return pair(s -> s.admission(one)).run();
  }

  // ---- somebody in between

  /** What the server sends first is changed, in TLS 1.2. */
  private static Pair towardsClient(UnaryOperator<byte[]> change) {
    boolean[] done = new boolean[1];
    return between(
            pair(s -> s.maxProtocol(Protocol.TLS_1_2)),
            (up, bytes) -> {
              boolean first = !up && !done[0];
              done[0] |= first;
              return first ? change.apply(bytes) : bytes;
            })
        .run();
  }

  /** In place of what a client of TLS 1.2 sends behind its hello. */
  private static Pair secondFlight(byte[] instead) {
    int[] flights = new int[1];
    return between(
            pair(s -> s.maxProtocol(Protocol.TLS_1_2)),
            (up, bytes) -> up && ++flights[0] == 2 ? instead : bytes)
        .run();
  }

  /** What the server signs is not what its client has sent. */
  private static Pair otherRandom() {
    return between(
            pair(s -> s.maxProtocol(Protocol.TLS_1_2)),
            (up, bytes) -> {
              if (up && bytes[0] == 22 && bytes[5] == 1) {
                bytes[5 + 4 + 2] ^= 1;
              }
              return bytes;
            })
        .run();
  }

  private interface Change {
    byte[] of(boolean up, byte[] bytes);
  }

  private static Pair between(Pair pair, Change change) {
    return pair.through((loop, port) ->
        Relay.open(
            loop,
            port,
            (relay, up, bytes) -> {
              byte[] changed = change.of(up, bytes);
              if (changed == null) {
                relay.cut(false);
              } else {
                relay.forward(up, changed);
              }
            }));
  }

  /** The client's first data is changed; null: the connection is cut there. */
  static Pair tampered(UnaryOperator<byte[]> change) {
    boolean[] secure = new boolean[1];
    Pair pair = new Pair();
    pair.server(s -> s.onRead((socket, data) -> pair.server.read(data)));
    pair.onServed(s -> {
      secure[0] = true;
      s.write("go");
    });
    pair.client(c -> c.onRead((socket, data) -> socket.write(SECRET)));
    return between(pair, (up, bytes) -> up && secure[0] ? change.apply(bytes) : bytes).run();
  }

  private static byte[] otherSuite(byte[] flight) {
    int suite = 5 + 4 + 2 + 32;
    suite += 1 + flight[suite];
    flight[suite] = 0x13;
    flight[suite + 1] = 0x05;
    return flight;
  }

  /** The scheme of a ServerKeyExchange is made ecdsa_sha1. */
  private static byte[] signedWithSha1(byte[] flight) {
    int at = 0;
    while (flight[at + 5] != 12) {
      at += 5 + ((flight[at + 3] & 0xFF) << 8) + (flight[at + 4] & 0xFF);
    }
    int scheme = at + 5 + 4 + 3;
    scheme += 1 + (flight[scheme] & 0xFF);
    flight[scheme] = 2;
    flight[scheme + 1] = 3;
    return flight;
  }

  // ---- peers of another kind

  /** What a server hears of a client that says that. */
  private static SslError served(byte[] bytes) {
    Heard server = new Heard();
    Loops.runInline(loop -> {
      var listening = Pair.serve(loop, server, s -> {});
      Tcp.connect(loop, "127.0.0.1", listening.port())
          .data(bytes)
          .onRead((socket, data) -> data.position(data.limit()))
          .onEvent(event -> {})
          .open();
    });
    return heard(server);
  }

  private static SslError injected() {
    Heard wrapped = new Heard();
    Loops.runInline(loop -> {
      int port = InjectionTest.greeter(loop, "220 go ahead\r\n" + SECRET, new StringBuilder());
      Tcp.connect(loop, "127.0.0.1", port)
          .onRead((plain, data) -> {
            data.position(data.position() + 14);
            wrap(plain, wrapped).write(SECRET);
          })
          .open();
    });
    return heard(wrapped);
  }

  private static SslSocket wrap(TcpSocket plain, Heard heard) {
    return Ssl.wrap(plain)
        .asClient("localhost")
        .trust(Pki.TRUST)
        .onEvent(heard::event)
        .onClose(heard::close)
        .open();
  }

  private static SslError updates() {
    Heard server = new Heard();
    Loops.runInline(loop -> {
      var listening = Pair.serve(loop, server);
      EnginePeer.connect(loop, listening.port(), engine -> engine.keyUpdates(40));
    });
    return heard(server);
  }

  private static SslError renegotiation() {
    Heard server = new Heard();
    AtomicReference<FutureTask<Boolean>> peer = new AtomicReference<>();
    Loops.runInline(loop -> {
      var listening = Pair.serve(loop, server);
      peer.set(new FutureTask<>(() -> asksAgain(listening.port()), true));
      Thread.ofPlatform().daemon().start(peer.get());
    });
    return heard(server);
  }

  private static void asksAgain(int port) {
    try (SSLSocket socket = JdkPeers.connect(port)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setSoTimeout(5000);
      socket.getOutputStream().write(SECRET.getBytes(UTF_8));
      socket.startHandshake();
      socket.getOutputStream().write(SECRET.getBytes(UTF_8));
      socket.getInputStream().read();
    } catch (IOException e) {
      return; // it is told by an alert; the server says why
    }
  }

  /** A server of TLS 1.2 writes after its client has ended. */
  private static SslError late() {
    Pair pair = new Pair();
    pair.server(s -> s.halfOpen());
    pair.client(c -> c.halfOpen().maxProtocol(Protocol.TLS_1_2));
    pair.onSecure(SslSocket::shutdownOutput);
    pair.onServed(s ->
        s.onEvent(event -> {
          pair.server.event(event);
          if (event instanceof TcpEof) {
            s.loop().execute(() -> s.loop().execute(() -> s.write(SECRET, done -> done.close())));
          }
        }));
    return heard(pair.run().server);
  }

  /** The error that a side has heard. */
  static SslError heard(Heard side) {
    return side.events.stream()
        .filter(SslError.class::isInstance)
        .map(SslError.class::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError("heard only " + side.events));
  }
}
