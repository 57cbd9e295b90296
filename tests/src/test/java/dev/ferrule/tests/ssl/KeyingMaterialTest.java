package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.ChannelBinding;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslSetup;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslTicketKeys;
import dev.ferrule.ssl.spi.Capability;
import dev.ferrule.ssl.spi.SslProvider;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What both sides of a connection export is the same, whoever they are, and nobody else's. */
class KeyingMaterialTest {
  private static final String LABEL = "EXPORTER-ferrule-test";

  /** A provider, and what protects its records. */
  record Kind(String provider, RecordLayer records) {
    void on(SslSetup<?> setup, Protocol version) {
      setup.provider(provider).records(records).minProtocol(version).maxProtocol(version);
    }
  }

  record Case(Protocol version, String suite, Kind server, Kind client) {}

  /** The provider of this run against every other, in both roles. */
  private static Stream<Case> cases() {
    List<Kind> kinds = new ArrayList<>();
    for (SslProvider provider : SslContext.providers()) {
      if (provider.unavailable() == null) {
        kinds.add(new Kind(provider.name(), RecordLayer.LIBRARY));
        if (provider.can(Capability.RECORDS_IN_JAVA)) {
          kinds.add(new Kind(provider.name(), RecordLayer.JAVA));
        }
      }
    }
    Set<Case> cases = new LinkedHashSet<>();
    for (Kind own : kinds.stream().filter(kind -> kind.provider.equals(Provided.NAME)).toList()) {
      for (Kind other : kinds) {
        for (String suite : List.of("DEFAULT", "AES256+AESGCM", "CHACHA20")) {
          cases.add(new Case(Protocol.TLS_1_2, suite, own, other));
          cases.add(new Case(Protocol.TLS_1_2, suite, other, own));
        }
        cases.add(new Case(Protocol.TLS_1_3, "DEFAULT", own, other));
        cases.add(new Case(Protocol.TLS_1_3, "DEFAULT", other, own));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void both_sides_export_the_same(Case each) {
    List<String> server = new ArrayList<>();
    List<String> client = new ArrayList<>();
    long seed = new Random().nextLong();
    new Pair()
        .server(s -> {
          each.server.on(s, each.version);
          s.ciphers(each.suite);
        })
        .client(c -> each.client.on(c, each.version))
        .onServed(socket -> server.addAll(exported(socket, new Random(seed))))
        .onSecure(socket -> {
          client.addAll(exported(socket, new Random(seed)));
          socket.close();
        })
        .run();
    assertThat(server).as("seed %s", seed).isEqualTo(client).hasSize(14);
    boolean alike = each.version == Protocol.TLS_1_3; // none and an empty one
    assertThat(client.get(0).equals(client.get(1))).isEqualTo(alike);
    assertThat(Set.copyOf(client)).hasSize(alike ? 13 : 14);
  }

  private static List<String> exported(SslSocket socket, Random random) {
    List<byte[]> all = new ArrayList<>();
    all.add(socket.exportKeyingMaterial(LABEL, null, 32));
    all.add(socket.exportKeyingMaterial(LABEL, new byte[0], 32));
    all.add(socket.exportKeyingMaterial("x".repeat(249), null, 8160));
    all.add(socket.channelBinding(ChannelBinding.TLS_EXPORTER));
    for (int i = 0; i < 10; i++) {
      byte[] context = new byte[random.nextInt(1, 256)];
      random.nextBytes(context);
      String label = "EXPORTER-" + random.nextInt();
      all.add(socket.exportKeyingMaterial(label, context, random.nextInt(16, 200)));
    }
    assertThat(socket.channelBinding(ChannelBinding.TLS_EXPORTER)).hasSize(32);
    return all.stream().map(HexFormat.of()::formatHex).toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void another_connection_of_the_same_session_has_other_material(Protocol version) {
    SslContext clients = of(SslContext.client().trust(Pki.TRUST), version);
    SslContext servers = of(SslContext.server().credentials(Pki.LOCAL), version);
    Set<String> exported = new LinkedHashSet<>();
    Set<Boolean> resumed = new LinkedHashSet<>();
    Resumptions.of(
        servers,
        clients,
        3,
        (server, client) -> {
          String own = export(client);
          assertThat(export(server)).isEqualTo(own);
          assertThat(server.channelBinding(ChannelBinding.TLS_SERVER_END_POINT))
              .isEqualTo(client.channelBinding(ChannelBinding.TLS_SERVER_END_POINT));
          exported.add(own);
          resumed.add(client.session().orElseThrow().resumed());
        });
    assertThat(resumed).containsExactly(false, true);
    assertThat(exported).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_does_not_guess_what_another_with_its_ticket_keys_showed(Protocol version) {
    Provided.assumeSharesTicketKeys();
    SslContext clients = of(SslContext.client().trust(Pki.TRUST), version);
    byte[] key = new byte[48];
    new Random().nextBytes(key);
    SslTicketKeys keys = SslTicketKeys.of(List.of(key));
    SslContext servers = of(SslContext.server().credentials(Pki.LOCAL).ticketKeys(keys), version);
    List<Boolean> known = new ArrayList<>();
    Resumptions.of(
        servers,
        clients,
        2,
        (server, client) -> {
          try {
            known.add(server.channelBinding(ChannelBinding.TLS_SERVER_END_POINT).length == 32);
          } catch (IllegalStateException e) {
            assertThat(e)
                .hasMessageContaining("resumed with ticket keys that other servers have too");
            known.add(false);
          }
        });
    assertThat(known).containsExactly(true, false);
  }

  /** Java keeps the randoms of TLS 1.2 in the session, where the last connection's are. */
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void what_is_exported_late_is_right_or_refused(Protocol version) {
    SslContext clients = of(SslContext.client().trust(Pki.TRUST), version);
    SslContext servers = of(SslContext.server().credentials(Pki.LOCAL), version);
    List<SslSocket> all = new ArrayList<>();
    List<String> early = new ArrayList<>();
    Resumptions.of(
        servers,
        clients,
        3,
        (server, client) -> {
          all.add(client);
          early.add(export(client));
          boolean overwritten = version == Protocol.TLS_1_2 && Provided.NAME.equals("jdk");
          for (int i = 0; i < all.size() - 1; i++) {
            SslSocket older = all.get(i);
            if (overwritten) {
              assertThatThrownBy(() -> export(older))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("another connection has resumed");
            } else {
              assertThat(export(older)).isEqualTo(early.get(i));
            }
          }
        });
    assertThat(early).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void nothing_is_exported_of_a_socket_that_is_closed(Protocol version) {
    List<SslSocket> all = new ArrayList<>();
    new Pair()
        .client(c -> c.minProtocol(version).maxProtocol(version))
        .onServed(all::add)
        .onSecure(socket -> {
          all.add(socket);
          socket.close();
          assertThatThrownBy(() -> export(socket)).hasMessageContaining("the socket is closed");
          socket.loop().delay(Duration.ofMillis(10), () -> all.forEach(each -> closed(each)));
        })
        .run();
    assertThat(all).hasSize(2);
  }

  private static void closed(SslSocket socket) {
    assertThat(socket.isClosed()).isTrue();
    assertThatThrownBy(() -> socket.channelBinding(ChannelBinding.TLS_EXPORTER))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the socket is closed");
  }

  private static String export(SslSocket socket) {
    return HexFormat.of().formatHex(socket.exportKeyingMaterial(LABEL, null, 32));
  }

  private static SslContext of(SslContextBuilder builder, Protocol version) {
    return builder.minProtocol(version).maxProtocol(version).build();
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "RSA_2048"})
  void the_end_point_is_the_hash_of_the_servers_certificate(KeyType key) throws Exception {
    Provided.assumeVerifies(key);
    CompletableFuture<byte[]> server = new CompletableFuture<>();
    CompletableFuture<byte[]> client = new CompletableFuture<>();
    new Pair()
        .server(s -> s.credentials(Pki.server(key).credentials()))
        .onServed(
            socket -> server.complete(socket.channelBinding(ChannelBinding.TLS_SERVER_END_POINT)))
        .onSecure(socket -> {
          client.complete(socket.channelBinding(ChannelBinding.TLS_SERVER_END_POINT));
          socket.close();
        })
        .run();
    byte[] shown = Pki.server(key).credentials().chain().getFirst().getEncoded();
    assertThat(client.get()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(shown));
    assertThat(server.get()).isEqualTo(client.get());
  }

  @Test
  void what_is_out_of_bounds_is_refused() {
    new Pair()
        .onSecure(socket -> {
          refused(socket, "", null, 32);
          refused(socket, "x".repeat(250), null, 32);
          refused(socket, "EXPORTER-\u00e9", null, 32);
          refused(socket, "key expansion", null, 32);
          refused(socket, "master secret", null, 32);
          refused(socket, LABEL, new byte[65_536], 32);
          refused(socket, LABEL, null, 0);
          refused(socket, LABEL, null, 8161);
          socket.close();
          assertThatThrownBy(() -> socket.exportKeyingMaterial(LABEL, null, 1))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("closed");
        })
        .run();
  }

  private static void refused(SslSocket socket, String label, byte[] context, int length) {
    assertThatThrownBy(() -> socket.exportKeyingMaterial(label, context, length))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothing_is_exported_before_the_handshake_is_done() {
    new Pair()
        .onAccept(socket ->
            assertThatThrownBy(() -> socket.channelBinding(ChannelBinding.TLS_EXPORTER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("handshake"))
        .onSecure(SslSocket::close)
        .run();
  }
}
