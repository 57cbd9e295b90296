package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of files that change under a {@link SslReload}. */
@Tag("once")
class ReloadFilesTest extends ReloadedFolder {
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
  void a_context_for_clients_takes_no_servers_place() throws IOException {
    List<SslContext> contexts = new ArrayList<>(List.of(load(), SslContext.client().build()));
    begin(SslReload.of(contexts::removeFirst).files(chain()).onEvent(events::add));
    next.write(folder);
    assertThat(reload.look()).isFalse();
    assertThat(events.getFirst().message()).contains("for clients");
  }
}
