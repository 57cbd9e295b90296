package dev.ferrule.ssl.hello;

import static dev.ferrule.ssl.hello.Records.clientHello;
import static dev.ferrule.ssl.hello.Records.record;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ferrule.ssl.hello.HelloReader.Progress;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a hostile hello may cost: it bounds time too, for nothing is looked at without a trace. */
class HelloAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Hellos that are as long as a record, each with one thing in excess. */
  enum Excess {
    SUITES,
    NAME,
    NAMES,
    APPLICATIONS,
    GROUPS,
    EXTENSIONS;

    byte[] hello() {
      return record(
          switch (this) {
            case SUITES -> clientHello("abcd ".repeat(7_000));
            case NAME -> clientHello("1301", one(0, "00" + u16(15_000) + "01".repeat(15_000)));
            case NAMES -> clientHello("1301", one(0, ("00" + u16(1) + "07").repeat(3_700)));
            case APPLICATIONS -> clientHello("1301", one(16, "0105".repeat(7_000)));
            case GROUPS -> clientHello("1301", one(10, "abcd".repeat(7_000)));
            case EXTENSIONS -> clientHello("1301", many());
          });
    }

    private static byte[] one(int type, String list) {
      return Records.extension(type, u16(list.length() / 2) + list);
    }

    private static byte[][] many() {
      byte[][] all = new byte[3_500][];
      for (int i = 0; i < all.length; i++) {
        all[i] = Records.extension(0x1000 + i, "");
      }
      return all;
    }

    private static String u16(int value) {
      return "%04x".formatted(value);
    }
  }

  @ParameterizedTest
  @EnumSource
  void reading_and_showing_a_hello_makes_no_more_than_some_hundred_bytes_for_each_of_its_own(
      Excess excess) {
    byte[] hello = excess.hello();
    show(hello); // classes are loaded
    long before = THREADS.getCurrentThreadAllocatedBytes();
    show(hello);
    long made = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(made).isLessThan(300L * hello.length);
  }

  private static void show(byte[] hello) {
    HelloReader reader = HelloReader.ofClient();
    Progress progress = reader.feed(ByteBuffer.wrap(hello));
    if (progress == Progress.DONE) {
      ClientHello read = reader.clientHello();
      assertThat(read.toString()).hasSizeLessThan(1_000);
      assertThat(read.cipherSuites()).isNotNull();
      assertThat(read.groups()).isNotNull();
      assertThat(read.signatureSchemes()).isNotNull();
    } else {
      assertThat(progress).isEqualTo(Progress.NONE);
    }
  }
}
