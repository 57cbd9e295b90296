package dev.ferrule.openssl;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslKeyLog;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.SslSettings.Staple;
import dev.ferrule.ssl.keys.StoredKey;
import dev.ferrule.ssl.library.ClientSessions;
import dev.ferrule.ssl.records.AesInstructions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An SSL_CTX. It is freed when its factory is unreachable and its last wire is released. It must
 * not refer to the factory. Used by any thread.
 */
final class NativeContext {
  private static final LongAdder LIVE = new LongAdder();
  private static final LongAdder CONTEXTS = new LongAdder();

  final OfferedParameters choices;
  final Verification verification;
  final @Nullable ClientSessions sessions;

  /** Whether records of TLS 1.3 are protected in Java, where their suite allows it. */
  final boolean recordsInJava;

  /** Whether a server's first step may wait, too. */
  final boolean waitsForKey;

  /** A server's with keys of the program; null for others. */
  final @Nullable ServerTickets tickets;

  final @Nullable SslKeyLog keyLog;
  final SslSettings.ExternalPsks externalPsks;
  private final long pointer;
  private final @Nullable SslSettings settings;
  private final List<byte[]> applications;
  private final AtomicInteger users = new AtomicInteger(1); // the factory

  /** {@code settings} is null for a context that was made outside, with a reference to it. */
  NativeContext(
      long pointer,
      OfferedParameters choices,
      Verification verification,
      @Nullable ClientSessions sessions,
      @Nullable ServerTickets tickets,
      @Nullable SslSettings settings) {
    this.pointer = pointer;
    this.choices = choices;
    this.verification = verification;
    this.sessions = sessions;
    this.tickets = tickets;
    this.settings = settings;
    this.recordsInJava = settings != null && recordsInJava(settings);
    this.waitsForKey = settings != null && waitsForKey(settings);
    this.keyLog = settings == null ? null : settings.keyLog();
    this.externalPsks = settings == null ? SslSettings.ExternalPsks.NONE : settings.externalPsks();
    this.applications =
        choices.applications().stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toList();
    CONTEXTS.increment();
  }

  /** Whether a signature may have to wait for a token: such a key's is made in a task. */
  private static boolean waitsForKey(SslSettings settings) {
    Credentials shown = settings.credentials();
    return shown != null
        && shown.key() instanceof StoredKey key
        && !key.scheme().equals(StoredKey.FILE);
  }

  private static boolean recordsInJava(SslSettings settings) {
    RecordLayer asked = settings.records();
    return !NamedProviders.areChosen()
        && settings.protocols().contains(Protocol.TLS_1_3)
        && (asked == null ? AesInstructions.present() : asked == RecordLayer.JAVA);
  }

  /** Whether the program made it. */
  boolean isOutside() {
    return settings == null;
  }

  /** Connections that hold native memory, of all contexts. */
  static long live() {
    return LIVE.sum();
  }

  /** Contexts that are not freed yet. */
  static long contexts() {
    return CONTEXTS.sum();
  }

  List<byte[]> applications() {
    return applications;
  }

  /** What it shows; null for nothing. */
  @Nullable X509Certificate certificate() {
    Credentials shown = settings == null ? null : settings.credentials();
    return shown == null ? null : shown.chain().getFirst();
  }

  /** The OCSP response about it; null for none, or when its time is over: peers refuse it then. */
  byte @Nullable [] staple() {
    Staple staple = settings == null ? null : settings.staple();
    if (staple == null || !Instant.now().isBefore(staple.until())) {
      return null;
    }
    ByteBuffer response = staple.response();
    byte[] copy = new byte[response.remaining()];
    response.get(response.position(), copy);
    return copy;
  }

  /** A new SSL, which keeps this alive until {@link #free}. */
  long open(OpensslWire wire, long input, long output) {
    users.incrementAndGet();
    long ssl = 0;
    try {
      if (tickets != null) {
        tickets.renew();
      }
      ssl = LibSsl.make(pointer, choices.server(), input, output);
      LIVE.increment();
      Callbacks.register(ssl, wire);
      if (isOutside()) {
        Outside.prepare(ssl);
      } else if (verification.verifies() && !choices.server()) {
        LibSsl.requestStaple(ssl);
      }
      return ssl;
    } catch (RuntimeException | Error e) {
      if (ssl != 0) {
        free(ssl);
      } else {
        LibCrypto.freeBio(input);
        LibCrypto.freeBio(output);
        leave();
      }
      throw e;
    }
  }

  /** Frees an SSL, with its BIOs; once. */
  void free(long ssl) {
    Callbacks.forget(ssl);
    LibSsl.free(ssl);
    LIVE.decrement();
    leave();
  }

  /** Drops one reference, the factory's or a wire's; the last one frees the context. */
  void leave() {
    if (users.decrementAndGet() == 0) {
      if (sessions != null) {
        sessions.close();
      }
      LibContext.free(pointer);
      CONTEXTS.decrement();
    }
  }
}
