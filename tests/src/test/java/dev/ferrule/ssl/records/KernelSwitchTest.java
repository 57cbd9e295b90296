package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.KernelRecords;
import dev.ferrule.ssl.KernelTls;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.spi.KernelUse;
import dev.ferrule.testkit.contract.OutletOwner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a kernel is asked, and what becomes of its answers; without any such kernel. */
@Tag("once")
class KernelSwitchTest {
  private static final String KEY_UPDATE = "type 22: 1800000100";
  private static final String INTERNAL_ERROR = "type 21: 0250";

  private final KernelLink link = new KernelLink();
  private final Buffers buffers = new Buffers();
  private final OutletOwner owner = new OutletOwner(link, buffers);
  private final List<String> told = new ArrayList<>();

  /** A server's wire on that kernel, which has written so many records. */
  private Tls13Wire wire(RecordSuite suite, long written) throws IOException {
    Sides sides = Sides.random(suite, new Random(1));
    RecordWire first =
        (RecordWire) HandingOver.maker(sides, true, 0, written, null).wire(link, buffers, owner);
    first.handshake();
    Tls13Wire wire = (Tls13Wire) first.established();
    wire.useKernel(
        new KernelUse() {
          @Override
          public void does(KernelTls directions) {
            told.add(directions.toString());
          }

          @Override
          public void refused(String reason) {
            told.add(reason);
          }
        });
    return wire;
  }

  private List<String> askedBehind(long written) {
    assertThat(link.asked).startsWith("writing keys, record " + written, "reading keys, record 0");
    return link.asked.subList(2, link.asked.size());
  }

  private static SslError failure(Tls13Wire wire) {
    return catchThrowableOfType(SslError.class, () -> wire.write(ByteBuffer.allocate(10)));
  }

  @ParameterizedTest
  @EnumSource(RecordSuite.class)
  void the_kernel_gets_the_keys_of_both_directions_and_then_content(RecordSuite suite)
      throws IOException {
    Tls13Wire wire = wire(suite, 2);
    assertThat(wire.write(ByteBuffer.allocate(10))).isEqualTo(10);
    owner.outlet().flush();
    assertThat(askedBehind(2)).containsExactly("10 bytes");
    assertThat(told).containsExactly("SENDING", "BOTH");
  }

  @Test
  void worn_keys_are_replaced_behind_a_key_update() throws IOException {
    Tls13Wire wire = wire(RecordSuite.TLS_AES_128_GCM_SHA256, Tls13Wire.RECORDS_PER_KEY);
    wire.write(ByteBuffer.allocate(10));
    owner.outlet().flush();
    assertThat(askedBehind(Tls13Wire.RECORDS_PER_KEY))
        .containsExactly(KEY_UPDATE, "writing keys, record 0", "10 bytes");
  }

  /** The peer would read the alert with keys that this side does not have. */
  @Test
  void a_kernel_that_cannot_replace_keys_sends_an_alert_and_no_key_update() throws IOException {
    link.keeps = "it cannot";
    Tls13Wire wire = wire(RecordSuite.TLS_AES_128_GCM_SHA256, Tls13Wire.RECORDS_PER_KEY);
    SslError error = failure(wire);
    assertThat(error).hasMessageContaining("it cannot");
    assertThat(error.alert()).hasValue("internal_error");
    assertThat(askedBehind(Tls13Wire.RECORDS_PER_KEY)).containsExactly(INTERNAL_ERROR);
    assertThat(failure(wire)).isSameAs(error);
  }

  @Test
  void keys_that_are_refused_behind_their_key_update_end_the_output_without_an_alert()
      throws IOException {
    Tls13Wire wire = wire(RecordSuite.TLS_AES_128_GCM_SHA256, Tls13Wire.RECORDS_PER_KEY);
    link.refuses = "no memory";
    assertThat(failure(wire)).hasMessageContaining("no memory");
    wire.closeOutput();
    assertThat(askedBehind(Tls13Wire.RECORDS_PER_KEY))
        .containsExactly(KEY_UPDATE, "writing keys, record 0");
  }

  @ParameterizedTest
  @CsvSource({
    KernelRecords.NOT_AUTHENTIC + ",bad_record_mac,BAD_RECORD_MAC,20",
    KernelRecords.TOO_LONG + ",record_overflow,RECORD_TOO_LONG,22",
    KernelRecords.NOT_A_RECORD + ",unexpected_message,NOT_A_RECORD,10"
  })
  void what_the_kernel_cannot_read_has_the_alert_that_it_has_without_a_kernel(
      int answer, String alert, SslFailure failure, int number) throws IOException {
    Tls13Wire wire = wire(RecordSuite.TLS_AES_128_GCM_SHA256, 0);
    link.answer = answer;
    SslError error =
        catchThrowableOfType(SslError.class, () -> wire.read(buffers.plain(wire.memory())));
    assertThat(error.alert()).hasValue(alert);
    assertThat(error.failure()).isEqualTo(failure);
    assertThat(askedBehind(0)).containsExactly("type 21: 02%02x".formatted(number));
  }

  @Test
  void a_kernel_that_refuses_is_asked_once_and_content_is_encrypted_here() throws IOException {
    link.refuses = "it has no TLS";
    Tls13Wire wire = wire(RecordSuite.TLS_CHACHA20_POLY1305_SHA256, 0);
    wire.write(ByteBuffer.allocate(10));
    assertThat(told).containsExactly("it has no TLS");
    assertThat(link.asked).containsExactly("writing keys, record 0");
  }
}
