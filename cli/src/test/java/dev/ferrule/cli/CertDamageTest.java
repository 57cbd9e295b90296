package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Files with damage at random: each ends with a documented status and with no trace of a stack. */
class CertDamageTest {
  private static final Map<String, byte[]> SOUND = new LinkedHashMap<>();
  private static Path folder;

  @BeforeContainer
  static void make() throws Exception {
    folder = Files.createTempDirectory("damage");
    ThrowawayCa ca = ThrowawayCa.create();
    Issued leaf = ca.request("a.test", "127.0.0.1").throughIntermediate().issue();
    byte[] pkcs8 = leaf.credentials().key().getEncoded();
    SOUND.put("chain.pem", leaf.chainPem().getBytes(US_ASCII));
    SOUND.put("leaf.der", leaf.certificate().getEncoded());
    SOUND.put("key.pem", leaf.keyPem().getBytes(US_ASCII));
    SOUND.put("key.der", pkcs8);
    SOUND.put("encrypted.pem", CertSamples.encryptedKey(pkcs8, "changeit").getBytes(US_ASCII));
    SOUND.put("request.pem", CertSamples.request("a.test").getBytes(US_ASCII));
    SOUND.put("list.der", ca.crl().revoke(leaf.certificate()).sign().getEncoded());
    SOUND.put("rsa.pem", CertSamples.certificate("sha1").getBytes(US_ASCII));
    SOUND.put("public.der", leaf.certificate().getPublicKey().getEncoded());
    SOUND.put("store.p12", store("PKCS12", leaf));
    SOUND.put("store.jks", store("JKS", leaf));
    Files.writeString(folder.resolve("password"), "changeit\n");
    Files.writeString(folder.resolve("ca.pem"), ca.pem());
    Files.write(folder.resolve("leaf.pem"), SOUND.get("chain.pem"));
  }

  private static byte[] store(String type, Issued leaf) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    store.load(null, null);
    char[] password = "changeit".toCharArray();
    Certificate[] chain = leaf.chain().toArray(Certificate[]::new);
    store.setKeyEntry("own", leaf.credentials().key(), password, chain);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, password);
    return bytes.toByteArray();
  }

  @AfterContainer
  static void delete() throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Provide
  Arbitrary<String> kinds() {
    return Arbitraries.of(
        "chain.pem",
        "leaf.der",
        "key.pem",
        "key.der",
        "encrypted.pem",
        "request.pem",
        "list.der",
        "rsa.pem",
        "public.der",
        "store.p12",
        "store.jks");
  }

  /** Flips, cuts, doubles or overwrites a few bytes. */
  private static byte[] damaged(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
        case 3 -> {
          int length = Math.min(random.nextInt(40), bytes.length - at);
          System.arraycopy(bytes, 0, bytes, at, length);
        }
        default -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      }
    }
    return bytes;
  }

  @Property(tries = 1500)
  void a_damaged_file_is_told_of_and_never_a_trace(@ForAll("kinds") String kind, @ForAll long seed)
      throws Exception {
    Random random = new Random(seed);
    Path file = folder.resolve(kind);
    Files.deleteIfExists(file);
    Files.write(file, damaged(SOUND.get(kind), random));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    List<String> more =
        random.nextBoolean()
            ? List.of("--password-file", folder.resolve("password").toString())
            : List.of(folder.resolve("leaf.pem").toString(), folder.resolve("ca.pem").toString());
    String[] arguments =
        Stream.concat(Stream.of("cert", "show", file.toString(), "--json"), more.stream())
            .toArray(String[]::new);
    Tool.Result told = Tool.run(arguments);
    assertThat(told.err()).isEmpty();
    assertThat(told.status()).isBetween(0, 1);
    assertThat(new JsonMapper().readTree(told.out()).at("/files/0/file").asText())
        .isEqualTo(file.toString());
  }

  @Property(tries = 300)
  void a_ca_with_damage_is_used_or_told_of_and_never_a_trace(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Path ca = folder.resolve("ca");
    Path out = folder.resolve("out");
    Files.createDirectories(ca);
    if (!Files.exists(folder.resolve("sound-key.pem"))) {
      CertSamples.authority(ca, Duration.ofDays(90));
      Files.copy(ca.resolve("ca.pem"), folder.resolve("sound.pem"));
      Files.copy(ca.resolve("ca-key.pem"), folder.resolve("sound-key.pem"));
    }
    byte[] certificate = Files.readAllBytes(folder.resolve("sound.pem"));
    byte[] key = Files.readAllBytes(folder.resolve("sound-key.pem"));
    boolean which = random.nextBoolean();
    Files.write(ca.resolve("ca.pem"), which ? damaged(certificate, random) : certificate);
    Files.write(ca.resolve("ca-key.pem"), which ? key : damaged(key, random));
    Tool.Result told =
        Tool.run(
            "cert", "a.test", "--force", "--out", out.toString(), "--ca-folder", ca.toString());
    assertThat(told.status()).isBetween(0, 1);
    assertThat(told.err()).doesNotContain("unexpected", "Exception", "\tat ");
    assertThat(told.err().lines().count()).isLessThan(3);
    if (told.status() == 0) {
      Credentials made = Credentials.load(out.resolve("a.test.pem"), out.resolve("a.test-key.pem"));
      made.chain()
          .getFirst()
          .verify(Certificates.load(ca.resolve("ca.pem")).getFirst().getPublicKey());
    }
  }
}
