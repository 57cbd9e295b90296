package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReload.Flaw;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.SslReloadEvent.Kept;
import dev.ferrule.ssl.SslReloadEvent.Reloaded;
import dev.ferrule.testkit.CertificateRequest;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of files that change under a {@link SslReload}, without servers. */
@Tag("once")
class ReloadFilesTest {
  @TempDir private Path folder;
  private final List<SslReloadEvent> events = new CopyOnWriteArrayList<>();
  private final Issued first = Pki.CA.issue("a.example", "b.example", "127.0.0.1");
  private final Issued next = Pki.CA.issue("b.example", "a.example", "127.0.0.1");
  private Instant now = Instant.now();
  private SslReload reload;
  private SslContext before;

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

  private Path chain() {
    return folder.resolve("chain.pem");
  }

  private Path key() {
    return folder.resolve("key.pem");
  }

  private SslContext load() {
    return SslContext.server().certificate(chain()).key(key()).build();
  }

  private SslReload.Builder watching() {
    return SslReload.of(this::load).files(chain(), key()).clock(() -> now).onEvent(events::add);
  }

  private void watch() {
    begin(watching());
  }

  private void begin(SslReload.Builder settings) {
    reload = settings.build();
    before = reload.context();
    assertThat(reload.look()).isFalse();
    assertThat(events).isEmpty();
  }

