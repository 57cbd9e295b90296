package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.SslReloadEvent.Kept;
import dev.ferrule.ssl.SslReloadEvent.Reloaded;
import dev.ferrule.testkit.CertificateRequest;
import dev.ferrule.testkit.Issued;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder of files under a {@link SslReload}, without servers, and what it tells. */
abstract class ReloadedFolder {
  @TempDir Path folder;
  final List<SslReloadEvent> events = new CopyOnWriteArrayList<>();
  final Issued first = Pki.CA.issue("a.example", "b.example", "127.0.0.1");
  final Issued next = Pki.CA.issue("b.example", "a.example", "127.0.0.1");
  Instant now = Instant.now();
  SslReload reload;
  SslContext before;

  @BeforeEach
  void write() throws IOException {
    first.write(folder);
    Files.writeString(folder.resolve("ca.pem"), Pki.CA.pem());
  }

  @AfterEach
  void close() {
    if (reload != null) {
      reload.close();
    }
  }

  Path chain() {
    return folder.resolve("chain.pem");
  }

  Path key() {
    return folder.resolve("key.pem");
  }

  SslContext load() {
    return SslContext.server().certificate(chain()).key(key()).build();
  }

  SslReload.Builder watching() {
    return SslReload.of(this::load).files(chain(), key()).clock(() -> now).onEvent(events::add);
  }

  void watch() {
    begin(watching());
  }

  void begin(SslReload.Builder settings) {
    reload = settings.build();
    before = reload.context();
    assertThat(reload.look()).isFalse();
    assertThat(events).isEmpty();
  }

  /** One look keeps the context and says why; more of them say nothing. */
  void assertKept(String... words) {
    assertThat(reload.look()).isFalse();
    assertThat(events).singleElement().isInstanceOf(Kept.class);
    assertThat(events.getFirst().message()).contains(words).doesNotContain("\n");
    assertThat(reload.look()).isFalse();
    assertThat(reload.look()).isFalse();
    assertThat(events).hasSize(1);
    assertThat(reload.context()).isSameAs(before);
    events.clear();
  }

  /** One look serves what is there now. */
  void assertReloaded(Issued issued, String... words) {
    assertThat(reload.look()).isTrue();
    Reloaded told = (Reloaded) events.getLast();
    assertThat(events).hasSize(1);
    assertThat(told.certificates()).containsExactly(issued.certificate());
    assertThat(told.message()).startsWith("loaded again: ");
    List.of(words).forEach(each -> assertThat(told.message()).contains(each));
    assertThat(reload.context()).isNotSameAs(before);
    assertThat(reload.look()).as("and once").isFalse();
    before = reload.context();
    events.clear();
  }

  static CertificateRequest request() {
    return Pki.CA.request("a.example", "b.example", "127.0.0.1");
  }

  static String leaf(Issued issued) {
    return new Issued(issued.chain().subList(0, 1), issued.key()).chainPem();
  }

  Issued life(int days) {
    Instant from = now.minus(Duration.ofHours(1));
    return request().notBefore(from).notAfter(from.plus(Duration.ofDays(days))).issue();
  }
}
