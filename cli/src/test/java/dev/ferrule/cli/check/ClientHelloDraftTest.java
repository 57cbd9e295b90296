package dev.ferrule.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslHello;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloDraftTest {
  private static SslHello read(byte[] records) {
    return Ssl.hello(ByteBuffer.wrap(records)).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x0301, 0x0302, 0x0303, 0x0304})
  void a_server_reads_what_is_offered(int version) {
    SslHello hello =
        read(ClientHelloDraft.of(version, "a.example").suites(List.of(0x1301, 0xC02F)).records());
    assertThat(hello.serverName()).contains("a.example");
    assertThat(hello.cipherSuites())
        .containsExactly("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assertThat(hello.groups()).contains("x25519", "X25519MLKEM768");
  }

  @Property(tries = 100)
  void it_is_the_same_in_any_records(
      @ForAll @IntRange(min = 1, max = 300) int suites,
      @ForAll @IntRange(min = 1, max = 700) int longest) {
    List<Integer> codes = IntStream.range(0, suites).map(i -> 0xC000 + i).boxed().toList();
    SslHello hello = read(ClientHelloDraft.of(0x0303, "b.example").suites(codes).records(longest));
    assertThat(hello.cipherSuites()).hasSize(suites);
  }

  @Property(tries = 120)
  void no_hello_is_as_long_as_old_load_balancers_misread(
      @ForAll @IntRange(min = 1, max = 200) int suites) {
    List<Integer> codes = IntStream.range(0, suites).map(i -> 0xC000 + i).boxed().toList();
    int length = ClientHelloDraft.of(0x0303, "c.example").suites(codes).message().length;
    assertThat(length < 256 || length >= 512).as("%d bytes (RFC 7685)", length).isTrue();
  }

  @Test
  void a_post_quantum_hello_fills_more_than_a_segment() {
    byte[] records =
        ClientHelloDraft.of(0x0304, "d.example")
            .suites(List.of(0x1301))
            .postQuantumShare()
            .records();
    assertThat(records.length).isGreaterThan(1460);
    assertThat(read(records).groups()).contains("X25519MLKEM768");
  }

  @Test
  void ssl_3_has_no_extensions_and_its_own_record_version() {
    byte[] records = ClientHelloDraft.of(0x0300, "e.example").suites(List.of(0x000A)).records();
    assertThat(records[1]).isEqualTo((byte) 3);
    assertThat(records[2]).isZero();
    assertThat(read(records).serverName()).isEmpty();
  }
}
