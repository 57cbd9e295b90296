package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslSigner;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys that are held elsewhere, and sign by a callback that answers at once or later. */
class SigningCallbackTest {
  private final List<String> schemes = new CopyOnWriteArrayList<>();

  @BeforeEach
  void boringssl() {
    assumeTrue(Provided.NAME.equals("boringssl"), () -> Provided.NAME + " cannot");
  }

  /** The signature that was asked for. */
  private byte[] sign(PrivateKey key, String scheme, byte[] message) {
    schemes.add(scheme);
    String hash = "SHA-" + scheme.substring(scheme.length() - 3);
    String algorithm =
        scheme.startsWith("rsa_pss")
            ? "RSASSA-PSS"
            : hash.replace("-", "") + (scheme.startsWith("rsa") ? "withRSA" : "withECDSA");
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      if (scheme.startsWith("rsa_pss")) {
        signature.setParameter(
            new PSSParameterSpec(
                hash,
                "MGF1",
                new MGF1ParameterSpec(hash),
                Integer.parseInt(hash.substring(4)) / 8,
                1));
      }
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Issued server(KeyType type) {
    return Pki.server(type).issued();
  }

  static Stream<Arguments> kinds() {
    return Stream.of(Protocol.TLS_1_2, Protocol.TLS_1_3)
        .flatMap(version ->
            Stream.of(KeyType.EC_P256, KeyType.RSA_2048).map(type -> Arguments.of(version, type)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void it_may_answer_at_once(Protocol version, KeyType type) {
    Issued issued = server(type);
    Credentials identity =
        Credentials.of(
            (scheme, message) ->
                CompletableFuture.completedFuture(sign(issued.key(), scheme, message)),
            issued.chain());
    exchange(new Pair(), identity, version);
    assertThat(schemes).hasSize(1);
    assertThat(schemes.getFirst()).startsWith(type == KeyType.EC_P256 ? "ecdsa_" : "rsa_");
  }

  /** By a timer of the same loop: if that waited for the answer, the answer would not come. */
  @ParameterizedTest
  @MethodSource("kinds")
  void it_may_answer_later_and_the_loop_goes_on(Protocol version, KeyType type) {
    Issued issued = server(type);
    EventLoop[] loop = new EventLoop[1];
    SslSigner later =
        (scheme, message) -> {
          CompletableFuture<byte[]> answer = new CompletableFuture<>();
          byte[] signature = sign(issued.key(), scheme, message);
          loop[0].execute(
              () -> loop[0].delay(Duration.ofMillis(5), () -> answer.complete(signature)));
          return answer;
        };
    exchange(
        new Pair().onAccept(socket -> loop[0] = socket.loop()),
        Credentials.of(later, issued.chain()),
        version);
  }

  private static void exchange(Pair pair, Credentials identity, Protocol version) {
    pair.loop(EventLoop.setup())
        .server(s -> s.credentials(identity).maxProtocol(version))
        .client(c -> c.data("hello"))
        .onServed(s -> s.write("welcome", done -> done.close()))
        .run();
    pair.client.only(TcpEof.class);
    assertThat(pair.client.text).hasToString("welcome");
    assertThat(pair.seen.protocol()).isEqualTo(version);
  }

  @Test
  void a_client_may_have_one_too() {
    Issued ann = Pki.client(KeyType.EC_P256).issued();
    Credentials identity =
        Credentials.of(
            (scheme, message) ->
                CompletableFuture.supplyAsync(() -> sign(ann.key(), scheme, message)),
            ann.chain());
    Pair pair =
        new Pair()
            .loop(EventLoop.setup())
            .server(s -> s.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST))
            .client(c -> c.credentials(identity))
            .onServed(socket -> socket.close())
            .run();
    assertThat(pair.served.peer()).isPresent();
  }

  static Stream<Arguments> faults() {
    Issued own = server(KeyType.EC_P256);
    Issued other = Pki.client(KeyType.EC_P256).issued();
    SigningCallbackTest any = new SigningCallbackTest();
    return Stream.of(
        fault(
            "throws",
            (scheme, message) -> {
              throw new IllegalArgumentException("the token is gone");
            },
            "the token is gone"),
        fault(
            "fails",
            (scheme, message) -> CompletableFuture.failedFuture(new IllegalStateException("quota")),
            "quota"),
        fault("returns null", (scheme, message) -> null, "returned no CompletionStage"),
        fault(
            "answers null",
            (scheme, message) -> CompletableFuture.completedFuture(null),
            "without a signature"),
        fault(
            "signs with another key",
            (scheme, message) ->
                CompletableFuture.completedFuture(any.sign(other.key(), scheme, message)),
            "no signature by the key"),
        fault(
            "signs another message",
            (scheme, message) -> {
              message[3]++;
              return CompletableFuture.completedFuture(any.sign(own.key(), scheme, message));
            },
            "no signature by the key"),
        fault(
            "gives no bytes",
            (scheme, message) -> CompletableFuture.completedFuture(new byte[0]),
            "no signature by the key"),
        fault(
            "gives garbage",
            (scheme, message) -> CompletableFuture.completedFuture(new byte[5000]),
            "no signature by the key"));
  }

  private static Arguments fault(String name, SslSigner signer, String words) {
    return Arguments.of(name, signer, words);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void what_goes_wrong_is_a_fault_of_this_side(String name, SslSigner signer, String words) {
    Pair pair =
        new Pair()
            .loop(EventLoop.setup())
            .server(s -> s.credentials(Credentials.of(signer, server(KeyType.EC_P256).chain())))
            .run();
    SslError error = pair.server.only(SslError.class);
    assertThat(error.side()).isEqualTo(Side.OURS);
    assertThat(error.message()).contains(words);
    assertThat(pair.client.only(SslError.class).side()).isEqualTo(Side.PEER);
  }

  @Test
  void one_that_never_answers_is_a_handshake_timeout_and_a_late_answer_does_nothing() {
    Issued issued = server(KeyType.EC_P256);
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    CompletionStage<byte[]> never = answer;
    Pair pair =
        new Pair()
            .loop(EventLoop.setup())
            .server(s ->
                s.handshakeTimeout(Duration.ofMillis(50))
                    .credentials(Credentials.of((scheme, message) -> never, issued.chain())))
            .run();
    assertThat(pair.server.only(TcpTimeout.class).message()).contains("handshake");
    Loops.eventually(answer::isCancelled); // nobody waits for it any more
    assertThat(answer.complete(new byte[70])).as("a late answer").isFalse();
  }

  @Test
  void the_jdk_provider_refuses_it_when_the_context_is_built() {
    Credentials identity =
        Credentials.of(
            (scheme, message) -> CompletableFuture.completedFuture(message),
            server(KeyType.EC_P256).chain());
    assertThatThrownBy(() -> SslContext.server().provider("jdk").credentials(identity).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("the jdk provider cannot sign by a callback of the program");
    assertThatThrownBy(() -> Credentials.of((scheme, message) -> null, List.of()))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("chain is empty");
  }
}
