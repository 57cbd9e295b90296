package dev.ferrule.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.boringssl.Held;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.records.AesInstructions;
import dev.ferrule.testkit.KeyType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The provider of this run, and all that the providers may do differently: a line for each
 * difference, with a value for each provider. What stands nowhere here, every provider does alike.
 */
public final class Provided {
  private static final String NOT_OFFERED_ALPN =
      "the peer chose an application protocol (ALPN) that this side did not offer";

  /** The provider that contexts take when none is named. */
  public static final String NAME = SslContext.client().build().provider();

  /** What protects the records of its TLS 1.3 with AES-GCM, in this run. */
  public static final RecordLayer RECORDS =
      by(RecordLayer.LIBRARY, recordsOfThisRun(), recordsOfThisRun());

  /** Whether it allocates memory that no garbage collector frees. */
  public static final boolean NATIVE = by(false, true, true);

  /** How many connections hold native memory now. */
  public static final LongSupplier HELD =
      by(() -> 0, Held::connections, dev.ferrule.openssl.Held::connections);

  /**
   * Whether a server that verifies nobody gives work to the loop's executor. Clients, which verify,
   * always do.
   */
  public static final boolean SERVERS_HAVE_TASKS = by(true, false, false);

  /** Which options it says it cannot honour. */
  public static final Set<SslOption> REFUSED =
      by(
          withOpenssls(
              SslOption.NO_TICKET,
              SslOption.ALLOW_SHA1_HANDSHAKE,
              SslOption.ALLOW_UNSAFE_LEGACY_RENEGOTIATION,
              SslOption.TLS_ROLLBACK_BUG),
          withOpenssls(SslOption.ALLOW_UNSAFE_LEGACY_RENEGOTIATION, SslOption.TLS_ROLLBACK_BUG),
          Set.of());

  /** Whether it tells the secrets of its handshakes (key log). */
  public static final boolean TELLS_SECRETS = by(false, true, true);

  /** Whether servers can share the keys of their tickets. */
  public static final boolean SHARES_TICKET_KEYS = by(false, true, true);

  /** How long a ticket can be used, when nothing else is said. */
  public static final Duration TICKET_LIFETIME =
      by(Duration.ofHours(24), Duration.ofDays(2), Duration.ofHours(2));

  /** How many tickets a handshake of TLS 1.3 gives. */
  public static final int TICKETS = by(1, 2, 2);

  /** The other number that can be asked for: none; -1 where that is no choice. */
  public static final int NO_TICKETS = by(-1, 0, 0);

  /** Whether a server can put the suites of TLS 1.3 into an order of its own. */
  public static final boolean SERVERS_ORDER_IN_TLS_1_3 = by(true, false, true);

  /** Whether any number of tickets from 0 to 10 can be asked for. */
  public static final boolean ANY_NUMBER_OF_TICKETS = by(false, false, true);

  /** The versions that it can speak when they are asked for. */
  public static final Set<Protocol> SPOKEN =
      by(
          EnumSet.of(Protocol.TLS_1_2, Protocol.TLS_1_3),
          EnumSet.allOf(Protocol.class),
          EnumSet.allOf(Protocol.class));

  /** What forbids the others. */
  public static final String POLICY = by("jdk.tls.disabledAlgorithms", "", "");

  /** The suite that two of its ends agree on by default; where the machine has a say, several. */
  public static final Set<String> FAVOURITES =
      by(
          Set.of("TLS_AES_256_GCM_SHA384"),
          Set.of("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"),
          Set.of("TLS_AES_256_GCM_SHA384"));

  /** Whether it has a post-quantum group. */
  public static final boolean POST_QUANTUM =
      by(false, true, dev.ferrule.openssl.Held.postQuantum());

  /** A key exchange group that it does not have, and the other provider has. */
  public static final String FOREIGN_GROUP = by("X25519MLKEM768", "x448", "brainpoolP256r1");

  /** What a server says whose EC key is on a curve that its client does not name in TLS 1.2. */
  public static final String UNNAMED_CURVE =
      by(
          "no cipher suite is shared",
          "curve of this side's key is not among the client's groups",
          "curve of this side's key is not among the client's groups");

  /** Whether signature schemes can be chosen by name. */
  public static final boolean CHOOSES_SIGNATURES = by(true, false, true);

  /**
   * Whether a client by TLS 1.2 leaves out suites of signatures that it does not take, so that a
   * server shares no suite with it.
   */
  public static final boolean DROPS_SUITES_IT_CANNOT_VERIFY = by(false, false, true);

