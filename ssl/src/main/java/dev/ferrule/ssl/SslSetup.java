package dev.ferrule.ssl;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The SSL settings that can be chosen wherever a client, a server, a wrap or a context is set up.
 * Files are read when it is opened or built, and what is wrong with them is thrown then.
 *
 * @param <B> the setup itself, for chains of calls
 */
public sealed interface SslSetup<B extends SslSetup<B>>
    permits SslClientSetup, SslServerSetup, SslUpgradeSetup, SslContextBuilder {
  /**
   * A context that was built before; nothing else can be chosen beside it. cl-async: {@code
   * :ssl-ctx}.
   */
  default B context(SslContext context) {
    ssl().setContext(context);
    return self();
  }

  /**
   * The certificate file: PEM with the own certificate first and its issuers behind it, DER, or
   * PKCS#12. cl-async: {@code :certificate}.
   */
  default B certificate(Path file) {
    ssl().setCertificate(file);
    return self();
  }

  /** The file of the private key, if it is not in the certificate's. cl-async: {@code :key}. */
  default B key(Path file) {
    ssl().setKey(file);
    return self();
  }

  /** The password of the key; a copy is kept until the key is read. cl-async: {@code :password}. */
  default B password(char... secret) {
    ssl().setPassword(secret);
    return self();
  }

  /**
   * A certificate and key that were loaded before. A server may have several, of different kinds of
   * keys: a client gets one whose signatures it can verify, EC and Ed25519 before RSA.
   */
  default B credentials(Credentials identity, Credentials... others) {
    ssl().setCredentials(identity, others);
    return self();
  }

  /**
   * What clients get that ask for a host name (SNI, RFC 6066 3): this certificate and key, or
   * several as in {@link #credentials}, and the other settings made here. Clients that ask for
   * another name, or none, get the certificate that has no name here ({@link #certificate}).
   *
   * @param pattern a host name, or {@code *.} and a host name, where the star stands for one label;
   *     an exact name goes before it. Unicode is converted to A-labels (IDNA 2008)
   */
  default B name(String pattern, Credentials identity, Credentials... others) {
    ssl().addName(pattern, identity, others);
    return self();
  }

  /**
   * As {@link #name(String, Credentials, Credentials...)}, with a context of its own, for servers.
   */
  default B name(String pattern, SslContext context) {
    ssl().addName(pattern, context);
    return self();
  }

  /**
   * Refuses clients that ask for none of the names, with the alert unrecognized_name, before any
   * key is used.
   */
  default B strictNames() {
    ssl().setStrictNames();
    return self();
  }

  /** Trusts the issuers in a file, or a folder of files, instead of the system's. */
  default B trust(Path fileOrFolder) {
    ssl().authentication().trust(TrustSource.file(fileOrFolder));
    return self();
  }

  /** Trusts these issuers instead of the system's. */
  default B trust(List<X509Certificate> issuers) {
    ssl().authentication().trust(TrustSource.certificates(issuers));
    return self();
  }

  /**
   * Trusts the issuers of all these sources, such as the system's and those of a file, in the place
   * of any given before. cl-async has nothing like it.
   */
  default B trust(TrustSource source, TrustSource... others) {
    ssl().authentication().trust(source, others);
    return self();
  }

  /**
   * Certificate revocation lists (RFC 5280 5), each of an issuer: a peer is refused whose
   * certificate, or that of an authority above it, was revoked. May be called several times. Of a
   * list that is out of date, or not by its issuer's key, a {@link dev.ferrule.event.Notice} tells,
   * once; see {@link #strictCrl}.
   *
   * @param filesOrFolders PEM or DER files, with one or more lists each, and folders of them
   * @throws SslConfigException when it is opened, and a file has a list that cannot be used, a
   *     folder has none that can, or no chain is verified
   */
  default B crl(Path... filesOrFolders) {
    ssl().authentication().crl(filesOrFolders);
    return self();
  }

  /**
   * Refuses a peer unless for each certificate of its chain, but the trusted one, there is a list
   * of {@link #crl} that is in date, signed by the issuer, and does not have it.
   */
  default B strictCrl() {
    ssl().authentication().strictCrl();
    return self();
  }

  /** How the server's certificate is checked; by default its chain and its host. */
  default B verify(Verify mode) {
    ssl().authentication().verify(mode);
    return self();
  }

  /**
   * The public keys that a server's certificate may have, beside what {@link #verify} asks; with
   * {@link Verify#PINS} instead of chain and host. cl-async has nothing like it.
   *
   * @param sha256 of each the SHA-256 of its SubjectPublicKeyInfo (RFC 7469 2.4): base64, with
   *     {@code sha256//} before it as curl writes it or without, or 64 hex digits
   * @throws SslConfigException when one is neither
   */
  default B pins(String... sha256) {
    ssl().authentication().pins(sha256);
    return self();
  }

  /**
   * The clients that a server lets in, beside those checks; one of the rules must allow a client.
   * Clients that show no certificate are let in with {@link ClientAuth#OPTIONAL} only.
   */
  default B allow(ClientRule... rules) {
    ssl().authentication().rules(rules);
    return self();
  }

  /** The program's own judgement of the peer's certificates, behind all other checks. */
  default B verifier(SslVerifier callback) {
    ssl().authentication().verifier(callback);
    return self();
  }

  /**
   * OCSP responses that a server staples to its certificates (RFC 6066 8, RFC 8446 4.4.2.1): files
   * in DER as {@code openssl ocsp -respout} writes them, each about one of the certificates of this
   * setup. They are read and checked when the setup is opened or built; one that has expired is not
   * sent any more, so have them renewed and loaded again ({@link SslReload}). A client needs
   * nothing: it checks what it gets.
   *
   * @throws SslConfigException when it is opened, and a file is no such response, is about another
   *     certificate, has expired or says that the certificate was revoked, or the provider cannot
   */
  default B ocspStaples(Path... files) {
    ssl().setStaples(files);
    return self();
  }

  /**
   * As {@link #ocspStaples}, with a response that is not in a file. May be called once for each
   * certificate.
   *
   * @param response in DER; copied
   */
  default B ocspStaple(byte[] response) {
    ssl().addStaple(response);
    return self();
  }

  /** Whether clients are asked for a certificate; by default they are not. */
  default B clientAuth(ClientAuth mode) {
    ssl().authentication().clientAuth(mode);
    return self();
  }

  /** The oldest version to speak; by default TLS 1.2. */
  default B minProtocol(Protocol lowest) {
    ssl().cryptography().protocols(lowest, null);
    return self();
  }

  /** The newest version to speak; by default TLS 1.3. */
  default B maxProtocol(Protocol highest) {
    ssl().cryptography().protocols(null, highest);
    return self();
  }

  /**
   * The suites, as an OpenSSL cipher string; by default {@link CipherString#MODERN}. cl-async:
   * {@code :ciphers}.
   *
   * @throws SslConfigException when the string has no meaning; when no suite of the provider is
   *     left, opening throws it
   */
  default B ciphers(String list) {
    ssl().cryptography().ciphers(CipherString.parse(list));
    return self();
  }

  /**
   * Versions, suites and key exchange groups of Mozilla's guideline. What {@link #minProtocol},
   * {@link #maxProtocol}, {@link #ciphers}, {@link #groups} and {@link #postQuantum} say goes
   * before it, whether it is said before or after. What the provider does not have is left out.
   *
   * @throws SslConfigException when it is opened, and the provider cannot speak one of the versions
   *     or has none of the suites
   */
  default B policy(SslPolicy guideline) {
    ssl().cryptography().policy(guideline);
    return self();
  }

  /**
   * Key exchange groups, the preferred first, by the names of IANA (TLS Supported Groups), such as
   * {@code x25519}, or of OpenSSL, such as {@code P-256} or {@code prime256v1}, in any case; by
   * default all that the provider has. {@link SslSession#group} tells the one agreed on.
   *
   * @throws SslConfigException when no name is given; when it is opened, and there is no such group
   *     or the provider does not have it
   */
  default B groups(String... names) {
    ssl().cryptography().groups(names);
    return self();
  }

  /**
   * Schemes by which handshakes may be signed, by this side and by the peer, the preferred first,
   * by the names of IANA (TLS SignatureScheme), such as {@code ecdsa_secp256r1_sha256}; by default
   * all that the provider has.
   *
   * @throws SslConfigException when no name is given; when it is opened, and there is no such
   *     scheme or the provider does not have it or, as boringssl, takes no choice
   */
  default B signatureSchemes(String... names) {
    ssl().cryptography().signatureSchemes(names);
    return self();
  }

  /**
   * Whether keys are agreed on by a post-quantum group; by default where the provider and the peer
   * have one. {@link SslSession#postQuantum} tells whether a connection's were.
   *
   * @throws SslConfigException when it is opened with {@link PostQuantum#REQUIRE}, and the provider
   *     has no such group or TLS 1.3 is off
   */
  default B postQuantum(PostQuantum mode) {
    ssl().cryptography().postQuantum(mode);
    return self();
  }

  /** An option by name. cl-async: {@code :ssl-options}. */
  default B option(SslOption option) {
    ssl().addOption(option);
    return self();
  }

  /**
   * Application protocols, the preferred first (RFC 7301).
   *
   * @throws SslConfigException when a name is empty or longer than 255 bytes
   */
  default B alpn(String... protocols) {
    for (String name : protocols) {
      int length = name.getBytes(StandardCharsets.UTF_8).length;
      if (length < 1 || length > 255) {
        throw new SslConfigException(
            "the name of an application protocol has 1 to 255 bytes, not " + length);
      }
    }
    ssl().setAlpn(List.of(protocols));
    return self();
  }

  /**
   * What encrypts and decrypts the records after the handshake. By default Ferrule's own record
   * layer where it can (TLS 1.3 with AES-GCM, on a processor with AES instructions, with a provider
   * that tells the traffic secrets), and the provider's library elsewhere; the system property
   * {@value SslContext#RECORDS} changes the default. {@link SslSession#records} tells which one a
   * connection has.
   *
   * @throws SslConfigException when it is opened with {@link RecordLayer#JAVA} and a provider that
   *     does not tell the secrets
   */
  default B records(RecordLayer layer) {
    ssl().setRecords(layer);
    return self();
  }

  /**
   * Linux' kernel shall encrypt and decrypt the records after the handshake (kernel TLS), for which
   * the socket's files then go by sendfile. It can with TLS 1.3, the poller epoll and a provider
   * that tells the traffic secrets; {@link SslSession#kernel} tells what it does. Where it does not
   * do all, a {@link dev.ferrule.event.Notice} says why and the connection goes on without it.
   * Before Linux 6.14 a peer that replaces its keys (KeyUpdate), or asks for that, ends the
   * connection. A context that a client's name or the program chooses decides for itself. Not by
   * default.
   */
  default B kernelTls() {
    ssl().setKernelTls();
    return self();
  }

  /**
   * The keys of session tickets, for servers; by default each context has random ones of its own.
   * The same object may be given to any number of contexts, which then resume each other's
   * sessions. The jdk provider cannot share keys: opening throws an {@link SslConfigException}.
   */
  default B ticketKeys(SslTicketKeys keys) {
    ssl().resumption().keys(keys);
    return self();
  }

  /**
   * How long a client can resume a session, for servers (RFC 8446 4.6.1), in whole seconds; by
   * default as long as the provider says in docs/options.md.
   *
   * @param lifetime 1 second to 7 days
   * @throws SslConfigException when it is not that
   */
  default B ticketLifetime(Duration lifetime) {
    if (lifetime.compareTo(Duration.ofSeconds(1)) < 0
        || lifetime.compareTo(Duration.ofDays(7)) > 0) {
      throw new SslConfigException(
          "the lifetime of tickets is 1 second to 7 days (RFC 8446 4.6.1), not " + lifetime);
    }
    ssl().resumption().lifetime(lifetime);
    return self();
  }

  /**
   * How many tickets a client of TLS 1.3 gets after a full handshake, for servers; by default as
   * many as the provider gives. A number that the provider cannot give is an {@link
   * SslConfigException} when it is opened.
   *
   * @param number 0 to 10; with 0 no session is resumed by a ticket
   * @throws SslConfigException when it is not that
   */
  default B tickets(int number) {
    if (number < 0 || number > 10) {
      throw new SslConfigException("the number of tickets is 0 to 10, not " + number);
    }
    ssl().resumption().tickets(number);
    return self();
  }

  /**
   * How many peers (host and port) a client's context keeps sessions of, to resume them; by default
   * 1,024. The one that was used least recently is dropped first. {@link SslContext#sessions} shows
   * and clears them. Without a shared context nothing is resumed, whatever is said here.
   *
   * @param peers 0 to 100,000; with 0 each connection is a full handshake
   * @throws SslConfigException when it is not that
   */
  default B sessions(int peers) {
    if (peers < 0 || peers > 100_000) {
      throw new SslConfigException(
          "the number of peers whose sessions are kept is 0 to 100000, not " + peers);
    }
    ssl().resumption().sessions(peers);
    return self();
  }

  /**
   * The external pre-shared key (RFC 8446 2.2) that a client offers. A server that has it and takes
   * it is authenticated by it and shows no certificate; one that does not is verified by its
   * certificate as without. Sessions are not resumed. Only the openssl provider can: others throw
   * an {@link SslConfigException} when it is opened. cl-async has nothing like it.
   */
  default B externalPsk(ExternalPsk psk) {
    ssl().presharedKeys().ofClient(psk);
    return self();
  }

  /**
   * The external pre-shared keys of a server, as {@link #externalPsk}. A client that shows that it
   * has one is authenticated by it; a server that has them needs no certificate, and then refuses
   * clients without a key. Sessions are not resumed: ticketKeys, ticketLifetime and tickets
   * contradict it.
   *
   * @param lookup finds a key by the identity that a client offers; empty for an unknown one. It is
   *     called on the loop of the connection, when the records that name the identity have come,
   *     and answers at once; what it throws ends the handshake
   */
  default B externalPsks(Function<String, Optional<ExternalPsk>> lookup) {
    return externalPskLookup(identity -> CompletableFuture.completedFuture(lookup.apply(identity)));
  }

  /**
   * The same by a lookup that may answer later; of both the last one counts.
   *
   * @param lookup finds a key by the identity that a client offers
   */
  default B externalPskLookup(ExternalPskLookup lookup) {
    ssl().presharedKeys().ofServer(lookup);
    return self();
  }

  /**
   * Gives the secrets of each handshake to a file, which is appended to, for Wireshark to decrypt
   * recordings with: for making a program, never for its users. Each socket or server that is
   * opened with it is told by a {@link dev.ferrule.event.Notice}, and so is a failure to write,
   * once, which ends no connection. See {@link SslKeyLog#file}.
   *
   * @throws SslConfigException when the file cannot be written; when it is opened, and the provider
   *     does not tell its secrets, as jdk
   */
  default B keyLog(Path file) {
    return keyLog(SslKeyLog.file(file));
  }

  /** As {@link #keyLog(Path)}, in the place of any given before. */
  default B keyLog(SslKeyLog log) {
    ssl().setKeyLog(log);
    return self();
  }

  /**
   * As {@link #keyLog(Path)} with the file that the environment variable {@value
   * SslKeyLog#VARIABLE} names; nothing where it is not set. Without this call the variable has no
   * effect.
   *
   * @throws SslConfigException as {@link #keyLog(Path)}, where the variable is set
   */
  default B keyLogFromEnvironment() {
    SslKeyLog.ofEnvironment().ifPresent(this::keyLog);
    return self();
  }

  /** The SSL provider, by name; by default as {@link SslContext#provider} says. */
  default B provider(String name) {
    ssl().setProvider(name);
    return self();
  }

  private SslContextBuilder ssl() {
    return switch (this) {
      case SslClientSetup client -> client.ssl;
      case SslServerSetup server -> server.ssl;
      case SslUpgradeSetup upgrade -> upgrade.ssl;
      case SslContextBuilder builder -> builder;
    };
  }

  @SuppressWarnings("unchecked") // each permitted class names itself as B
  private B self() {
    return (B) this;
  }
}
