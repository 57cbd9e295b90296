package dev.ferrule.openssl;

import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.ExternalPskLookup;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.hello.ClientHello;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.hello.ServerHello;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The external pre-shared keys of one client of a server. As OpenSSL's callback has to answer at
 * once, and the program's lookup need not, the identities are read before OpenSSL gets the records
 * that have them: of TLS 1.3 from the hello, before it from ClientKeyExchange. The program is asked
 * for one after another, and OpenSSL finds the answer here.
 *
 * <p>An unknown identity and a wrong key must end alike, or who has no key could learn which
 * identities there are (RFC 4279 2, RFC 8446 E.6): so OpenSSL gets a random key for an unknown one
 * where the client will not be let in by a certificate.
 *
 * <p>On the loop's thread, but for {@link #key}, which OpenSSL may call in a task while the loop
 * leaves the handshake alone.
 */
final class ClientPsks {
  /** The most identities of one client that are looked up. */
  private static final int MOST = 16;

  private static final int RANDOM_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ExternalPskLookup lookup;
  private final boolean showsCertificate;
  private final byte[] lastOffered; // in TLS 1.3; empty where none is
  private final Deque<String> waiting = new ArrayDeque<>();
  private final List<String> unknown = new ArrayList<>();
  private final KeyExchangeIdentity exchange = new KeyExchangeIdentity();
  private int looked; // bytes of the records that OpenSSL gets next
  private @Nullable Runnable resume;
  private @Nullable Question question;
  private @Nullable ExternalPsk found;
  private boolean substituted;

  /** Of the client that has said {@code hello}. */
  ClientPsks(ExternalPskLookup lookup, OfferedParameters own, SslHello hello) {
    this.lookup = lookup;
    this.showsCertificate = own.showsCertificate();
    List<byte[]> offered =
        own.versions().contains(Protocol.TLS_1_3)
                && hello.versions().contains(Protocol.TLS_1_3.toString())
                && hello instanceof ClientHello known
            ? known.pskIdentities(MOST, ExternalPsk.LONGEST_IDENTITY)
            : List.of();
    offered.forEach(this::add);
    this.lastOffered = offered.isEmpty() ? new byte[0] : offered.getLast();
  }

  /** What continues the handshake when the program has answered. */
  void resumeBy(Runnable resumption) {
    resume = resumption;
  }

  private void add(byte[] identity) {
    String name = name(identity);
    if (name != null) {
      waiting.add(name);
    }
  }

  /** Null for what no key can have, such as a ticket of another server. */
  private static @Nullable String name(byte[] identity) {
    if (identity.length == 0 || identity.length > ExternalPsk.LONGEST_IDENTITY) {
      return null;
    }
    try {
      String name =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(identity)).toString();
      return name.indexOf('\0') < 0 ? name : null;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  // ---- before OpenSSL reads

  /**
   * Looks at the records that OpenSSL shall get next, at the position of {@code in}, and asks.
   *
   * @return whether an answer is waited for before OpenSSL may have them
   */
  boolean awaitsAnswer(ByteBuffer in, int length, HelloObserver hellos) {
    byte[] identity = exchange.read(in, in.position() + looked, length - looked);
    looked = length;
    if (identity != null && isBySuiteOfPsk(hellos.answer())) {
      found = null;
      waiting.clear();
      add(identity);
    }
    while (true) {
      Question current = question;
      if (current != null) {
        if (!current.isAnswered()) {
          return true;
        }
        question = null;
        found = current.answer().orElse(null);
        if (found == null) {
          unknown.add(current.identity);
        }
      }
      String next = found == null ? waiting.poll() : null;
      if (next == null) {
        return false;
      }
      question = new Question(next, lookup, resume);
    }
  }

  /** OpenSSL has got them. */
  void fed() {
    looked = 0;
  }

  /** In other suites something else stands in the place of the identity. */
  private static boolean isBySuiteOfPsk(@Nullable ServerHello answer) {
    return answer != null
        && !answer.version().equals(Protocol.TLS_1_3.toString())
        && answer.cipherSuite().contains("PSK_WITH_");
  }

  /** Nobody waits for the answer any more. */
  void abandon() {
    Question current = question;
    question = null;
    if (current != null) {
      current.abandon();
    }
  }

  // ---- what OpenSSL asks

  /** The key that was found, if it is of that identity. */
  @Nullable ExternalPsk key(byte[] identity) {
    ExternalPsk known = found;
    return known != null && known.identity().equals(name(identity)) ? known : null;
  }

  /** A key that nobody has, for an identity that has none; null where that shall be skipped. */
  byte @Nullable [] substitute(byte[] identity, boolean tls13) {
    // In TLS 1.3 another identity may follow, and then the certificate.
    boolean ends =
        !tls13 || (!showsCertificate && found == null && Arrays.equals(identity, lastOffered));
    if (!ends) {
      return null;
    }
    substituted = true;
    byte[] key = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(key);
    return key;
  }

  /** Whether OpenSSL has got a key that nobody has, so that the handshake fails. */
  boolean hasSubstituted() {
    return substituted;
  }

  /** The identities that the program has been asked for, and did not know. */
  List<String> unknown() {
    return List.copyOf(unknown);
  }

  /** One identity, and the program's answer, which any thread may give. */
  private static final class Question {
    private final String identity;
    private final CompletableFuture<Optional<ExternalPsk>> awaited;
    private volatile @Nullable Runnable resume;

    Question(String identity, ExternalPskLookup lookup, @Nullable Runnable resume) {
      this.identity = identity;
      this.resume = resume;
      CompletionStage<Optional<ExternalPsk>> stage = lookup.find(identity);
      if (stage == null) {
        throw new IllegalStateException("the lookup of external PSKs returned no CompletionStage");
      }
      this.awaited = stage.toCompletableFuture();
      if (!awaited.isDone()) {
        var _ = awaited.whenComplete((_, _) -> answered());
      }
    }

    private void answered() {
      Runnable waiting = resume;
      if (waiting != null) {
        waiting.run();
      }
    }

    boolean isAnswered() {
      return awaited.isDone();
    }

    /** What was answered; throws what went wrong. */
    Optional<ExternalPsk> answer() {
      if (awaited.isCompletedExceptionally()) {
        Throwable failure = awaited.handle((_, thrown) -> thrown).join();
        throw new IllegalStateException("the lookup of external PSKs failed: " + failure, failure);
      }
      Optional<ExternalPsk> answer = awaited.join();
      if (answer == null) {
        throw new IllegalStateException("the lookup of external PSKs answered without an Optional");
      }
      if (answer.isPresent() && !answer.get().identity().equals(identity)) {
        throw new IllegalStateException("the lookup of external PSKs gave one of another identity");
      }
      return answer;
    }

    void abandon() {
      resume = null; // an answer that comes later keeps no connection
      awaited.cancel(false);
    }
  }
}
