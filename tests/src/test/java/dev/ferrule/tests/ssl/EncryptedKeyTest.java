package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.Issued;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys behind a password (RFC 8018), as a server is given them. */
class EncryptedKeyTest {
  private static final String ALGORITHM = "PBEWithSHA1AndDESede";

  @TempDir Path folder;
  private Path certificate;
  private Path key;

  @BeforeEach
  void write() throws IOException, GeneralSecurityException {
    Issued issued = Pki.CA.issue("localhost", "127.0.0.1");
    certificate = issued.write(folder).certificate();
    key = Files.writeString(folder.resolve("locked.pem"), locked(issued, "correct horse"));
  }

  @Test
  void a_key_without_its_password_is_refused() {
    String message = CertificateFilesTest.refusal(setup -> setup.certificate(certificate).key(key));
    assertThat(message).contains("locked.pem", "encrypted", "password");
  }

  @Test
  void a_wrong_password_is_refused_and_not_repeated() {
    String message =
        CertificateFilesTest.refusal(
            setup -> setup.certificate(certificate).key(key).password("hunter2".toCharArray()));
    assertThat(message).contains("locked.pem", "password").doesNotContain("hunter2");
  }

  @Test
  void an_empty_password_is_a_wrong_one() {
    String message =
        CertificateFilesTest.refusal(
            setup -> setup.certificate(certificate).key(key).password(new char[0]));
    assertThat(message).contains("locked.pem", "password");
  }

  @Test
  void the_right_password_opens_the_key() {
    SslContext opened =
        SslContext.server()
            .certificate(certificate)
            .key(key)
            .password("correct horse".toCharArray())
            .build();
    Pair pair =
        new Pair()
            .server(s -> s.onHello((socket, hello, choice) -> choice.context(opened)))
            .onServed(s -> s.close())
            .run();
    assertThat(pair.seen.peerChain()).isNotEmpty();
  }

  private static String locked(Issued issued, String password) throws GeneralSecurityException {
    SecretKeyFactory factory = SecretKeyFactory.getInstance(ALGORITHM);
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(
        Cipher.ENCRYPT_MODE, factory.generateSecret(new PBEKeySpec(password.toCharArray())));
    byte[] sealed = cipher.doFinal(issued.key().getEncoded());
    try {
      byte[] der = new EncryptedPrivateKeyInfo(cipher.getParameters(), sealed).getEncoded();
      return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
          + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