  /** The suites of Mozilla's guidelines that it does not have, by OpenSSL's names. */
  public static final Set<String> LACKING =
      by(
          Set.of(
              "AES128-GCM-SHA256",
              "AES256-GCM-SHA384",
              "AES128-SHA256",
              "AES256-SHA256",
              "AES128-SHA",
              "AES256-SHA",
              "DES-CBC3-SHA"),
          Set.of(
              "DHE-RSA-AES128-GCM-SHA256",
              "DHE-RSA-AES256-GCM-SHA384",
              "DHE-RSA-CHACHA20-POLY1305",
              "ECDHE-ECDSA-AES128-SHA256",
              "ECDHE-RSA-AES128-SHA256",
              "ECDHE-ECDSA-AES256-SHA384",
              "ECDHE-RSA-AES256-SHA384",
              "DHE-RSA-AES128-SHA256",
              "DHE-RSA-AES256-SHA256",
              "AES128-SHA256",
              "AES256-SHA256",
              "DES-CBC3-SHA"),
          Set.of("DES-CBC3-SHA"));

  /** The group that two of its ends agree on by default: the first that each offers. */
  public static final String GROUP =
      by("x25519", "X25519MLKEM768", dev.ferrule.openssl.Held.firstGroup());

  /** The first of its suites for an EC key that is not AEAD, strongest first. */
  public static final String BEST_CBC =
      by(
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384");

  /** The kinds of keys whose signatures it accepts of a peer. */
  private static final Set<KeyType> VERIFIED =
      by(
          EnumSet.allOf(KeyType.class),
          EnumSet.of(KeyType.EC_P256, KeyType.RSA_2048),
          EnumSet.allOf(KeyType.class));

  /** Whether a side may go on writing after the peer's close_notify before TLS 1.3. */
  public static final boolean HALF_CLOSES_BEFORE_TLS_1_3 = by(false, true, true);

  /**
   * Whether it resumes sessions of TLS 1.2 without an extended master secret (RFC 7627), which
   * older versions of Go do not have.
   */
  public static final boolean RESUMES_WITHOUT_EXTENDED_MASTER_SECRET = by(false, true, true);

  /** How many KeyUpdates in a row, without data between them, it takes. */
  public static final int KEY_UPDATES = by(Integer.MAX_VALUE, 32, 32);

  /** The alert by which a server refuses renegotiation; RFC 5246 7.2.2 has one for it. */
  public static final String RENEGOTIATION_ALERT =
      by("unexpected_message", "no_renegotiation", "no_renegotiation");

  /** The alerts for a first record whose handshake message is noise: of its type, or its length. */
  public static final Set<String> NOISE_ALERTS =
      by(
          Set.of("unexpected_message"),
          Set.of("unexpected_message", "illegal_parameter"),
          Set.of("unexpected_message", "illegal_parameter"));

  /** What a client says of an application protocol (ALPN) that nobody offered. */
  public static final String UNOFFERED_ALPN =
      by(NOT_OFFERED_ALPN, NOT_OFFERED_ALPN, "the peer's handshake was refused: bad extension");

  /** The alert for an application protocol (ALPN) that a server chose and nobody offered. */
  public static final String UNOFFERED_ALPN_ALERT =
      by("unexpected_message", "record_overflow", "decode_error");

  /** Whether its clients offer SHA-1 as a signature of the handshake, which they then refuse. */
  public static final boolean SHA_1_IS_OFFERED = by(false, true, false);

  /** What a server says of a client whose EC key is on a curve under 224 bits. */
  public static final String SHORT_EC_KEY =
      by("an EC key of 192 bits", "on a curve", "an EC key of 192 bits");

  /** Whether a server goes on when the name that a client sends (SNI) can be nobody's. */
  public static final boolean ODD_NAMES_PASS = by(false, true, true);

  /** The longest hello that it takes: its own limit of a handshake message. */
  public static final int LONGEST_HELLO = by(32 * 1024, 16 * 1024, 64 * 1024);

  /** The alert for a hello that is longer. */
  public static final String LONG_HELLO_ALERT =
      by("unexpected_message", "illegal_parameter", "illegal_parameter");

  /** The alert for an unknown issuer where it is encrypted: the JDK has no unknown_ca. */
  public static final String UNKNOWN_CA_IN_TLS_1_3 =
      by("certificate_unknown", "unknown_ca", "unknown_ca");

  /** The longest record of TLS 1.3 that it takes; RFC 8446 5.2 allows no more than the least. */
  private static final int LONGEST_RECORD =
      RECORDS == RecordLayer.JAVA ? (1 << 14) + 256 : (1 << 14) + 2048;

  /** Whether it refuses a pre-shared key that is not the last extension (RFC 8446 4.2.11). */
  public static final boolean ORDERS_EXTENSIONS = by(false, true, true);

  private static final String NO_PSKS = "it has no external PSKs";

  /** Which failures it never has, and why. */
  public static final Map<SslFailure, String> NEVER =
      by(
          Map.of(
              SslFailure.PEER_REFUSED_PSK, NO_PSKS,
              SslFailure.WEAK_SIGNATURE, "the engine refuses a scheme that it did not offer",
              SslFailure.TOO_MANY_IDLE_RECORDS, "the engine takes any number",
              SslFailure.OTHER, "nobody knows what its engine has no words for"),
          Map.of(
              SslFailure.PEER_REFUSED_PSK, NO_PSKS,
              SslFailure.EARLY_DATA, "BoringSSL skips it",
              SslFailure.OUTPUT_CLOSED, "BoringSSL writes after the peer's end",
              SslFailure.OTHER,
                  "only what is no cipher text for an RSA key has it: OutsideKeyTest"),
          Map.of(
              SslFailure.WEAK_SIGNATURE, "OpenSSL refuses a scheme that it did not offer",
              SslFailure.OUTPUT_CLOSED, "OpenSSL writes after the peer's end",
              SslFailure.OTHER, "nobody knows what it has no words for"));

  /** The alerts that go with a failure of the catalogue where they are others than it says. */
  public static final Map<SslFailure, String> ALERTS =
      by(
          Map.of(
              SslFailure.RECORD_TOO_LONG, "unexpected_message",
              SslFailure.NO_SHARED_GROUP, "unexpected_message",
              SslFailure.ILLEGAL_PARAMETER, "missing_extension",
              SslFailure.HANDSHAKE_NOT_AUTHENTIC, "handshake_failure"),
          Map.of(
              SslFailure.RENEGOTIATION,
              RENEGOTIATION_ALERT,
              SslFailure.NOT_A_RECORD,
              RECORDS == RecordLayer.JAVA ? "unexpected_message" : "record_overflow"),
          Map.of(
              SslFailure.RENEGOTIATION,
              RENEGOTIATION_ALERT,
              SslFailure.NOT_A_RECORD,
              RECORDS == RecordLayer.JAVA ? "unexpected_message" : "record_overflow",
              SslFailure.TOO_MANY_IDLE_RECORDS,
              RECORDS == RecordLayer.JAVA ? "unexpected_message" : "record_overflow"));

  private Provided() {}

  private static Set<SslOption> withOpenssls(SslOption... others) {
    return Stream.concat(
            Stream.of(others), Stream.of(SslOption.values()).filter(SslOption::needsOpenssl))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The longest content of a record, protected, that it takes. */
  public static int longestRecord(Protocol version) {
    return version == Protocol.TLS_1_3 ? LONGEST_RECORD : (1 << 14) + 2048;
  }

  /** What protects the records of a connection that has such a session. */
  public static RecordLayer records(SslSession session) {
    boolean aes = session.protocol() == Protocol.TLS_1_3 && session.cipher().contains("_AES_");
    return aes ? RECORDS : RecordLayer.LIBRARY;
  }

  private static RecordLayer recordsOfThisRun() {
    return "library".equals(System.getProperty(SslContext.RECORDS)) || !AesInstructions.present()
        ? RecordLayer.LIBRARY
        : RecordLayer.JAVA;
  }

  /** Skips a test whose peer shows such a key. */
  public static void assumeVerifies(KeyType key) {
    assumeTrue(VERIFIED.contains(key), () -> NAME + " accepts no signatures by " + key);
  }

  /** Skips a test of native memory. */
  public static void assumeNative() {
    assumeTrue(NATIVE, () -> NAME + " has no memory of its own to free");
  }

  /** Skips a test of servers that share the keys of their tickets. */
  public static void assumeSharesTicketKeys() {
    assumeTrue(SHARES_TICKET_KEYS, () -> NAME + " cannot share the keys of tickets");
  }

  private static <T> T by(T jdk, T boringssl, T openssl) {
    return switch (NAME) {
      case "jdk" -> jdk;
      case "boringssl" -> boringssl;
      case "openssl" -> openssl;
      default -> throw new AssertionError("say here what is particular about " + NAME);
    };
  }
}
