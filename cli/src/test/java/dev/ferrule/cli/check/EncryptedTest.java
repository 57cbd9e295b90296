package dev.ferrule.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EncryptedTest {
  @Test
  void an_answer_that_drips_is_read_no_longer_than_the_limit() throws IOException {
    int[] reads = {0};
    InputStream dripping =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public int read(byte[] to, int at, int length) {
            reads[0]++;
            to[at] = 'x';
            return 1;
          }
        };
    Encrypted.answer(dripping, Duration.ZERO);
    assertThat(reads[0]).isLessThan(3);
  }
}