  /** One look keeps the context and says why; more of them say nothing. */
  private void assertKept(String... words) {
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
  private void assertReloaded(Issued issued, String... words) {
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

  @Test
  void what_has_changed_is_loaded_and_said() throws IOException {
    watch();
    next.write(folder);
    assertReloaded(
        next,
        "CN=b.example until " + next.certificate().getNotAfter().toInstant(),
        "before: CN=a.example until " + first.certificate().getNotAfter().toInstant());
  }

  @Test
  void a_missing_file_keeps_what_was_until_it_is_there_again() throws IOException {
    watch();
    Files.delete(key());
    assertKept("key.pem does not exist");
    next.write(folder);
    assertReloaded(next);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.5, 0.99})
  void a_truncated_file_keeps_what_was_until_it_is_whole(double part) throws IOException {
    watch();
    String whole = next.chainPem();
    Files.writeString(key(), next.keyPem());
    Files.writeString(chain(), whole.substring(0, (int) (part * whole.length())));
    assertKept("chain.pem");
    Files.writeString(chain(), whole);
    assertReloaded(next);
  }

  @Test
  void a_key_that_comes_after_its_certificate_is_waited_for() throws IOException {
    watch();
    Files.writeString(chain(), next.chainPem());
    assertKept("key.pem does not belong to the certificate of CN=b.example");
    Files.writeString(key(), next.keyPem());
    assertReloaded(next);
  }

  @Test
  void another_failure_is_told_again() throws IOException {
    watch();
    Files.delete(key());
    assertKept("does not exist");
    Files.writeString(key(), Pki.CA.issue("c.example").keyPem());
    assertKept("does not belong");
    Files.delete(key());
    assertKept("does not exist");
  }

  @Test
  void an_expired_certificate_is_refused() throws IOException {
    watch();
    Issued expired = Pki.CA.request("a.example", "b.example", "127.0.0.1").expired().issue();
    expired.write(folder);
    assertKept("CN=a.example expired at " + expired.certificate().getNotAfter().toInstant());
  }

  @Test
  void a_certificate_that_is_not_valid_yet_is_served_when_it_is() throws IOException {
    watch();
    Issued early = Pki.CA.request("a.example", "b.example", "127.0.0.1").notYetValid().issue();
    early.write(folder);
    assertKept("not valid before " + early.certificate().getNotBefore().toInstant());
    now = now.plus(Duration.ofDays(2));
    assertReloaded(early);
  }

  @Test
  void what_is_out_of_date_is_served_where_that_is_allowed() throws IOException {
    begin(watching().allow(Flaw.OUT_OF_DATE));
    Issued early = Pki.CA.request("a.example", "b.example", "127.0.0.1").notYetValid().issue();
    early.write(folder);
    assertReloaded(early);
  }

  @Test
  void fewer_names_are_refused_and_more_are_not() throws IOException {
    watch();
    Pki.CA.issue("a.example", "127.0.0.1").write(folder);
    assertKept("the certificate of CN=a.example does not name 'b.example'");
    Pki.CA.issue("a.example", "b.example").write(folder);
    assertKept("does not name '127.0.0.1'");
    Issued more = Pki.CA.issue("c.example", "B.example", "a.example", "::1", "127.0.0.1");
    more.write(folder);
    assertReloaded(more);
  }

  @Test
  void fewer_names_are_served_where_that_is_allowed() throws IOException {
    begin(watching().allow(Flaw.FEWER_NAMES));
    Issued fewer = Pki.CA.issue("z.example");
    fewer.write(folder);
    assertReloaded(fewer);
  }

  @Test
  void a_wildcard_covers_names_and_names_do_not_cover_a_wildcard() throws IOException {
    Pki.CA.issue("www.a.example", "mail.a.example").write(folder);
    watch();
    Issued wild = Pki.CA.issue("*.a.example");
    wild.write(folder);
    assertReloaded(wild);
    Pki.CA.issue("www.a.example", "mail.a.example").write(folder);
    assertKept("does not name '*.a.example'");
    Pki.CA.issue("*.example").write(folder);
    assertKept("does not name '*.a.example'");
  }

  @Test
  void an_issuer_that_was_sent_and_is_missing_now_is_refused() throws IOException {
    Issued through = request().throughIntermediate().issue();
    through.write(folder);
    watch();
    Issued again = request().throughIntermediate().issue();
    Files.writeString(key(), again.keyPem());
    Files.writeString(chain(), leaf(again));
    assertKept("the chain of CN=a.example lacks", "intermediate CA: put it behind the others");
    Files.writeString(chain(), again.chainPem());
    assertReloaded(again);
  }

  private static CertificateRequest request() {
    return Pki.CA.request("a.example", "b.example", "127.0.0.1");
  }

  private static String leaf(Issued issued) {
    return new Issued(issued.chain().subList(0, 1), issued.key()).chainPem();
  }

  @Test
  void a_lone_certificate_of_another_issuer_is_refused_unless_that_is_allowed() throws IOException {
    Issued other = ThrowawayCa.create().request("a.example", "b.example", "127.0.0.1").issue();
    Issued lone = request().throughIntermediate().issue();
    watch();
    other.write(folder); // an authority of the same name: as much is known of it as before
    assertReloaded(other);
    Files.writeString(key(), lone.keyPem());
    Files.writeString(chain(), leaf(lone));
    assertKept("lacks the certificate of the issuer CN=Ferrule throw-away intermediate CA");
    reload.close();
    first.write(folder);
    begin(watching().allow(Flaw.INCOMPLETE_CHAIN));
    Files.writeString(key(), lone.keyPem());
    Files.writeString(chain(), leaf(lone));
    assertReloaded(lone);
  }

  @Test
  void a_self_signed_certificate_and_one_of_a_trusted_issuer_are_complete() throws IOException {
    Path trusted = folder.resolve("ca.pem");
    begin(
        SslReload.of(
                () -> SslContext.server().certificate(chain()).key(key()).trust(trusted).build())
            .files(chain(), key(), trusted)
            .onEvent(events::add));
    Issued own = request().selfSigned().issue();
    own.write(folder);
    assertReloaded(own);
    first.write(folder); // its issuer is not that of the one before, but it is trusted
    assertReloaded(first);
  }

  @Test
  void what_a_trusted_file_has_that_cannot_be_used_is_refused() throws IOException {
    Path trusted = folder.resolve("ca.pem");
    begin(
        SslReload.of(
                () -> SslContext.server().certificate(chain()).key(key()).trust(trusted).build())
            .files(trusted)
            .onEvent(events::add));
    String both = Pki.CA.pem() + ThrowawayCa.create().pem();
    Files.writeString(trusted, both.substring(0, both.length() - 100)); // it is being written
    assertKept("ca.pem");
    Files.writeString(trusted, both);
    assertReloaded(first, "trusted issuers: 1 more, 0 fewer");
    Files.writeString(trusted, Pki.CA.pem());
    assertReloaded(first, "trusted issuers: 0 more, 1 fewer");
  }

  @Test
  void certificates_of_names_are_compared_with_those_of_the_same_name() throws IOException {
    Path named = Files.createDirectory(folder.resolve("named"));
    Pki.CA.issue("n.example", "m.example").write(named);
    Path chain = named.resolve("chain.pem");
    Path key = named.resolve("key.pem");
    begin(
        SslReload.of(() ->
                SslContext.server()
                    .certificate(chain())
                    .key(key())
                    .name("n.example", SslContext.server().certificate(chain).key(key).build())
                    .build())
            .files(named)
            .onEvent(events::add));
    Pki.CA.issue("n.example", "a.example", "b.example").write(named);
    assertKept("the certificate of CN=n.example does not name 'm.example'");
    Pki.CA.issue("n.example", "m.example").write(named);
    assertThat(reload.look()).isTrue();
    assertThat(events.getFirst().message()).contains("for 'n.example'").doesNotContain("CN=a.");
    assertThat(((Reloaded) events.getFirst()).certificates()).hasSize(2);
  }

  @Test
  void links_that_are_swapped_as_in_Kubernetes_are_followed() throws IOException {
    Path mount = Files.createDirectory(folder.resolve("mount"));
    first.write(Files.createDirectory(mount.resolve("..1")));
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..1"));
    Path chain = Files.createSymbolicLink(mount.resolve("c.pem"), Path.of("..data/chain.pem"));
    Path key = Files.createSymbolicLink(mount.resolve("k.pem"), Path.of("..data/key.pem"));
    begin(
        SslReload.of(() -> SslContext.server().certificate(chain).key(key).build())
            .files(mount)
            .onEvent(events::add));
    next.write(Files.createDirectory(mount.resolve("..2")));
    assertThat(reload.look()).as("nothing leads there yet").isFalse();
    Path swapped = Files.createSymbolicLink(mount.resolve("..tmp"), Path.of("..2"));
    Files.move(swapped, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    assertReloaded(next);
  }

  @Test
  void a_link_to_another_file_as_of_certbot_is_followed() throws IOException {
    Path archive = Files.createDirectory(folder.resolve("archive"));
    Path live = folder.resolve("live.pem");
    Files.writeString(archive.resolve("1.pem"), first.chainPem() + first.keyPem());
    Files.writeString(archive.resolve("2.pem"), next.chainPem() + next.keyPem());
    Files.createSymbolicLink(live, archive.resolve("1.pem"));
    begin(
        SslReload.of(() -> SslContext.server().certificate(live).build())
            .files(live)
            .onEvent(events::add));
    Files.delete(live);
    assertKept("live.pem does not exist");
    Files.createSymbolicLink(live, archive.resolve("2.pem"));
    assertReloaded(next);
  }

  @Test
  void a_file_that_is_only_touched_or_replaced_by_the_same_is_not_loaded() throws IOException {
    watch();
    Files.setLastModifiedTime(chain(), FileTime.from(now.plusSeconds(60)));
    Path same = Files.copy(key(), folder.resolve("same"));
    Files.move(same, key(), StandardCopyOption.ATOMIC_MOVE);
    assertThat(reload.look()).isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void a_change_at_once_after_a_look_is_noticed_though_length_and_time_are_the_same()
      throws IOException {
    Path file = Files.writeString(folder.resolve("n"), "0");
    List<String> loaded = new ArrayList<>();
    FileTime time = Files.getLastModifiedTime(file);
    reload =
        SslReload.of(
                () -> {
                  loaded.add(text(file));
                  return load();
                })
            .files(file)
            .build();
    for (int i = 1; i <= 9; i++) {
      Files.writeString(file, String.valueOf(i));
      Files.setLastModifiedTime(file, time);
      assertThat(reload.look()).isTrue();
    }
    assertThat(loaded).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void what_the_source_throws_keeps_what_was() throws IOException {
    RuntimeException bug = new IllegalStateException("no such setting");
    AtomicReference<RuntimeException> thrown = new AtomicReference<>();
    begin(
        SslReload.of(
                () -> {
                  if (thrown.get() != null) {
                    throw thrown.get();
                  }
                  return load();
                })
            .files(chain())
            .onEvent(events::add));
    next.write(folder);
    thrown.set(bug);
    assertThat(reload.look()).isFalse();
    assertThat(((Kept) events.getFirst()).reason()).isSameAs(bug);
    events.clear();
    thrown.set(null);
    assertReloaded(next);
  }

  @Test
  void a_context_for_clients_is_refused_at_once_and_later() throws IOException {
    assertThatThrownBy(() -> SslReload.of(() -> SslContext.client().build()).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("for clients");
    List<SslContext> contexts = new ArrayList<>(List.of(load(), SslContext.client().build()));
    begin(SslReload.of(contexts::removeFirst).files(chain()).onEvent(events::add));
    next.write(folder);
    assertThat(reload.look()).isFalse();
    assertThat(events.getFirst().message()).contains("for clients");
  }

  @Test
  void settings_that_cannot_work_are_refused() {
    assertThatThrownBy(() -> watching().files(folder.resolve("nowhere")).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("nowhere is to be watched and does not exist");
    assertThatThrownBy(() -> watching().interval(Duration.ofDays(2)))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("from 10 ms to 1 day");
    assertThatThrownBy(() -> watching().interval(Duration.ZERO))
        .isInstanceOf(SslConfigException.class);
  }

  @Test
  void the_end_of_a_certificate_is_told_once_21_7_and_1_days_before_and_then() throws IOException {
    Issued long90 = life(90);
    long90.write(folder);
    watch();
    Instant end = long90.certificate().getNotAfter().toInstant();
    List<Long> told = new ArrayList<>();
    for (int hours = 23 * 24; hours >= -48; hours--) {
      now = end.minus(Duration.ofHours(hours));
      reload.look();
      for (SslReloadEvent event : events) {
        SslReloadEvent.Expiry expiry = (SslReloadEvent.Expiry) event;
        assertThat(expiry.certificate()).isEqualTo(long90.certificate());
        assertThat(expiry.left()).isEqualTo(Duration.ofHours(hours));
        assertThat(event.message()).contains("CN=a.example", end.toString());
        told.add(expiry.left().toDays());
      }
      events.clear();
    }
    assertThat(told).containsExactly(21L, 7L, 1L, 0L);
  }

  private Issued life(int days) {
    Instant from = now.minus(Duration.ofHours(1));
    return request().notBefore(from).notAfter(from.plus(Duration.ofDays(days))).issue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 10, 30})
  void only_the_nearest_time_counts_and_none_as_long_as_the_life(int days) throws IOException {
    life(days).write(folder);
    reload = watching().build();
    reload.look();
    List<Long> told = new ArrayList<>();
    now = now.plus(Duration.ofDays(days)).minus(Duration.ofHours(3));
    reload.look();
    events.forEach(event -> told.add(((SslReloadEvent.Expiry) event).left().toDays()));
    assertThat(told).isEqualTo(days == 1 ? List.of() : List.of(1L));
  }

  @Test
  void a_certificate_in_place_of_one_that_ends_is_told_of_by_itself() throws IOException {
    life(30).write(folder);
    watch();
    now = now.plus(Duration.ofDays(25));
    reload.look();
    assertThat(events).singleElement().isInstanceOf(SslReloadEvent.Expiry.class);
    events.clear();
    Issued ends = request().notAfter(now.plus(Duration.ofDays(3))).issue();
    ends.write(folder);
    assertThat(reload.look()).isTrue();
    assertThat(events).hasSize(2);
    assertThat(((SslReloadEvent.Expiry) events.get(1)).certificate()).isEqualTo(ends.certificate());
  }

  @Test
  void a_thread_of_its_own_looks_at_each_interval_and_ends_when_it_is_closed() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    reload =
        watching()
            .interval(Duration.ofMillis(10))
            .onEvent(event -> {
              thread.set(Thread.currentThread());
              events.add(event);
            })
            .start();
    next.write(folder);
    Loops.eventually(() -> events.stream().anyMatch(Reloaded.class::isInstance));
    assertThat(thread.get().isDaemon()).isTrue();
    reload.close();
    assertThat(thread.get().join(Duration.ofSeconds(10))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void reload_returns_at_once_and_loads_whatever_the_files_are(boolean started) throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicReference<Thread> loader = new AtomicReference<>();
    Thread self = Thread.currentThread();
    SslReload.Builder settings =
        SslReload.of(
                () -> {
                  if (Thread.currentThread() != self) {
                    loader.set(Thread.currentThread());
                    await(goOn);
                  }
                  return load();
                })
            .interval(Duration.ofDays(1))
            .onEvent(events::add);
    reload = started ? settings.start() : settings.build();
    reload.reload();
    Loops.eventually(() -> loader.get() != null);
    assertThat(events).isEmpty();
    goOn.countDown();
    Loops.eventually(() -> !events.isEmpty());
    assertThat(events.getFirst().message()).contains("the certificates are the same");
    reload.close();
    assertThat(loader.get().join(Duration.ofSeconds(10))).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void each_request_that_fails_is_told() throws IOException {
    reload = watching().build();
    Files.delete(key());
    reload.reload();
    Loops.eventually(() -> events.size() == 1);
    reload.reload();
    Loops.eventually(() -> events.size() == 2);
    assertThat(events).allSatisfy(event -> assertThat(event).isInstanceOf(Kept.class));
  }

  @Test
  void once_closed_it_loads_and_tells_nothing() throws IOException {
    watch();
    reload.close();
    next.write(folder);
    reload.reload();
    assertThat(reload.look()).isFalse();
    assertThat(events).isEmpty();
    assertThat(reload.context()).isSameAs(before);
  }

  @Test
  void what_the_callback_throws_does_not_end_the_thread() throws Exception {
    AtomicReference<Throwable> caught = new AtomicReference<>();
    RuntimeException bug = new IllegalStateException("a bug");
    reload =
        watching()
            .interval(Duration.ofMillis(10))
            .onEvent(event -> {
              events.add(event);
              Thread.currentThread().setUncaughtExceptionHandler((t, e) -> caught.set(e));
              throw bug;
            })
            .start();
    Files.delete(key());
    Loops.eventually(() -> caught.get() == bug);
    next.write(folder);
    Loops.eventually(() -> events.getLast() instanceof Reloaded);
  }
}
