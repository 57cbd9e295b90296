package dev.ferrule.ssl;

import java.nio.ByteBuffer;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a context, as a provider receives them. Immutable.
 *
 * @param server whether it is for servers
 * @param credentials the certificate and key of this side; a server always has them, but one with
 *     external pre-shared keys
 * @param trust the trusted certificates; null for the system's store alone
 * @param verify how a client checks its server
 * @param clientAuth whether a server asks for certificates
 * @param protocols the versions, oldest first, at least one
 * @param ciphers the suites to choose from
 * @param options the options that were set
 * @param alpn application protocols, the preferred first; empty for none
 * @param records what is to protect the records; null for the best that the provider can
 * @param pins the public keys that a server may have; empty for any
 * @param clientRules of which one must allow a client; empty for any
 * @param verifier the program's own judgement of certificates; null for none
 * @param tickets how a server's sessions can be resumed
 * @param groups key exchange groups by IANA's names, the preferred first, all of which the provider
 *     has; empty for its own choice
 * @param signatureSchemes signature schemes of the handshake by IANA's names, the preferred first,
 *     all of which the provider has; empty for its own choice
 * @param systemTrust whether the system's store is trusted beside {@code trust}
 * @param crls what was revoked
 * @param sessions the most peers whose sessions a client keeps; 0 for none
 * @param staple what a server staples to its certificate; null for nothing
 * @param keyLog what gets the secrets of handshakes; null for nobody
 * @param externalPsks pre-shared keys from elsewhere
 * @param kernelTls whether the system's kernel shall protect the records
 */
public record SslSettings(
    boolean server,
    @Nullable Credentials credentials,
    @Nullable List<TrustedCertificate> trust,
    Verify verify,
    ClientAuth clientAuth,
    Set<Protocol> protocols,
    CipherString ciphers,
    Set<SslOption> options,
    List<String> alpn,
    @Nullable RecordLayer records,
    List<String> pins,
    List<ClientRule> clientRules,
    @Nullable SslVerifier verifier,
    Tickets tickets,
    List<String> groups,
    List<String> signatureSchemes,
    boolean systemTrust,
    Crls crls,
    int sessions,
    @Nullable Staple staple,
    @Nullable SslKeyLog keyLog,
    ExternalPsks externalPsks,
    boolean kernelTls) {
  /** The most peers whose sessions a client keeps that says nothing. */
  public static final int SESSIONS = 1024;

  /**
   * What a server does with session tickets; null is the provider's own way.
   *
   * @param keys what they are encrypted with; null for random keys of the context
   * @param lifetime 1 second to 7 days; null for the provider's
   * @param number how many a handshake of TLS 1.3 gives, 0 to 10; null for the provider's
   */
  public record Tickets(
      @Nullable SslTicketKeys keys, @Nullable Duration lifetime, @Nullable Integer number) {
    /** The provider's own way in everything. */
    public static final Tickets USUAL = new Tickets(null, null, null);
  }

  /**
   * External pre-shared keys (RFC 8446 2.2).
   *
   * @param client the one that a client offers; null on a server, and for none
   * @param server finds a key by its identity, maybe later; null on a client, and for none
   */
  public record ExternalPsks(@Nullable ExternalPsk client, @Nullable ExternalPskLookup server) {
    /** No keys. */
    public static final ExternalPsks NONE = new ExternalPsks(null, null);

    /** Whether there are none. */
    public boolean isEmpty() {
      return client == null && server == null;
    }
  }

  /**
   * An OCSP response.
   *
   * @param response read-only; its position and limit are not to be changed
   * @param until when it expires: it is not sent any more
   */
  public record Staple(ByteBuffer response, Instant until) {}

  /**
   * The revocation lists of a context, all of which can be used, and what is noticed about them.
   * Any thread.
   */
  public static final class Crls {
    /** No lists: nobody is asked. */
    public static final Crls NONE = new Crls(List.of(), false);

    private final List<X509CRL> lists;
    private final boolean strict;
    private final Set<X509CRL> noticed =
        Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    Crls(List<X509CRL> lists, boolean strict) {
      this.lists = List.copyOf(lists);
      this.strict = strict;
    }

    /** The lists of all issuers, in no order. */
    public List<X509CRL> lists() {
      return lists;
    }

    /** Whether a peer is refused about whom no list in date says something. */
    public boolean strict() {
      return strict;
    }

    /** Notices something about a list, once. */
    public void tell(X509CRL list, Supplier<String> sentence) {
      if (noticed.add(list)) {
        told.add(sentence.get());
      }
    }

    /** What was noticed since this was called last, for the program to be told. */
    public List<String> told() {
      if (told.isEmpty()) {
        return List.of();
      }
      List<String> all = new ArrayList<>();
      for (String sentence = told.poll(); sentence != null; sentence = told.poll()) {
        all.add(sentence);
      }
      return all;
    }
  }

  /**
   * What was noticed about revocation lists and the key log since this was called last, for the
   * program to be told.
   */
  public List<String> told() {
    List<String> lists = crls.told();
    List<String> logged = keyLog == null ? List.of() : keyLog.told();
    return lists.isEmpty() ? logged : Stream.concat(lists.stream(), logged.stream()).toList();
  }

  /** With the last ones as they are by default. */
  public SslSettings(
      boolean server,
      @Nullable Credentials credentials,
      @Nullable List<TrustedCertificate> trust,
      Verify verify,
      ClientAuth clientAuth,
      Set<Protocol> protocols,
      CipherString ciphers,
      Set<SslOption> options,
      List<String> alpn,
      @Nullable RecordLayer records) {
    this(
        server,
        credentials,
        trust,
        verify,
        clientAuth,
        protocols,
        ciphers,
        options,
        alpn,
        records,
        List.of(),
        List.of(),
        null,
        Tickets.USUAL,
        List.of(),
        List.of(),
        false,
        Crls.NONE,
        SESSIONS,
        null,
        null,
        ExternalPsks.NONE,
        false);
  }

  /** The same with another identity, and what is stapled to it. */
  SslSettings with(Credentials identity, @Nullable Staple stapled) {
    return new SslSettings(
        server,
        identity,
        trust,
        verify,
        clientAuth,
        protocols,
        ciphers,
        options,
        alpn,
        records,
        pins,
        clientRules,
        verifier,
        tickets,
        groups,
        signatureSchemes,
        systemTrust,
        crls,
        sessions,
        stapled,
        keyLog,
        externalPsks,
        kernelTls);
  }
}
