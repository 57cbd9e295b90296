package dev.ferrule.ssl.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65_535, 65_536, 1 << 24})
  void what_is_written_is_read_back(int length) throws Exception {
    Der der = Der.whole(DerWriter.sequence(DerWriter.octetString(new byte[length])));
    assertThat(der.child(0).expect(Der.OCTET_STRING).content()).hasSize(length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.2.840.113549.1.1.1", "2.16.840.1.101.3.4.1.42", "1.3.101.112", "2.5.4.3"})
  void object_identifiers_are_read_back(String oid) throws Exception {
    assertThat(Der.whole(DerWriter.oid(oid)).oid()).isEqualTo(oid);
  }

  @Test
  void lengths_beyond_the_input_are_refused() {
    for (byte[] bytes :
        new byte[][] {
          {0x30},
          {0x30, 1},
          {0x30, (byte) 0x80},
          {0x30, (byte) 0x84, -1, -1, -1, -1},
          {0x30, (byte) 0x84, 0x7F, -1, -1, -1},
          {0x30, (byte) 0x85, 0, 0, 0, 0, 0},
          {0x30, 0, 0}
        }) {
      assertThatThrownBy(() -> Der.whole(bytes)).isInstanceOf(IOException.class);
    }
  }
}
