package dev.ferrule.ssl.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.hello.HelloObserver;
import java.security.ProviderException;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLProtocolException;
import org.junit.jupiter.api.Test;

/** Whose fault an exception is that comes out of the engine, told by where it was thrown. */
class JdkFailureTest {
  private static final String CERTIFICATE = "sun.security.ssl.CertificateMessage consume";
  private static final String VERIFY = "sun.security.ssl.CertificateVerify produce";

  @Test
  void what_the_engine_throws_about_a_message_is_the_peers() {
    isOfPeer("java.nio.Buffer nextGetIndex", "java.nio.HeapByteBuffer get", CERTIFICATE);
  }

  @Test
  void what_the_jdks_parsers_and_algorithms_throw_is_the_peers() {
    isOfPeer(
        "java.util.Objects checkIndex",
        "sun.security.util.DerValue read",
        "sun.security.x509.X509CertImpl parse",
        "java.security.cert.CertificateFactory generateCertificate",
        CERTIFICATE);
    isOfPeer(
        "com.sun.crypto.provider.Key init",
        "java.security.Signature$Delegate engineInitVerify",
        "java.security.Signature initVerify",
        "java.security.Signature$1 initVerify",
        VERIFY);
  }

  @Test
  void what_another_provider_throws_of_the_peers_key_is_the_peers() {
    isOfPeer("org.example.Provider generate", "java.security.KeyFactory generatePublic", VERIFY);
  }

  @Test
  void a_trust_manager_that_throws_is_this_sides() {
    isOwn("java.util.List getFirst", "org.example.Trust check", CERTIFICATE);
  }

  @Test
  void a_key_that_does_not_sign_is_this_sides() {
    isOwn("sun.security.pkcs11.P11Signature engineSign", "java.security.Signature sign", VERIFY);
    isOwn(
        "org.example.Token key",
        "java.security.Signature initSign",
        "java.security.Signature$1 initSign",
        VERIFY);
  }

  @Test
  void where_the_engine_has_no_words_those_of_the_cause_are_told() {
    SSLException thrown = new SSLProtocolException("Unexpected exception");
    thrown.initCause(new java.security.GeneralSecurityException("a record is too short"));
    assertThat(error(thrown).message()).endsWith("was refused: a record is too short");
  }

  private static void isOfPeer(String... frames) {
    SslError error = error(thrownAt(frames));
    assertThat(error.code()).isEqualTo("OTHER");
    assertThat(error.message()).startsWith("the peer's handshake was refused: ").contains("odd");
  }

  private static void isOwn(String... frames) {
    SslError error = error(thrownAt(frames));
    assertThat(error.code()).isEqualTo("BROKEN");
    assertThat(error.message()).startsWith("something on this side of the connection threw");
  }

  /** As a task of the engine wraps it. */
  private static SSLException thrownAt(String... frames) {
    RuntimeException cause = new ProviderException("odd");
    cause.setStackTrace(
        Stream.of(frames)
            .map(frame -> frame.split(" ", -1))
            .map(frame -> new StackTraceElement(frame[0], frame[1], null, 1))
            .toArray(StackTraceElement[]::new));
    return new SSLException("(internal_error) Unhandled exception", cause);
  }

  private static SslError error(SSLException thrown) {
    SentAlert sent = new SentAlert(SentAlert.Kind.PLAIN, "internal_error", 0);
    return JdkFailure.of(thrown, false, new HelloObserver(new Nothing(), null), sent);
  }

  private record Nothing() implements HelloObserver.Offer {
    @Override
    public List<String> protocols() {
      return List.of();
    }

    @Override
    public List<String> cipherSuites() {
      return List.of();
    }

    @Override
    public List<String> applications() {
      return List.of();
    }

    @Override
    public List<String> groups() {
      return List.of();
    }

    @Override
    public boolean showsCertificate() {
      return false;
    }
  }
}
