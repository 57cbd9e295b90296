package dev.ferrule.ssl;

import static dev.ferrule.ssl.Fixtures.PASSWORD;
import static dev.ferrule.ssl.Fixtures.openssl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.keys.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way in which openssl writes a key can be loaded. */
class CredentialsOpensslTest {
  private static final String RSA = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048";
  private static final String EC = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256";

  @TempDir private Path folder;

  private Path make(String genpkey) throws Exception {
    openssl(folder, (genpkey + " -out key.pem").split(" "));
    openssl(folder, "req -x509 -key key.pem -subj /CN=localhost -days 2 -out cert.pem".split(" "));
    return folder.resolve("cert.pem");
  }

  private void loads(String keyFile) {
    Path certificate = folder.resolve("cert.pem");
    assertThat(Credentials.load(certificate, folder.resolve(keyFile), PASSWORD).chain()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        RSA,
        EC,
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        "genpkey -algorithm ED25519",
        "genpkey -algorithm ED448",
        "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048",
        "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048"
            + " -pkeyopt rsa_pss_keygen_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:48"
      })
  void every_algorithm_loads_from_pem_and_der(String genpkey) throws Exception {
    make(genpkey);
    loads("key.pem");
    openssl(folder, "pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.der".split(" "));
    openssl(folder, "x509 -in cert.pem -outform DER -out cert.der".split(" "));
    Path certificate = folder.resolve("cert.der");
    assertThat(Credentials.load(certificate, folder.resolve("key.der")).chain()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-v2 aes-256-cbc",
        "-v2 aes-192-cbc",
        "-v2 aes-128-cbc",
        "-v2 des3",
        "-v2 aes-256-cbc -v2prf hmacWithSHA1",
        "-v2 aes-256-cbc -v2prf hmacWithSHA512",
        "-v2 aes-256-cbc -iter 100000",
        "-v1 PBE-SHA1-3DES",
        "-v2 aes-256-cbc -outform DER"
      })
  void encrypted_pkcs8_opens_with_its_password_only(String options) throws Exception {
    Path certificate = make(EC);
    String command = "pkcs8 -topk8 -in key.pem -out locked -passout file:password " + options;
    openssl(folder, command.split(" "));
    if (options.startsWith("-v2")) {
      loads("locked");
    } else {
      refuses(certificate, "locked", "takes ASCII passwords only");
    }
    refusesWrongAndMissingPassword(certificate, "locked");
  }

  @Test
  void pbes1_opens_with_an_ascii_password() throws Exception {
    Path certificate = make(EC);
    String command = "pkcs8 -topk8 -in key.pem -out locked -passout pass:secret -v1 PBE-SHA1-3DES";
    openssl(folder, command.split(" "));
    char[] password = "secret".toCharArray();
    assertThat(Credentials.load(certificate, folder.resolve("locked"), password)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"rsa,-aes256", "rsa,-aes128", "rsa,-aes192", "rsa,-des3", "ec,-aes128", "ec,-des3"})
  void traditional_encryption_opens_with_its_password_only(String type, String cipher)
      throws Exception {
    Path certificate = make(type.equals("rsa") ? RSA : EC);
    String traditional = type.equals("rsa") ? " -traditional" : "";
    String command = type + traditional + " -in key.pem -out locked -passout file:password ";
    openssl(folder, (command + cipher).split(" "));
    assertThat(folder.resolve("locked")).content().contains("Proc-Type: 4,ENCRYPTED");
    loads("locked");
    refusesWrongAndMissingPassword(certificate, "locked");
  }

  private void refusesWrongAndMissingPassword(Path certificate, String key) {
    Path locked = folder.resolve(key);
    assertThatThrownBy(() -> Credentials.load(certificate, locked))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(locked + " holds an encrypted private key and no password was given");
    assertThatThrownBy(() -> Credentials.load(certificate, locked, "wrong-guess".toCharArray()))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("password is wrong")
        .hasMessageNotContaining("wrong-guess")
        .hasNoCause();
  }

  @Test
  void a_cipher_that_is_not_supported_is_named() throws Exception {
    Path certificate = make(EC);
    openssl(folder, "pkcs8 -topk8 -in key.pem -out s -passout file:password -scrypt".split(" "));
    openssl(
        folder,
        "pkcs8 -topk8 -in key.pem -out c -passout file:password -v2 camellia256".split(" "));
    openssl(folder, "ec -in key.pem -out t -passout file:password -camellia256".split(" "));
    refuses(certificate, "s", "(scrypt) is not supported");
    refuses(certificate, "c", "(1.2.392.200011.61.1.1.1.4) is not supported");
    refuses(certificate, "t", "(CAMELLIA-256-CBC) is not supported");
  }

