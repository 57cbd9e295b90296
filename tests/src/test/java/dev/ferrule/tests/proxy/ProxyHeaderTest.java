package dev.ferrule.tests.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.proxy.ProxyHeaderReader;
import dev.ferrule.proxy.ProxyHeaderReader.Malformed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of the PROXY protocol, read in every way that they can be cut. */
@Tag("once")
class ProxyHeaderTest {
  private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

  /** Reads from {@code bytes} as much as is wanted, at most {@code most} at once. */
  private static @Nullable ProxyHeader read(ByteBuffer bytes, int most) throws Malformed {
    ProxyHeaderReader reader = new ProxyHeaderReader();
    while (reader.wants() > 0 && bytes.hasRemaining()) {
      int n = Math.min(Math.min(most, reader.wants()), bytes.remaining());
      reader.hear(bytes.slice(bytes.position(), n));
      bytes.position(bytes.position() + n);
    }
    return reader.header();
  }

  private static InetSocketAddress address(Random random, int bytes) {
    byte[] address = new byte[bytes];
    random.nextBytes(address);
    address[0] |= 1; // no mapped address, which would read as one of IPv4
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), random.nextInt(65_536));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static ProxyHeader random(Random random) {
    int bytes = random.nextBoolean() ? 4 : 16;
    if (random.nextInt(3) == 0) {
      return ProxyHeader.v1(address(random, bytes), address(random, bytes));
    }
    ProxyHeader header =
        random.nextInt(5) == 0
            ? ProxyHeader.local()
            : ProxyHeader.v2(address(random, bytes), address(random, bytes));
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] value = new byte[random.nextInt(300)];
      random.nextBytes(value);
      header = header.with(0xE0 + i, value);
    }
    return header;
  }

  @Test
  void what_is_written_is_read_however_it_is_cut_and_not_a_byte_further() throws Malformed {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      ProxyHeader header = random(random);
      byte[] encoded = header.encoded();
      ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(encoded, encoded.length + 50));
      ProxyHeader found = read(bytes, 1 + random.nextInt(20));
      assertThat(bytes.position()).as("seed %d, turn %d", seed, i).isEqualTo(encoded.length);
      assertThat(found).isNotNull();
      assertThat(found.encoded()).as("seed %d, turn %d", seed, i).isEqualTo(encoded);
      assertThat(found.source()).isEqualTo(header.source());
      assertThat(found.destination()).isEqualTo(header.destination());
    }
  }

  @Test
  void a_header_that_was_changed_is_a_header_or_malformed_and_nothing_else() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      byte[] encoded = random(random).encoded();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        encoded[random.nextInt(encoded.length)] = (byte) random.nextInt(256);
      }
      try {
        ProxyHeader _ = read(ByteBuffer.wrap(encoded), 1 + random.nextInt(30));
      } catch (Malformed e) {
        assertThat(e.getMessage()).as("seed %d", seed).startsWith("sent ");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "\026\3\1\2\0\1\0\1\374\3\3",
        "PROXX TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n and more that never ends",
        "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n",
        "PROXY TCP4 1.1.1.256 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 ::1 ::2 1 2\r\n",
        "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP6 ::g ::2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n",
        "PROXY UNKNOWNS 1 2 3\r\n",
        SIGNATURE + "\061\021\0\014aaaabbbbccdd",
        SIGNATURE + "\042\021\0\014aaaabbbbccdd",
        SIGNATURE + "\041\022\0\014aaaabbbbccdd",
        SIGNATURE + "\041\101\0\014aaaabbbbccdd",
        SIGNATURE + "\041\021\0\013aaaabbbbccd",
        SIGNATURE + "\041\041\0\014aaaabbbbccdd",
        SIGNATURE + "\041\021\0\015aaaabbbbccdde",
        SIGNATURE + "\041\021\0\020aaaabbbbccdd\340\0\2x",
        SIGNATURE + "\041\021\0\023aaaabbbbccdd\3\0\4abcd",
        SIGNATURE + "\041\021\0\021aaaabbbbccdd\3\0\2ab",
        SIGNATURE + "\041\021\20\0",
      })
  void what_is_no_header_is_malformed_at_once_and_byte_by_byte(String text) {
    for (int most : new int[] {1, 1_000}) {
      byte[] bytes = text.getBytes(ISO_8859_1);
      assertThatThrownBy(() -> read(ByteBuffer.wrap(bytes), most)).isInstanceOf(Malformed.class);
    }
  }

  @Test
  void a_line_that_does_not_end_is_refused_at_107_bytes() {
    String endless = "PROXY UNKNOWN " + "x".repeat(200);
    assertThatThrownBy(() -> read(ByteBuffer.wrap(endless.getBytes(ISO_8859_1)), 50))
        .hasMessageContaining("more than 107 bytes");
  }

  @Test
  void unknown_and_local_connections_have_no_addresses() throws Malformed {
    for (String text :
        new String[] {
          "PROXY UNKNOWN\r\n",
          "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n",
          SIGNATURE + "\040\0\0\0",
          SIGNATURE + "\040\021\0\014aaaabbbbccdd",
          SIGNATURE + "\041\0\0\0",
          SIGNATURE + "\041\061\0\330" + "p".repeat(216)
        }) {
      ProxyHeader header = read(ByteBuffer.wrap(text.getBytes(ISO_8859_1)), 7);
      assertThat(header).as(text).isNotNull();
      assertThat(header.source()).isEmpty();
    }
  }

  @Test
  void facts_about_ssl_and_the_checksum_are_read() throws Malformed {
    byte[] ssl = "\3\0\0\0\0\041\0\7TLSv1.3\042\0\3ann".getBytes(ISO_8859_1);
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 5);
    ProxyHeader sent =
        ProxyHeader.v2(any, any)
            .with(ProxyHeader.AUTHORITY, "host.example".getBytes(UTF_8))
            .with(ProxyHeader.SSL, ssl);
    ProxyHeader header = read(ByteBuffer.wrap(sent.encoded()), 9);
    assertThat(header).isNotNull();
    assertThat(header.authority()).contains("host.example");
    var facts = header.ssl().orElseThrow();
    assertThat(facts.overSsl()).isTrue();
    assertThat(facts.certificate()).isTrue();
    assertThat(facts.verified()).isTrue();
    assertThat(facts.version()).isEqualTo("TLSv1.3");
    assertThat(facts.commonName()).isEqualTo("ann");
    assertThat(facts.cipher()).isNull();
    for (int cut = 1; cut < ssl.length; cut++) {
      ProxyHeader shorter = ProxyHeader.v2(any, any).with(ProxyHeader.SSL, Arrays.copyOf(ssl, cut));
      boolean whole = cut == 5 || cut == 15;
      assertThat(shorter.ssl().isPresent()).as("%d bytes", cut).isEqualTo(whole);
    }
  }

  @Test
  void what_cannot_be_sent_is_refused_where_it_is_said() {
    InetSocketAddress four = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 5);
    InetSocketAddress six = new InetSocketAddress(InetAddress.ofLiteral("::1"), 5);
    assertThatThrownBy(() -> ProxyHeader.v1(four, six)).hasMessageContaining("one family");
    assertThatThrownBy(() -> ProxyHeader.v1(four, four).with(1, new byte[0]))
        .hasMessageContaining("version 1");
    assertThatThrownBy(() -> ProxyHeader.local().with(ProxyHeader.CRC32C, new byte[4]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ProxyHeader.local().with(0xE0, new byte[65_533]))
        .hasMessageContaining("65,535");
  }
}
