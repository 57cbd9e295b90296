package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.cli.cert.CertificateDraft;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of {@code ferrule cert}: who may read them, and a CA that cannot be used. */
@Timeout(120)
class CertFilesTest {
  @TempDir Path folder;

  private Path ca() {
    return folder.resolve("ca");
  }

  private Tool.Result cert(String... arguments) {
    List<String> all = new ArrayList<>(List.of("cert"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--ca-folder", ca().toString()));
    return Tool.run(all.toArray(String[]::new));
  }

  private String out() {
    return folder.resolve("out").toString();
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /** A process with a umask and a home of its own, at its end. */
  private int process(String umask, String... arguments) throws Exception {
    try (RunningTool tool = start(umask, arguments)) {
      int status = tool.process().waitFor();
      assertThat(tool.err()).isEmpty();
      return status;
    }
  }

  private RunningTool start(String umask, String... arguments) throws IOException {
    List<String> shell =
        List.of(
            "sh",
            "-c",
            "umask " + umask + "; unset XDG_DATA_HOME; HOME=" + folder + " exec \"$@\"",
            "sh");
    return RunningTool.start(folder, shell, arguments);
  }

  @ParameterizedTest
  @CsvSource({"000, rw-rw-rw-", "022, rw-r--r--", "077, rw-------", "0277, r--------"})
  void a_key_is_for_its_owner_whatever_the_umask_is(String umask, String ofCertificate)
      throws Exception {
    assertThat(process(umask, "cert", "a.test", "--p12", "--out", folder.toString())).isZero();
    assertThat(permissions(folder.resolve("a.test-key.pem"))).isEqualTo("rw-------");
    assertThat(permissions(folder.resolve("a.test.p12"))).isEqualTo("rw-------");
    assertThat(permissions(folder.resolve("a.test.pem"))).isEqualTo(ofCertificate);
    Path home = folder.resolve(".local/share/ferrule");
    assertThat(permissions(home)).isEqualTo("rwx------");
    assertThat(permissions(home.resolve("ca-key.pem"))).isEqualTo("rw-------");
  }

  @Test
  void processes_that_begin_at_once_make_one_ca() throws Exception {
    List<RunningTool> tools = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        tools.add(start("022", "cert", i + "a.test", "--out", out()));
      }
      for (RunningTool tool : tools) {
        assertThat(tool.process().waitFor()).as(tool.err()).isZero();
      }
    } finally {
      tools.forEach(RunningTool::close);
    }
    List<String> issuers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      issuers.add(leaf(i + "a.test").chain().getFirst().getIssuerX500Principal().getName());
    }
    assertThat(issuers).hasSize(4);
    assertThat(issuers.stream().distinct()).hasSize(1);
  }

  private Credentials leaf(String name) {
    return Credentials.load(
        folder.resolve("out").resolve(name + ".pem"),
        folder.resolve("out").resolve(name + "-key.pem"));
  }

  @Test
  void the_environment_says_where_the_ca_is() throws Exception {
    List<String> shell = List.of("sh", "-c", "XDG_DATA_HOME=" + folder + "/data exec \"$@\"", "sh");
    try (RunningTool tool = RunningTool.start(folder, shell, "cert", "a.test", "--out", out())) {
      assertThat(tool.process().waitFor()).isZero();
    }
    assertThat(folder.resolve("data/ferrule/ca.pem")).exists();
  }

