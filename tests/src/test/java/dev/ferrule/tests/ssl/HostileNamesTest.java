package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Tcp;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHandshakeFacts;
import dev.ferrule.ssl.SslHandshakeFacts.PeerCertificate;
import dev.ferrule.ssl.SslIdentity;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Flight;
import dev.ferrule.tests.Pki;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import jdk.jfr.consumer.RecordedEvent;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that would rewrite the line they stand in, from certificates and hellos. */
class HostileNamesTest {
  private static final String[] PIECES = {
    "\n",
    "\r",
    "\u001b[31m",
    "\u001b]0;x\u0007",
    "\0",
    "\u009b",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\u00ad",
    "\u3164",
    "\ufe0f",
    "\udb40\udc41",
    "\ue000",
    "a",
    "\u00e4",
    "-",
    "x".repeat(90)
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void names_of_certificates_are_shown_safely_everywhere(long seed) throws Exception {
    Random random = new Random(seed);
    Credentials shown = shown(random);
    Pair pair = Faults.pair(s -> s.credentials(shown)).run();
    SslError error = Faults.heard(pair.client);
    SslHandshakeFacts facts = error.handshake().orElseThrow();
    safe(seed, error.message(), 3_000);
    safe(seed, error.detail().orElse(""), 3_000);
    for (PeerCertificate each : facts.peerCertificates()) {
      safe(seed, each.subject(), 2_000);
      safe(seed, each.issuer(), 2_000);
      each.names().forEach(name -> safe(seed, name, 2_000));
    }
    safe(seed, facts.toString(), 40_000);
    safe(seed, SslIdentity.of(shown.chain().getFirst()).toString(), 40_000);
  }

  @Test
  void a_certificate_of_hundreds_of_names_is_told_in_few_words() {
    String[] names = new String[300];
    Arrays.setAll(names, i -> "a-name-that-is-not-asked-for-" + i + ".example");
    Credentials shown = Pki.credentials(Pki.CA.request(names).issue());
    Pair pair = Faults.pair(s -> s.credentials(shown));
    List<RecordedEvent> events = Flight.of(pair::run, "Handshake", "Close");
    SslError error = Faults.heard(pair.client);
    assertThat(error.failure()).isEqualTo(SslFailure.HOST_MISMATCH);
    safe(0, error.message(), 3_000);
    assertThat(error.handshake().orElseThrow().peerCertificates().getFirst().names()).hasSize(20);
    safe(0, error.handshake().orElseThrow().toString(), 10_000);
    assertThat(events).allMatch(event -> event.toString().length() < 3_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void names_of_hellos_are_shown_safely(long seed) {
    Random random = new Random(seed);
    byte[] application = hostile(random).getBytes(StandardCharsets.UTF_8);
    byte[] alpn = new byte[Math.min(250, application.length)];
    System.arraycopy(application, 0, alpn, 0, alpn.length);
    byte[] list = RawHello.join(new byte[] {0, (byte) (alpn.length + 1), (byte) alpn.length}, alpn);
    byte[] hello = RawHello.usual().names(hostile(random)).extension(16, list).records(16_000);
    Heard server = new Heard();
    Loops.runInline(loop -> {
      var listening =
          Pair.serve(
              loop,
              server,
              s -> {
                s.alpn("h2");
                s.onHello((socket, said, choice) -> {
                  safe(seed, said.toString(), 2_000);
                  choice.proceed();
                });
              });
      Tcp.connect(loop, "127.0.0.1", listening.port())
          .data(hello)
          .onRead((socket, data) -> data.position(data.limit()))
          .onEvent(event -> {})
          .open();
    });
    safe(seed, Faults.heard(server).message(), 3_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void safe_text_is_what_it_was_where_nothing_is_wrong_and_cut_where_it_is_long(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      String text = hostile(random);
      safe(seed, SafeText.of(text), 8 * SafeText.LONGEST + 3);
    }
    String plain = "CN=M\u00fcller & S\u00f6hne, O=\u65e5\u672c";
    assertThat(SafeText.of(plain)).isEqualTo(plain);
    assertThat(SafeText.of("x".repeat(200))).isEqualTo("x".repeat(200));
    assertThat(SafeText.of("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
    assertThat(SafeText.of("a\u001b[1m\u202eb")).isEqualTo("a\\x1B[1m\\u202Eb");
  }

  private static void safe(long seed, String text, int longest) {
    assertThat(text).as("seed " + seed).hasSizeLessThanOrEqualTo(longest);
    assertThat(text.codePoints().filter(c -> !harmless(c)).mapToObj(Integer::toHexString))
        .as("seed %d, in %s", seed, SafeText.of(text))
        .isEmpty();
  }

  /** Said another way than in the code: by what a reader must never meet. */
  private static boolean harmless(int c) {
    boolean control = c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD;
    boolean turns = c == 0x061C || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E);
    boolean hidden = (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x3164;
    boolean chosen = (c >= 0xFE00 && c <= 0xFE0F) || c >= 0xE0000 || (c >= 0xE000 && c < 0xF900);
    return !(control || turns || hidden || chosen);
  }

  private static String hostile(Random random) {
    StringBuilder name = new StringBuilder("evil");
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      name.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return name.toString();
  }

  private static Credentials shown(Random random) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder draft =
        new JcaX509v3CertificateBuilder(
            name(random),
            BigInteger.TEN,
            Date.from(now.minus(Duration.ofDays(1))),
            Date.from(now.plus(Duration.ofDays(1))),
            name(random),
            keys.getPublic());
    GeneralName[] names = {
      new GeneralName(GeneralName.dNSName, new DERIA5String("evil\u001b[2J\n.example")),
      new GeneralName(GeneralName.rfc822Name, new DERIA5String("eve\r\n@example")),
    };
    draft.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    X509Certificate made =
        new JcaX509CertificateConverter()
            .getCertificate(
                draft.build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    return Credentials.of(keys.getPrivate(), List.of(made));
  }

  private static X500Name name(Random random) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.CN, new DERUTF8String(hostile(random)))
        .addRDN(BCStyle.O, new DERUTF8String(hostile(random)))
        .build();
  }
}
