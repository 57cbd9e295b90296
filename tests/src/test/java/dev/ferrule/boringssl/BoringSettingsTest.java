package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.contract.WirePair;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What BoringSSL can be told, what it cannot, and that this is said. */
@Tag("once")
class BoringSettingsTest {
  private static final SslSettings CLIENT = Handshaken.settings(false);
  private static final SslSettings SERVER = Handshaken.settings(true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
        "ECDHE+AESGCM:!TLS_CHACHA20_POLY1305_SHA256",
        "ECDHE+AESGCM:!TLS_AES_128_GCM_SHA256:!TLS_AES_256_GCM_SHA384:!TLS_CHACHA20_POLY1305_SHA256"
      })
  void a_choice_among_the_suites_of_tls_1_3_is_refused(String list) {
    assertThatThrownBy(() ->
            Handshaken.boringssl(
                Handshaken.ciphers(SERVER, list, Protocol.TLS_1_2, Protocol.TLS_1_3)))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(list)
        .hasMessageContaining("TLS_CHACHA20_POLY1305_SHA256")
        .hasMessageContaining("provider jdk");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CipherString.MODERN,
        CipherString.CL_ASYNC,
        "DEFAULT",
        "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"
      })
  void all_suites_of_tls_1_3_in_any_order_pass(String list) throws IOException {
    SslSettings chosen = Handshaken.ciphers(SERVER, list, Protocol.TLS_1_2, Protocol.TLS_1_3);
    Handshaken facts = Handshaken.of(Handshaken.boringssl(CLIENT), Handshaken.boringssl(chosen));
    assertThat(facts.server().protocol()).isEqualTo(Protocol.TLS_1_3);
  }

  @Test
  void a_string_of_suites_of_tls_1_3_alone_leaves_no_older_version() throws IOException {
    SslSettings chosen =
        Handshaken.ciphers(
            SERVER,
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
            Protocol.TLS_1_2,
            Protocol.TLS_1_3);
    try (WirePair pair =
        Handshaken.pair(
            Handshaken.boringssl(Handshaken.with(CLIENT, Protocol.TLS_1_2)),
            Handshaken.boringssl(chosen))) {
      pair.pump();
      assertThat(pair.server().failure())
          .isInstanceOf(SslError.class)
          .hasMessageContaining("no protocol version is shared")
          .hasMessageContaining("the client offers TLSv1.2")
          .hasMessageContaining("this side has TLSv1.3");
    }
  }

  @Test
  void suites_of_tls_1_3_may_be_left_out_where_it_is_off() throws IOException {
    SslSettings older =
        Handshaken.ciphers(SERVER, "ECDHE+AESGCM:!TLS_AES_128_GCM_SHA256", Protocol.TLS_1_2);
    assertThat(
            Handshaken.of(Handshaken.boringssl(CLIENT), Handshaken.boringssl(older))
                .server()
                .protocol())
        .isEqualTo(Protocol.TLS_1_2);
  }

  @Test
  void a_version_between_others_cannot_be_left_out() {
    assertThatThrownBy(() ->
            Handshaken.boringssl(
                Handshaken.ciphers(SERVER, "ALL", Protocol.TLS_1_1, Protocol.TLS_1_3)))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("between others");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_0", "TLS_1_1"})
  void an_old_version_is_spoken_when_it_is_asked_for_by_name(Protocol old) throws IOException {
    Handshaken facts =
        Handshaken.of(
            Handshaken.boringssl(Handshaken.ciphers(CLIENT, "ECDHE", old)),
            Handshaken.boringssl(Handshaken.ciphers(SERVER, "ECDHE", old)));
    assertThat(facts.server().protocol()).isEqualTo(old);
    assertThat(facts.client().cipher()).endsWith("_CBC_SHA");
  }

  @Test
  void no_other_suites_are_there_than_the_library_has() throws Exception {
    Handshaken.boringssl(SERVER); // loads the library
    long context = SSLContext.make(SSL.SSL_PROTOCOL_ALL, SSL.SSL_MODE_SERVER);
    SSLContext.setCipherSuite(context, "ALL", false);
    long ssl = SSL.newSSL(context, true);
    try {
      SslSettings all = Handshaken.ciphers(SERVER, "ALL@SECLEVEL=0", Protocol.TLS_1_2);
      assertThat(OfferedParameters.of(all).suites())
          .extracting(CipherSuite::openssl)
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(SSL.getCiphers(ssl)).filter(name -> !name.contains("PSK")).toList());
    } finally {
      SSL.freeSSL(ssl);
      SSLContext.free(context);
    }
  }

  @Test
  void a_context_made_outside_is_refused_and_the_provider_that_takes_it_named() throws Exception {
    var outside = javax.net.ssl.SSLContext.getDefault();
    assertThatThrownBy(() -> SslContext.provider("boringssl").adopt(outside, false))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("the jdk provider takes");
    assertThat(SslContext.of(outside).provider()).isEqualTo("jdk");
  }

  @Test
  void a_server_with_a_certificate_of_ed25519_is_refused_with_the_reason() throws IOException {
    SslSettings shown =
        Handshaken.with(
            SERVER,
            Handshaken.credentials(
                Handshaken.CA.request("localhost").keyType(KeyType.ED25519).issue()),
            dev.ferrule.ssl.ClientAuth.NONE);
    try (WirePair pair =
        Handshaken.pair(Handshaken.boringssl(CLIENT), Handshaken.boringssl(shown))) {
      pair.pump();
      assertThat(pair.server().failure())
          .isInstanceOf(SslError.class)
          .hasMessageContaining("signature");
      assertThat(((SslError) pair.server().failure()).alert()).hasValue("handshake_failure");
      assertThat(((SslError) pair.client().failure()).side()).isEqualTo(SslError.Side.PEER);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, libnetty_tcnative_linux_x86_64.so",
    "Linux, aarch64, libnetty_tcnative_linux_aarch_64.so",
    "Mac OS X, aarch64, libnetty_tcnative_osx_aarch_64.jnilib",
    "Mac OS X, x86_64, libnetty_tcnative_osx_x86_64.jnilib",
    "Windows 11, amd64, netty_tcnative_windows_x86_64.dll",
    "Windows 11, aarch64,",
    "Linux, riscv64,",
    "FreeBSD, amd64,"
  })
  void each_platform_has_its_library_or_none(String os, String processor, String library)
      throws IOException {
    assertThat(Natives.library(os, processor)).isEqualTo(library);
    if (library != null) {
      assertThat(SSL.class.getClassLoader().getResource("META-INF/native/" + library)).isNotNull();
      assertThat(nativeModules()).contains(PackagedLibrary.module(library));
    }
  }

  /** Of the jars on the class path that hold a library. */
  private static List<String> nativeModules() throws IOException {
    List<String> names = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.contains("tcnative-boringssl-static")) {
        ModuleFinder.of(Path.of(entry)).findAll().forEach(m -> names.add(m.descriptor().name()));
      }
    }
    return names;
  }

  @Test
  void a_library_that_was_unpacked_before_is_taken_from_where_it_is(@TempDir Path folder)
      throws Exception {
    String library = "libnetty_tcnative_linux_x86_64.so";
    assertThat(Natives.unpacked(null, library)).isNull();
    assertThat(Natives.unpacked(folder.toString(), library)).isNull();
    Path file = Files.createFile(folder.resolve(library));
    assertThat(Natives.unpacked(folder.toString(), library)).isEqualTo(file);
  }

  @Test
  void the_default_provider_is_the_best_unless_the_property_names_one() {
    String before = System.getProperty(SslContext.PROVIDER);
    try {
      System.clearProperty(SslContext.PROVIDER);
      assertThat(SslContext.provider(null).name()).isEqualTo("boringssl");
      for (String name : Set.of("jdk", "boringssl")) {
        System.setProperty(SslContext.PROVIDER, name);
        assertThat(SslContext.provider(null).name()).isEqualTo(name);
        assertThat(SslContext.provider("jdk").name()).isEqualTo("jdk");
      }
      System.setProperty(SslContext.PROVIDER, "nss");
      assertThatThrownBy(() -> SslContext.client().build())
          .isInstanceOf(SslConfigException.class)
          .hasMessageContaining("'nss'");
    } finally {
      if (before == null) {
        System.clearProperty(SslContext.PROVIDER);
      } else {
        System.setProperty(SslContext.PROVIDER, before);
      }
    }
  }
}