  @Test
  void a_user_without_a_home_is_told_of_the_option() throws Exception {
    List<String> shell = List.of("sh", "-c", "unset HOME XDG_DATA_HOME; exec \"$@\"", "sh");
    try (RunningTool tool = RunningTool.start(folder, shell, "cert", "a.test", "--out", out())) {
      assertThat(tool.process().waitFor()).isEqualTo(64);
      assertThat(tool.err()).contains("name one with --ca-folder").hasLineCount(1);
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "it needs /sys, where not even root makes files")
  void a_folder_that_cannot_be_written_is_one_line() {
    Tool.Result out = cert("a.test", "--out", "/sys");
    assertThat(out.err()).startsWith("ferrule: /sys/a.test.pem cannot be written: ");
    assertThat(out.err()).hasLineCount(1);
    assertThat(out.status()).isEqualTo(1);
    Tool.Result ca = Tool.run("cert", "a.test", "--out", out(), "--ca-folder", "/sys/ferrule");
    assertThat(ca.err()).startsWith("ferrule: the development CA cannot be kept in /sys/ferrule: ");
    assertThat(ca.err()).hasLineCount(1);
    assertThat(ca.status()).isEqualTo(1);
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "it needs files that not even root can read")
  void a_file_that_cannot_be_read_is_one_line() {
    Tool.Result told = Tool.run("cert", "show", "/proc/self/mem");
    assertThat(told.err()).startsWith("ferrule: /proc/self/mem cannot be read").hasLineCount(1);
    assertThat(told.status()).isEqualTo(1);
  }

  @Test
  void a_file_of_others_is_one_line() throws Exception {
    assumeTrue(!"root".equals(System.getProperty("user.name")), "root may read every file");
    Path file = Files.writeString(folder.resolve("secret.pem"), "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Tool.Result told = Tool.run("cert", "show", file.toString());
    assertThat(told.err()).contains("may not be read by this user").hasLineCount(1);
  }

  private void damage(String how) throws IOException {
    Path certificate = ca().resolve("ca.pem");
    Path key = ca().resolve("ca-key.pem");
    ThrowawayCa other = ThrowawayCa.create();
    switch (how) {
      case "no key" -> Files.delete(key);
      case "cut key" -> Files.writeString(key, Files.readString(key).substring(0, 80));
      case "cut certificate" ->
          Files.writeString(certificate, Files.readString(certificate).substring(0, 80));
      case "empty" -> Files.writeString(certificate, "");
      case "other key" -> Files.writeString(key, other.issue("a.test").keyPem());
      case "leaf" -> {
        var leaf = other.issue("a.test");
        Files.writeString(certificate, leaf.chainPem());
        Files.writeString(key, leaf.keyPem());
      }
      case "expired" -> {
        var old = other.request("a.test").selfSigned().expired().issue();
        Files.writeString(certificate, old.chainPem());
        Files.writeString(key, old.keyPem());
      }
      default -> throw new IllegalArgumentException(how);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"no key", "cut key", "cut certificate", "empty", "other key", "leaf", "expired"})
  void a_ca_that_cannot_be_used_is_one_line_and_left_alone(String how) throws Exception {
    assertThat(cert("a.test", "--out", out()).status()).isZero();
    damage(how);
    Tool.Result refused = cert("b.test", "--out", out());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .startsWith("ferrule: the development CA in " + ca())
        .doesNotContain("unexpected", "Exception")
        .hasLineCount(1);
    assertThat(folder.resolve("out/b.test.pem")).doesNotExist();
  }

  @Test
  void a_certificate_of_the_ca_that_was_deleted_comes_back_from_beside_the_key() throws Exception {
    cert("a.test", "--out", out());
    String certificate = Files.readString(ca().resolve("ca.pem"));
    Files.delete(ca().resolve("ca.pem"));
    Tool.Result made = cert("b.test", "--out", out());
    assertThat(made.out()).doesNotContain("made a development CA");
    assertThat(Files.readString(ca().resolve("ca.pem"))).isEqualTo(certificate);
  }

  @Test
  void the_files_of_the_ca_are_not_replaced_by_those_of_a_certificate() throws Exception {
    assertThat(cert("a.test", "--out", out()).status()).isZero();
    byte[] key = Files.readAllBytes(ca().resolve("ca-key.pem"));
    Tool.Result refused = cert("b.test", "--as", "ca", "--out", ca().toString(), "--force");
    assertThat(refused.err()).contains("ca.pem is of the development CA").hasLineCount(1);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(ca().resolve("ca-key.pem")).hasBinaryContent(key);
  }

  @Test
  void a_key_of_the_ca_that_others_can_read_is_warned_of() throws Exception {
    cert("a.test", "--out", out());
    Files.setPosixFilePermissions(
        ca().resolve("ca-key.pem"), PosixFilePermissions.fromString("rw-r--r--"));
    Tool.Result made = cert("b.test", "--out", out());
    assertThat(made.status()).isZero();
    assertThat(made.err()).contains("can be read by others").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwxr-xrwx"})
  void a_folder_of_the_ca_that_others_can_write_is_warned_of(String permissions) throws Exception {
    cert("a.test", "--out", out());
    Files.setPosixFilePermissions(ca(), PosixFilePermissions.fromString(permissions));
    Tool.Result made = cert("b.test", "--out", out());
    assertThat(made.status()).isZero();
    assertThat(made.err()).contains("others can write to " + ca()).hasLineCount(1);
  }

  @Test
  void a_store_with_an_empty_password_is_not_made() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty"), "\nsecond line\n");
    Tool.Result refused =
        cert("a.test", "--p12", "--password-file", empty.toString(), "--out", out());
    assertThat(refused.status()).isEqualTo(Exit.USAGE);
    assertThat(refused.err()).contains("the first line of " + empty + " is empty").hasLineCount(1);
    assertThat(Path.of(out())).doesNotExist();
  }

  @Test
  void an_authority_of_ones_own_signs_and_what_it_signs_ends_with_it() throws Exception {
    Path own = CertSamples.authority(ca(), Duration.ofDays(20));
    Tool.Result made = cert("a.test", "--out", out());
    assertThat(made.err()).contains("warning: the development CA in", "expires at ");
    assertThat(made.status()).isZero();
    X509Certificate authority = Credentials.load(own, ca().resolve("ca-key.pem")).chain().get(0);
    X509Certificate signed = leaf("a.test").chain().getFirst();
    assertThat(signed.getNotAfter()).isEqualTo(authority.getNotAfter());
    signed.verify(authority.getPublicKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "Ed448"})
  void an_authority_may_have_an_edwards_curve(String curve) throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance(curve).generateKeyPair();
    X509Certificate own =
        CertificateDraft.of("", "Own CA", keys.getPublic(), Instant.now(), Duration.ofDays(90))
            .ofAuthority()
            .signedByItself(keys.getPrivate());
    Files.createDirectories(ca());
    Files.writeString(
        ca().resolve("ca-key.pem"), CertSamples.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    Files.writeString(ca().resolve("ca.pem"), CertSamples.pem("CERTIFICATE", own.getEncoded()));
    assertThat(cert("a.test", "--out", out()).status()).isZero();
    leaf("a.test").chain().getFirst().verify(own.getPublicKey());
  }

  @Test
  void nothing_is_left_where_the_second_of_two_files_cannot_get_its_name() throws Exception {
    Path target = Files.createDirectories(folder.resolve("out"));
    Files.createDirectory(target.resolve("a.test.p12"));
    assertThat(cert("a.test", "--p12", "--force", "--out", target.toString()).status())
        .isEqualTo(1);
    try (Stream<Path> left = Files.list(target)) {
      assertThat(left).containsExactly(target.resolve("a.test.p12"));
    }
  }
}
