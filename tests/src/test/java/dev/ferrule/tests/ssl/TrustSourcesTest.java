package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.TrustSource;
import dev.ferrule.ssl.trust.Trust;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trusted issuers of several sources at once. */
class TrustSourcesTest {
  private static final ThrowawayCa OTHER = ThrowawayCa.create();
  private static final Credentials OTHERS = Pki.credentials(OTHER.issue("127.0.0.1"));
  private static final TrustSource SYSTEM = TrustSource.system();

  @TempDir private Path folder;

  private TrustSource file() throws IOException {
    return TrustSource.file(Files.writeString(folder.resolve("other.pem"), OTHER.pem()));
  }

  private static TrustSource ours() {
    return TrustSource.certificates(Pki.TRUST);
  }

  private static void accepted(Credentials shown, Consumer<SslClientSetup> settings) {
    Pair pair =
        new Pair()
            .server(s -> s.credentials(shown))
            .client(settings)
            .onSecure(SslSocket::close)
            .run();
    assertThat(pair.client.events).isEmpty();
  }

  private static void refused(Credentials shown, Consumer<SslClientSetup> settings) {
    Pair pair = new Pair().server(s -> s.credentials(shown)).client(settings).run();
    pair.client.ssl(Side.OURS, Stage.CERTIFICATE, "unknown issuer");
  }

  @Test
  void the_issuers_of_each_source_are_trusted_in_any_order() throws IOException {
    TrustSource file = file();
    for (Credentials shown : List.of(Pki.LOCAL, OTHERS)) {
      accepted(shown, c -> c.trust(SYSTEM, file, ours()));
      accepted(shown, c -> c.trust(ours(), ours(), file));
    }
  }

  @Test
  void a_source_alone_is_as_it_was() throws IOException {
    TrustSource file = file();
    accepted(OTHERS, c -> c.trust(file));
    refused(Pki.LOCAL, c -> c.trust(file));
    refused(Pki.LOCAL, c -> c.trust(SYSTEM));
    refused(Pki.LOCAL, c -> c.trust(SYSTEM, file));
  }

  @Test
  void the_last_call_counts() throws IOException {
    TrustSource file = file();
    refused(OTHERS, c -> c.trust(SYSTEM, file).trust(Pki.TRUST));
    accepted(Pki.LOCAL, c -> c.trust(SYSTEM, file).trust(Pki.TRUST));
  }

  @Test
  void the_systems_own_issuers_are_among_them() {
    List<X509Certificate> both = Trust.systemAnd(Pki.ANCHORS).anchors().certificates();
    assertThat(both).containsAll(Pki.TRUST).containsAll(Trust.system().anchors().certificates());
    assertThat(both).doesNotHaveDuplicates();
    List<X509Certificate> system = Trust.system().anchors().certificates();
    assertThat(Trust.systemAnd(Pki.ANCHORS).anchors().certificates()).hasSize(system.size() + 1);
  }

  @Test
  void a_server_takes_clients_of_several_sources() throws IOException {
    TrustSource file = file();
    Credentials client = Pki.credentials(OTHER.request("client.example").forClient().issue());
    for (Credentials shown : List.of(Pki.CLIENT, client)) {
      Pair pair =
          new Pair()
              .server(s -> s.clientAuth(ClientAuth.REQUIRED).trust(SYSTEM, file, ours()))
              .client(c -> c.credentials(shown))
              .onServed(SslSocket::close)
              .run();
      assertThat(pair.served.peer()).isPresent();
    }
  }

  @Test
  void a_source_that_cannot_be_read_is_an_error_whatever_the_others_are() {
    TrustSource nowhere = TrustSource.file(folder.resolve("nowhere.pem"));
    assertThatThrownBy(() -> SslContext.client().trust(SYSTEM, nowhere).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("nowhere.pem does not exist");
  }

  @Test
  void what_is_left_out_of_each_is_told() throws IOException {
    Files.writeString(folder.resolve("empty.pem"), "");
    TrustSource both = TrustSource.file(folder);
    file();
    assertThat(SslContext.client().trust(both, SYSTEM, both).build().leftOut())
        .isNotEmpty()
        .allMatch(line -> line.contains("empty.pem is empty"));
  }
}