  private void refuses(Path certificate, String key, String reason) {
    assertThatThrownBy(() -> Credentials.load(certificate, folder.resolve(key), PASSWORD))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void pkcs1_and_sec1_load_from_pem_and_der() throws Exception {
    make(RSA);
    openssl(folder, "rsa -traditional -in key.pem -out old.pem".split(" "));
    openssl(folder, "rsa -traditional -in key.pem -outform DER -out old.der".split(" "));
    loads("old.pem");
    loads("old.der");
    make(EC);
    openssl(folder, "ec -in key.pem -out old.pem".split(" "));
    openssl(folder, "ec -in key.pem -outform DER -out old.der".split(" "));
    loads("old.pem");
    loads("old.der");
  }

  @Test
  void an_ec_key_loads_with_its_parameters_ahead() throws Exception {
    openssl(folder, "ecparam -name prime256v1 -genkey -out key.pem".split(" "));
    assertThat(folder.resolve("key.pem")).content().startsWith("-----BEGIN EC PARAMETERS");
    openssl(folder, "req -x509 -key key.pem -subj /CN=a -out cert.pem".split(" "));
    loads("key.pem");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-legacy", "-certpbe NONE -nomac"})
  void pkcs12_opens_with_its_password_only(String options) throws Exception {
    Path certificate = make(RSA);
    String command = "pkcs12 -export -inkey key.pem -in cert.pem -out s.p12 -passout pass:secret ";
    openssl(folder, (command + options).strip().split(" "));
    Path store = folder.resolve("s.p12");
    char[] secret = "secret".toCharArray();
    assertThat(Credentials.ofPkcs12(store, secret).chain()).hasSize(1);
    assertThat(Credentials.load(store, store, secret).chain()).hasSize(1);
    assertThat(Credentials.load(certificate, store, secret).chain()).hasSize(1);
    assertThatThrownBy(() -> Credentials.ofPkcs12(store, "guess".toCharArray()))
        .hasMessageContaining("password is wrong")
        .hasNoCause();
    assertThatThrownBy(() -> Credentials.ofPkcs12(store, null))
        .hasMessageContaining("no password was given");
  }

  @Test
  void a_trusted_certificate_loads_without_its_trust_settings() throws Exception {
    make(EC);
    openssl(folder, "x509 -in cert.pem -trustout -addtrust serverAuth -out t.pem".split(" "));
    Path trusted = folder.resolve("t.pem");
    assertThat(Credentials.load(trusted, folder.resolve("key.pem")).chain()).hasSize(1);
  }

  @Test
  void what_is_not_a_certificate_is_named() throws Exception {
    make(RSA);
    openssl(folder, "req -new -key key.pem -subj /CN=a -out r.pem".split(" "));
    openssl(folder, "req -new -key key.pem -subj /CN=a -outform DER -out r.der".split(" "));
    openssl(folder, "pkey -in key.pem -pubout -out p.pem".split(" "));
    openssl(folder, "pkey -in key.pem -pubout -outform DER -out p.der".split(" "));
    openssl(folder, "crl2pkcs7 -nocrl -certfile cert.pem -out b.pem".split(" "));
    openssl(folder, "crl2pkcs7 -nocrl -certfile cert.pem -outform DER -out b.der".split(" "));
    for (String form : new String[] {".pem", ".der"}) {
      lacks("r" + form, "holds a certificate request, not a certificate");
      lacks("p" + form, "holds a public key, not a certificate");
      lacks("b" + form, "holds a PKCS#7 bundle, not a certificate");
    }
    lacks("key.pem", "holds a private key, not a certificate");
  }

  private void lacks(String file, String reason) {
    Path path = folder.resolve(file);
    assertThatThrownBy(() -> Credentials.load(path, folder.resolve("key.pem")))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(path + " " + reason);
  }

  @Test
  void keys_that_the_jdk_or_tls_cannot_use_are_refused_by_name() throws Exception {
    Path certificate = make(EC);
    openssl(folder, "genpkey -algorithm X25519 -out x.pem".split(" "));
    openssl(folder, "ecparam -name secp256k1 -genkey -noout -out k.pem".split(" "));
    refuses(certificate, "x.pem", "(X25519)");
    refuses(certificate, "k.pem", "on a curve that this JDK does not have");
  }

  @Test
  void a_hashed_folder_gives_its_anchors_once() throws Exception {
    make(EC);
    Path anchors = Files.createDirectory(folder.resolve("anchors"));
    Files.copy(folder.resolve("cert.pem"), anchors.resolve("one.pem"));
    Files.copy(folder.resolve("cert.pem"), anchors.resolve("0a1b2c3d.0"));
    Files.writeString(anchors.resolve("README"), "not a certificate");
    Files.createSymbolicLink(anchors.resolve("deadbeef.0"), Path.of("nowhere.pem"));
    Files.copy(folder.resolve("key.pem"), anchors.resolve("key.pem"));
    assertThat(Certificates.load(anchors)).hasSize(1);
  }
}
