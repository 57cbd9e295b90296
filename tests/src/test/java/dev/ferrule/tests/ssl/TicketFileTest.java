package dev.ferrule.tests.ssl;

import static dev.ferrule.tests.ssl.Visits.Outcome.FULL;
import static dev.ferrule.tests.ssl.Visits.Outcome.RESUMED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.SslReloadEvent.Kept;
import dev.ferrule.ssl.SslReloadEvent.Reloaded;
import dev.ferrule.ssl.SslTicketFile;
import dev.ferrule.ssl.SslTicketKeys.Readers;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ticket keys of a file that changes while servers serve. */
class TicketFileTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path folder;
  private final List<SslReloadEvent> events = new CopyOnWriteArrayList<>();
  private Instant now = Instant.now();

  private Path file(int... seeds) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int seed : seeds) {
      byte[] key = new byte[48];
      new Random(seed).nextBytes(key);
      all.writeBytes(key);
    }
    return file(all.toByteArray());
  }

  private Path file(byte[] content) {
    try {
      Path file = Files.write(folder.resolve("keys"), content);
      if (isPosix()) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isPosix() {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private SslTicketFile.Builder watched(int... seeds) {
    return SslTicketFile.of(file(seeds)).clock(() -> now).onEvent(events::add);
  }

  private static SslContext server(SslTicketFile keys) {
    return SslContext.server()
        .credentials(Pki.LOCAL)
        .ticketKeys(keys.keys())
        .ticketLifetime(HOUR)
        .build();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_change_of_the_file_costs_no_session_of_a_running_context(Protocol version) {
    Provided.assumeSharesTicketKeys();
    SslTicketFile keys = watched(1).build();
    SslContext one = server(keys);
    SslContext two = server(keys);
    SslContext steady = Visits.client(version);
    SslContext early = Visits.client(version);
    SslContext late = Visits.client(version);
    Runnable replaced =
        () -> {
          file(2);
          assertThat(keys.look()).isTrue();
        };
    assertThat(
            new Visits()
                .to(one, steady)
                .to(one, early)
                .to(one, late)
                .to(one, steady, replaced)
                .to(two, early)
                .to(two, late, () -> now = now.plus(HOUR).plusSeconds(60)) // of the first key
                .to(one, steady)
                .run())
        .containsExactly(FULL, FULL, FULL, RESUMED, RESUMED, FULL, RESUMED);
    assertThat(events).singleElement().isInstanceOf(Reloaded.class);
    assertThat(events.getFirst().message())
        .startsWith("loaded again: ")
        .contains("keys has 1 ticket key, 1 of them new");
  }

  @Test
  void two_watchers_of_files_with_the_same_keys_resume_each_others_sessions() {
    Provided.assumeSharesTicketKeys();
    SslTicketFile first = watched(1).build();
    SslTicketFile second = watched(1).build();
    SslContext client = Visits.client(Protocol.TLS_1_3);
    Runnable replaced =
        () -> {
          file(2, 1);
          assertThat(first.look() && second.look()).isTrue();
        };
    assertThat(
            new Visits()
                .to(server(first), client)
                .to(server(second), client, replaced)
                .to(server(first), client)
                .run())
        .containsExactly(FULL, RESUMED, RESUMED);
  }

  @Test
  void a_key_that_was_taken_out_and_forgotten_resumes_nothing() {
    Provided.assumeSharesTicketKeys();
    SslTicketFile keys = watched(1).build();
    SslContext server = server(keys);
    SslContext client = Visits.client(Protocol.TLS_1_3);
    Runnable leaked =
        () -> {
          file(2);
          assertThat(keys.look()).isTrue();
          keys.forget();
        };
    assertThat(new Visits().to(server, client).to(server, client, leaked).run())
        .containsExactly(FULL, FULL);
  }

  @Test
  void a_file_that_turns_bad_keeps_the_keys_and_says_why_once() throws IOException {
    SslTicketFile keys = watched(1).build();
    assertKept(keys, () -> file(new byte[49]), "keys has 49 bytes");
    assertKept(keys, () -> file(1, 1), "two ticket keys have the same name");
    assertKept(keys, () -> file(new byte[0]), "has 0 bytes");
    Files.delete(folder.resolve("keys"));
    assertKept(keys, () -> {}, "does not exist");
    file(1);
    assertThat(keys.look()).isTrue();
    assertThat(events.getLast().message()).contains("none of them new");
    assertThat(keys.look()).isFalse();
  }

  @Test
  void a_file_that_others_may_read_keeps_the_keys() throws IOException {
    assumeTrue(isPosix(), "no POSIX");
    SslTicketFile keys = watched(1).build();
    Path next = file(2);
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
    assertKept(keys, () -> {}, "chmod o-rw");
    SslTicketFile open = SslTicketFile.of(next).readers(Readers.ANYBODY).build();
    assertThat(open.keys()).isNotNull();
  }

  private void assertKept(SslTicketFile keys, Runnable change, String words) {
    change.run();
    assertThat(keys.look()).isFalse();
    assertThat(keys.look()).isFalse();
    assertThat(events).singleElement().isInstanceOf(Kept.class);
    assertThat(events.getFirst().message()).contains(words).doesNotContain("\n");
    events.clear();
  }

  @Test
  void a_thread_of_its_own_looks_until_it_is_closed() {
    try (SslTicketFile keys = watched(1).interval(Duration.ofMillis(10)).start()) {
      file(2, 1);
      Loops.eventually(() -> said("2 ticket keys, 1 of them new"));
      assertThat(keys.keys()).isSameAs(keys.keys());
    }
  }

  private boolean said(String words) {
    return events.stream().anyMatch(event -> event.message().contains(words));
  }

  @Test
  void reload_reads_it_whatever_it_is_and_once_closed_nothing_does() {
    SslTicketFile keys = watched(1).build();
    keys.reload();
    Loops.eventually(() -> events.size() == 1);
    keys.close();
    keys.reload();
    file(2);
    assertThat(keys.look()).isFalse();
    assertThat(events).hasSize(1);
  }

  @Test
  void settings_that_cannot_work_are_refused() {
    assertThatThrownBy(() -> SslTicketFile.of(folder.resolve("nowhere")).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("nowhere does not exist");
    assertThatThrownBy(() -> watched(1).interval(Duration.ZERO))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("10 ms to 1 day");
  }
}
