package dev.ferrule.openssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.Verify;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever both sides' cipher strings, security levels, versions and providers are: a side that
 * verifies is secure only with a peer that has proved who it is. One again: {@code
 * -Dferrule.unverified.seed=N}.
 */
@Tag("once")
class NothingPassesUnverifiedTest {
  private static final int ROUNDS = 250;
  private static final List<String> PROVIDERS = List.of("openssl", "openssl", "boringssl", "jdk");
  private static final List<String> WORDS =
      List.of(
          "ALL",
          "COMPLEMENTOFALL",
          "DEFAULT",
          "HIGH",
          "MEDIUM",
          "aNULL",
          "eNULL",
          "ADH",
          "AECDH",
          "PSK",
          "kPSK",
          "aPSK",
          "kECDHEPSK",
          "kDHEPSK",
          "kRSAPSK",
          "SRP",
          "aRSA",
          "aECDSA",
          "ECDHE+AESGCM",
          "CHACHA20",
          "kRSA",
          "SHA1",
          "TLSv1.2",
          "ADH-AES256-GCM-SHA384",
          "AECDH-AES128-SHA",
          "PSK-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES128-GCM-SHA256");

  private static final ThrowawayCa STRANGER = ThrowawayCa.create();
  private static final ExternalPsk KEY = psk("a key that is on this side only");
  private static final ExternalPsk OTHER = psk("another key, which the peer has");

  /** Who the peer is. */
  private enum Peer {
    RIGHT,
    OF_A_STRANGER,
    OF_ANOTHER_HOST,
    EXPIRED,
    OF_THE_WRONG_PURPOSE,
    SELF_SIGNED,
    WITHOUT_CERTIFICATE,
    WITH_ANOTHER_KEY
  }

  private static final Map<Peer, Credentials> SERVERS = servers();
  private static final Map<Peer, Credentials> CLIENTS = clients();

  private final long seed = Long.getLong("ferrule.unverified.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private boolean clientSecure;
  private boolean serverSecure;

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  private static ExternalPsk psk(String key) {
    return ExternalPsk.of("meter", key.getBytes(US_ASCII));
  }

  private static Map<Peer, Credentials> servers() {
    Map<Peer, Credentials> all = new EnumMap<>(Peer.class);
    all.put(Peer.RIGHT, Pki.credentials(Pki.CA.issue("localhost")));
    all.put(Peer.OF_A_STRANGER, Pki.credentials(STRANGER.issue("localhost")));
    all.put(Peer.OF_ANOTHER_HOST, Pki.credentials(Pki.CA.issue("other.example")));
    all.put(Peer.EXPIRED, Pki.credentials(Pki.CA.request("localhost").expired().issue()));
    all.put(
        Peer.OF_THE_WRONG_PURPOSE,
        Pki.credentials(Pki.CA.request("localhost").forClient().issue()));
    all.put(Peer.SELF_SIGNED, Pki.credentials(Pki.CA.request("localhost").selfSigned().issue()));
    return all;
  }

  private static Map<Peer, Credentials> clients() {
    Map<Peer, Credentials> all = new EnumMap<>(Peer.class);
    all.put(Peer.RIGHT, Pki.CLIENT);
    all.put(
        Peer.OF_A_STRANGER,
        Pki.credentials(STRANGER.request("client.example").forClient().issue()));
    all.put(
        Peer.EXPIRED,
        Pki.credentials(Pki.CA.request("client.example").forClient().expired().issue()));
    all.put(Peer.OF_THE_WRONG_PURPOSE, Pki.credentials(Pki.CA.issue("client.example")));
    all.put(
        Peer.SELF_SIGNED,
        Pki.credentials(Pki.CA.request("client.example").forClient().selfSigned().issue()));
    return all;
  }

  @Test
  void a_client_is_secure_only_with_a_server_that_has_proved_who_it_is() {
    int passed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Peer peer = one(Peer.values());
      boolean keyed = peer == Peer.WITH_ANOTHER_KEY || random.nextInt(4) == 0;
      SslContext client = build(client(keyed));
      SslContext server = build(server(peer));
      if (client != null && server != null) {
        meet(client, server);
        String what = "seed %s, round %s: %s, client %s, server %s";
        if (peer != Peer.RIGHT) {
          assertThat(clientSecure).as(what, seed, round, peer, client, server).isFalse();
        }
        passed += clientSecure ? 1 : 0;
      }
    }
    assertThat(passed).as("seed %s: how many were secure", seed).isGreaterThan(ROUNDS / 50);
  }

