package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.trust.Pins;
import dev.ferrule.testkit.CrlDraft;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What files of revocation lists may hold, and what is said of the others. */
@Tag("once")
class RevocationFilesTest {
  private static final String ISSUING_POINT = "2.5.29.28";
  private static final X509Certificate SOMEBODY = Pki.LOCAL.chain().getFirst();

  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static SslContextBuilder client(Path... lists) {
    return SslContext.client().trust(Pki.TRUST).crl(lists);
  }

  private static void refused(SslContextBuilder settings, String... words) {
    assertThatThrownBy(settings::build)
        .isInstanceOf(SslConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words).doesNotContain("\n"));
  }

  @Test
  void lists_are_PEM_or_DER_several_in_a_file_and_between_other_blocks() throws Exception {
    byte[] der = Pki.CA.crl().sign().getEncoded();
    Path binary = Files.write(folder.resolve("list.der"), der);
    String other = ThrowawayCa.create().crl().pem();
    Path pem = write("lists.pem", "some text\n" + Pki.CA.crl().pem() + Pki.CA.pem() + other);
    assertThat(client(binary, pem).build().leftOut()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.9})
  void a_truncated_file_is_no_list(double part) throws Exception {
    String whole = Pki.CA.crl().revoke(SOMEBODY).pem();
    Path pem = write("cut.crl", whole.substring(0, (int) (part * whole.length())));
    refused(client(pem), "cut.crl", "copy the whole file again");
    byte[] der = Pki.CA.crl().revoke(SOMEBODY).sign().getEncoded();
    Path binary = folder.resolve("cut.der");
    Files.write(binary, Arrays.copyOf(der, (int) (part * der.length)));
    refused(client(binary), "cut.der", "cut short or damaged");
  }

  @Test
  void a_file_of_other_things_is_no_list() throws Exception {
    refused(client(write("ca.pem", Pki.CA.pem())), "holds a certificate, not a revocation list");
    refused(client(write("key.pem", Pki.CA.issue("x").keyPem())), "holds a private key, not a");
    refused(client(write("notes.crl", "notes\n")), "neither PEM nor DER");
    refused(client(write("empty.crl", "")), "empty.crl is empty");
    refused(client(folder.resolve("nowhere.crl")), "nowhere.crl does not exist");
  }

  @Test
  void a_damaged_list_in_a_file_of_certificates_is_nobodys_business() throws Exception {
    String damaged = Pki.CA.crl().pem().replaceFirst("MI", "!!");
    Path both = write("both.pem", Pki.CA.pem() + damaged);
    assertThat(SslContext.client().trust(both).build().leftOut()).isEmpty();
    refused(client(both), "not base64");
  }

  @ParameterizedTest
  @CsvSource({
    "3003840101, indirect list",
    "3003850101, attribute certificates",
    "300483020640, some reasons only",
    "3006810101820101, it is for nobody",
    "300EA00CA10A300806035504030C0161, relative to its issuer's name"
  })
  void a_list_of_another_scope_cannot_be_used(String point, String words) throws Exception {
    byte[] value = HexFormat.of().parseHex(point);
    refused(
        client(write("odd.crl", Pki.CA.crl().extension(ISSUING_POINT, true, value).pem())),
        "odd.crl (number 1 in it) holds a revocation list of CN=Ferrule throw-away CA that cannot",
        words);
  }

  @Test
  void a_list_with_critical_extensions_that_are_not_known_cannot_be_used() throws Exception {
    byte[] value = {5, 0};
    CrlDraft unknown = Pki.CA.crl().extension("1.3.6.1.4.1.99999.1", true, value);
    refused(client(write("a.crl", unknown.pem())), "critical extension 1.3.6.1.4.1.99999.1");
    CrlDraft entry = Pki.CA.crl().revoke(SOMEBODY, "1.3.6.1.4.1.99999.2", true, value);
    refused(client(write("b.crl", entry.pem())), "critical extension 1.3.6.1.4.1.99999.2");
    CrlDraft harmless = Pki.CA.crl().extension("1.3.6.1.4.1.99999.1", false, value);
    assertThat(client(write("c.crl", harmless.pem())).build().leftOut()).isEmpty();
  }

  @Test
  void a_delta_list_cannot_be_used() throws Exception {
    CrlDraft delta = Pki.CA.crl().extension("2.5.29.27", true, new byte[] {2, 1, 1});
    refused(client(write("delta.crl", delta.pem())), "it is a delta list");
  }

  @Test
  void a_list_that_is_signed_with_SHA_1_cannot_be_used_unless_that_is_allowed() throws Exception {
    CrlDraft weak = ThrowawayCa.create(KeyType.RSA_2048).crl().signature("SHA1withRSA");
    Path file = write("weak.crl", weak.pem());
    refused(client(file), "SHA-1", "allow-sha1-certificates");
    client(file).option(SslOption.ALLOW_SHA1_CERTIFICATES).build();
  }

  @Test
  void what_cannot_be_used_is_left_out_of_a_folder_and_told() throws Exception {
    write("good.crl", Pki.CA.crl().pem());
    write("12ab34cd.r0", ThrowawayCa.create().crl().pem());
    write("delta.pem", Pki.CA.crl().extension("2.5.29.27", true, new byte[] {2, 1, 1}).pem());
    write("empty.pem", "");
    write("ca.pem", Pki.CA.pem());
    write("ca.crt", "not looked at");
    assertThat(client(folder).build().leftOut())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("delta.pem", "delta list"),
            line -> assertThat(line).contains("empty.pem is empty"));
  }

  @Test
  void a_folder_of_which_nothing_can_be_used_is_an_error() throws Exception {
    refused(client(folder), "holds no revocation list that can be used", "*.crl");
    write("ca.pem", Pki.CA.pem());
    refused(client(folder), "holds no revocation list that can be used");
    write("delta.pem", Pki.CA.crl().extension("2.5.29.27", true, new byte[] {2, 1, 1}).pem());
    refused(client(folder), "it is a delta list");
  }

  @Test
  void lists_that_nobody_would_look_at_are_refused() throws Exception {
    Path list = write("list.crl", Pki.CA.crl().pem());
    refused(client(list).verify(Verify.NONE), "no chain is verified");
    String pin = Pins.of(SOMEBODY);
    refused(client(list).verify(Verify.PINS).pins(pin), "no chain is verified");
    client(list).verify(Verify.CHAIN).pins(pin).build();
    SslContextBuilder server = SslContext.server().credentials(Pki.LOCAL).crl(list);
    refused(server, "say clientAuth");
    server.clientAuth(ClientAuth.OPTIONAL).trust(Pki.TRUST).build();
    refused(SslContext.client().strictCrl(), "give some with crl(...)");
  }

  @Test
  void a_list_as_long_as_a_file_may_be_is_read_and_a_longer_one_is_not() throws Exception {
    Path long_ = folder.resolve("long.crl");
    Files.write(long_, new byte[(16 << 20) + 1]);
    refused(client(long_), "larger than 16 MiB");
    String padded = " ".repeat((16 << 20) - 4096) + "\n" + Pki.CA.crl().pem();
    Files.write(long_, padded.getBytes(US_ASCII));
    client(long_).build();
  }
}
