package dev.ferrule.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Given keys, and files of keys and secrets. */
class SslTicketKeysTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path folder;

  private static byte[] bytes(int number) {
    byte[] made = new byte[number];
    new Random(number).nextBytes(made);
    return made;
  }

  private static List<byte[]> given(SslTicketKeys keys) {
    List<byte[]> taken = new ArrayList<>();
    long number = keys.give(HOUR, all -> all.forEach(key -> taken.add(key.clone())));
    assertThat(keys.isPresent(number)).isTrue();
    assertThat(keys.isPresent(0)).isFalse();
    return taken;
  }

  private Path file(int length) throws IOException {
    return file(bytes(length), "rw-------");
  }

  private Path file(byte[] content, String permissions) throws IOException {
    Path file = Files.write(folder.resolve("keys"), content);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
    return file;
  }

  private static void refused(Runnable call, String... words) {
    assertThatThrownBy(call::run)
        .isInstanceOf(SslConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words).hasLineCount(1));
  }

  @Test
  void keys_come_in_the_order_given_and_are_copied() {
    byte[] first = bytes(48);
    byte[] second = Arrays.copyOfRange(bytes(96), 48, 96);
    SslTicketKeys keys = SslTicketKeys.of(List.of(first, second));
    byte[] before = first.clone();
    Arrays.fill(first, (byte) 0);
    for (int i = 0; i < 2; i++) {
      assertThat(given(keys)).containsExactly(before, second);
    }
  }

  @Test
  void a_file_has_keys_one_behind_the_other() throws IOException {
    byte[] all = bytes(16 * 48);
    List<byte[]> keys = given(SslTicketKeys.ofFile(file(all, "rw-r-----")));
    assertThat(keys).hasSize(16);
    for (int i = 0; i < 16; i++) {
      assertThat(keys.get(i)).isEqualTo(Arrays.copyOfRange(all, i * 48, i * 48 + 48));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 47, 49, 80, 95, 97})
  void a_file_of_another_length_is_refused(int length) throws IOException {
    Path file = file(length);
    refused(
        () -> SslTicketKeys.ofFile(file),
        file + " has " + length + " bytes",
        length == 80 ? "AES-256" : "openssl rand");
  }

  @ParameterizedTest
  @CsvSource({"816, not 17", "65568, larger than 64 KiB"})
  void a_file_of_too_many_keys_is_refused(int length, String told) throws IOException {
    Path file = file(length);
    refused(() -> SslTicketKeys.ofFile(file), file.toString(), told);
  }

  @Test
  void a_missing_file_and_a_folder_are_named() {
    Path missing = folder.resolve("missing");
    refused(() -> SslTicketKeys.ofFile(missing), missing + " does not exist");
    refused(
        () -> SslTicketKeys.ofFile(Path.of("missing")),
        "looked for " + Path.of("missing").toAbsolutePath());
    refused(() -> SslTicketKeys.ofFile(folder), folder + " is a folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-----w-"})
  void a_file_that_others_may_read_or_write_is_refused_unless_that_is_allowed(String permissions)
      throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX");
    Path file = file(bytes(48), permissions);
    refused(() -> SslTicketKeys.ofFile(file), file.toString(), "chmod o-rw");
    refused(
        () -> SslTicketKeys.derived(file, HOUR, SslTicketKeys.Readers.OWNER_AND_GROUP),
        "chmod o-rw");
    assertThat(given(SslTicketKeys.ofFile(file, SslTicketKeys.Readers.ANYBODY)))
        .containsExactly(bytes(48));
    assertThat(given(SslTicketKeys.derived(file, HOUR, SslTicketKeys.Readers.ANYBODY))).hasSize(4);
  }

  @Test
  void every_byte_of_a_secret_in_a_file_counts() throws IOException {
    refused(
        () -> {
          try {
            SslTicketKeys.derived(file(31), HOUR, SslTicketKeys.Readers.OWNER_AND_GROUP);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        "31 bytes",
        "at least 32");
    byte[] secret = bytes(33);
    Path file = file(secret, "r--------");
    // The present may end between the two: what is the next then is the present.
    List<byte[]> keys =
        given(SslTicketKeys.derived(file, HOUR, SslTicketKeys.Readers.OWNER_AND_GROUP));
    assertThat(given(SslTicketKeys.derived(secret, HOUR))).contains(keys.get(0), keys.get(2));
    assertThat(given(SslTicketKeys.derived(Arrays.copyOf(secret, 32), HOUR)))
        .doesNotContain(keys.get(0));
  }

  @Test
  void wrong_keys_are_refused() {
    refused(() -> SslTicketKeys.of(List.of()), "1 to 16", "not 0");
    refused(() -> SslTicketKeys.of(List.of(bytes(47))), "48 bytes", "not 47");
    refused(() -> SslTicketKeys.of(List.of(new byte[48])), "zeros");
    byte[] sameName = bytes(48);
    sameName[47] ^= 1;
    refused(() -> SslTicketKeys.of(List.of(bytes(48), sameName)), "same name");
  }

  @Test
  void a_text_shows_nothing() {
    assertThat(SslTicketKeys.of(List.of(bytes(48)))).hasToString("SslTicketKeys");
  }
}