  @Test
  void a_server_is_secure_only_with_a_client_that_has_proved_who_it_is() {
    int passed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Peer peer = one(Peer.values());
      boolean byKeys = peer == Peer.WITH_ANOTHER_KEY;
      SslContext client = build(anyClient(peer));
      SslContext server = build(byKeys ? keyedServer(KEY) : askingServer());
      if (client != null && server != null) {
        meet(client, server);
        String what = "seed %s, round %s: %s, client %s, server %s";
        if (peer != Peer.RIGHT && peer != Peer.OF_ANOTHER_HOST) {
          assertThat(serverSecure).as(what, seed, round, peer, client, server).isFalse();
        }
        passed += serverSecure ? 1 : 0;
      }
    }
    assertThat(passed).as("seed %s: how many were secure", seed).isGreaterThan(ROUNDS / 50);
  }

  // ---- the client under test, and the servers that it meets

  private SslContextBuilder client(boolean keyed) {
    SslContextBuilder client =
        any(SslContext.client().provider(keyed ? "openssl" : one(PROVIDERS))).trust(Pki.TRUST);
    return keyed ? client.externalPsk(KEY) : client;
  }

  private SslContextBuilder server(Peer peer) {
    return switch (peer) {
      case WITH_ANOTHER_KEY -> keyedServer(OTHER);
      case WITHOUT_CERTIFICATE ->
          SslContext.server()
              .provider("openssl")
              .credentials(SERVERS.get(Peer.OF_A_STRANGER))
              .minProtocol(Protocol.TLS_1_0)
              .maxProtocol(Protocol.TLS_1_2)
              .ciphers("aNULL:@SECLEVEL=0");
      default -> any(SslContext.server().provider(one(PROVIDERS))).credentials(SERVERS.get(peer));
    };
  }

  private SslContextBuilder keyedServer(ExternalPsk key) {
    SslContextBuilder server =
        any(SslContext.server().provider("openssl"))
            .externalPsks(name -> name.equals("meter") ? Optional.of(key) : Optional.empty());
    return server;
  }

  // ---- the server under test, and the clients that it meets

  private SslContextBuilder askingServer() {
    return any(SslContext.server().provider(one(PROVIDERS)))
        .credentials(SERVERS.get(Peer.RIGHT))
        .trust(Pki.TRUST)
        .clientAuth(ClientAuth.REQUIRED);
  }

  /** Which believes anybody. */
  private SslContextBuilder anyClient(Peer peer) {
    boolean keyed = peer == Peer.WITH_ANOTHER_KEY;
    SslContextBuilder client =
        any(SslContext.client().provider(keyed ? "openssl" : one(PROVIDERS))).verify(Verify.NONE);
    Credentials shown = CLIENTS.get(peer == Peer.OF_ANOTHER_HOST ? Peer.RIGHT : peer);
    if (keyed && random.nextBoolean()) {
      return client.externalPsk(OTHER);
    }
    return shown == null ? client : client.credentials(shown);
  }

  // ---- what is left to chance

  private SslContextBuilder any(SslContextBuilder context) {
    if (random.nextInt(3) > 0) {
      try {
        context.ciphers(string());
      } catch (SslConfigException e) {
        context.ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0"); // the other leaves nothing
      }
    }
    Protocol[] versions = Protocol.values();
    int newest = random.nextInt(4) == 0 ? random.nextInt(versions.length) : versions.length - 1;
    return context.minProtocol(versions[random.nextInt(newest + 1)]).maxProtocol(versions[newest]);
  }

  private String string() {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "ALL" : one(WORDS));
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(':').append(one(List.of("", "", "+", "-", "!"))).append(one(WORDS));
    }
    return random.nextBoolean()
        ? text.append(":@SECLEVEL=").append(random.nextInt(3)).toString()
        : text.toString();
  }

  private <T> T one(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private <T> T one(T[] all) {
    return all[random.nextInt(all.length)];
  }

  /** Null for what the provider refuses. */
  private static SslContext build(SslContextBuilder settings) {
    try {
      return settings.build();
    } catch (SslConfigException e) {
      return null;
    }
  }

  private void meet(SslContext client, SslContext server) {
    clientSecure = false;
    serverSecure = false;
    Loops.run(loop -> {
      var listening =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(server)
              .onSecure((socket, session) -> {
                serverSecure = true;
                socket.close();
              })
              .onEvent(event -> {})
              .open();
      Ssl.connect(loop, "127.0.0.1", listening.port())
          .context(client)
          .serverName("localhost")
          .onSecure((socket, session) -> clientSecure = true)
          .onRead((socket, data) -> {})
          .onEvent(event -> {})
          .onClose(listening::close)
          .open();
    });
  }
}
