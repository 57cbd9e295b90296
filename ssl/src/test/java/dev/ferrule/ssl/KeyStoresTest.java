package dev.ferrule.ssl;

import static dev.ferrule.ssl.Fixtures.openssl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.Fixtures.Pair;
import dev.ferrule.ssl.keys.Certificates;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys out of PKCS#12 stores and the JDK's own ones. */
class KeyStoresTest {
  private static final char[] SECRET = "secret".toCharArray();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-keypbe NONE",
        "-keypbe NONE -certpbe NONE",
        "-keypbe NONE -certpbe NONE -nomac",
        "-keypbe NONE -certpbe PBE-SHA1-3DES",
        "-keypbe NONE -name server",
      })
  void an_unencrypted_key_is_read_with_its_chain(String options) throws Exception {
    makeChain();
    pkcs12("leaf", options + " -certfile ca.pem");
    Path store = folder.resolve("leaf.p12");
    Credentials loaded = Credentials.load(store, store, SECRET);
    assertThat(loaded.chain()).hasSize(2);
    assertThat(loaded.chain().getFirst().getSubjectX500Principal().getName()).isEqualTo("CN=leaf");
    assertThat(Credentials.ofPkcs12(store, SECRET).key()).isEqualTo(loaded.key());
  }

  @Test
  void a_store_in_which_nothing_is_encrypted_needs_no_password() throws Exception {
    makeChain();
    pkcs12("leaf", "-keypbe NONE -certpbe NONE -nomac");
    Path store = folder.resolve("leaf.p12");
    assertThat(Credentials.ofPkcs12(store, null).chain()).hasSize(1);
    assertThat(Credentials.ofPkcs12(store, SECRET).chain()).hasSize(1);
  }

  @Test
  void a_store_of_certificates_only_lacks_a_key() throws Exception {
    makeChain();
    openssl(folder, "pkcs12 -export -nokeys -in ca.pem -out c.p12 -passout pass:secret".split(" "));
    assertThatThrownBy(() -> Credentials.ofPkcs12(folder.resolve("c.p12"), SECRET))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("a PKCS#12 store without a private key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PKCS12", "JKS", "JCEKS"})
  void of_several_keys_one_is_chosen_by_its_alias(String type) throws Exception {
    Path store = store(type, "One", "Two");
    assertThatThrownBy(() -> Credentials.load(store, store, SECRET))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("2 private keys; choose one by its alias, of [one, two]");
    Credentials two = Credentials.ofKeyStore(store, SECRET, "TWO");
    assertThat(two.chain().getFirst().getSubjectX500Principal().getName()).isEqualTo("CN=Two");
    assertThatThrownBy(() -> Credentials.ofKeyStore(store, SECRET, "three"))
        .hasMessageContaining("without a key of the alias 'three'; it has [one, two]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"JKS", "JCEKS"})
  void a_java_key_store_opens_with_its_password_only(String type) throws Exception {
    Path store = store(type, "one");
    assertThat(Credentials.load(store, store, SECRET).chain()).hasSize(1);
    assertThatThrownBy(() -> Credentials.load(store, store, "guess".toCharArray()))
        .hasMessageContaining("password is wrong");
    assertThatThrownBy(() -> Credentials.load(store, store))
        .hasMessageContaining("an encrypted Java key store and no password was given");
  }

  @Test
  void the_certificates_of_a_java_key_store_can_be_trusted() throws Exception {
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    Pair pair = Fixtures.ec("trusted");
    store.setCertificateEntry("t", pair.certificate());
    Path file = write(store, "trust.jks");
    assertThat(Certificates.load(file)).containsExactly(pair.certificate());
    assertThatThrownBy(() -> Certificates.load(store("PKCS12", "one")))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("shows no trusted certificate without a password");
  }

  private Path store(String type, String... names) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    store.load(null, null);
    for (String name : names) {
      Pair pair = Fixtures.ec(name);
      store.setKeyEntry(
          name, pair.keys().getPrivate(), SECRET, new Certificate[] {pair.certificate()});
    }
    return write(store, type);
  }

  private Path write(KeyStore store, String name) throws Exception {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, SECRET);
    }
    return file;
  }

  private void makeChain() throws Exception {
    String key = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ";
    openssl(folder, (key + "ca.key").split(" "));
    openssl(folder, (key + "leaf.key").split(" "));
    openssl(folder, "req -x509 -key ca.key -subj /CN=ca -out ca.pem".split(" "));
    openssl(folder, "req -new -key leaf.key -subj /CN=leaf -out leaf.csr".split(" "));
    String sign = "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out leaf.pem";
    openssl(folder, sign.split(" "));
  }

  private void pkcs12(String name, String options) throws Exception {
    String files = "-inkey " + name + ".key -in " + name + ".pem -out " + name + ".p12 ";
    openssl(folder, ("pkcs12 -export -passout pass:secret " + files + options).split(" "));
  }
}
