package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Provided;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which record layer a connection gets, and that its session says so. */
class RecordLayerTest {
  private final Pair pair = new Pair().onSecure(SslSocket::close);

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_session_tells_it_on_both_sides(Protocol version) {
    pair.client(c -> c.maxProtocol(version)).run();
    assertThat(pair.seen.records()).isEqualTo(Provided.records(pair.seen));
    assertThat(pair.served.records()).isEqualTo(Provided.records(pair.served));
    if (version == Protocol.TLS_1_2) {
      assertThat(pair.seen.records()).isEqualTo(RecordLayer.LIBRARY);
    }
    boolean java = pair.seen.records() == RecordLayer.JAVA;
    assertThat(pair.seen.toString().endsWith(", records in Java")).isEqualTo(java);
  }

  @Test
  void each_side_chooses_for_itself() {
    pair.client(c -> c.records(RecordLayer.LIBRARY)).run();
    assertThat(pair.seen.records()).isEqualTo(RecordLayer.LIBRARY);
    assertThat(pair.served.records()).isEqualTo(Provided.records(pair.served));
  }

  @Test
  void the_jdk_has_the_library() {
    pair.client(c -> c.provider("jdk")).server(s -> s.records(RecordLayer.LIBRARY)).run();
    assertThat(pair.seen.records()).isEqualTo(RecordLayer.LIBRARY);
    assertThat(pair.served.records()).isEqualTo(RecordLayer.LIBRARY);
  }

  @Test
  void records_in_java_are_an_error_with_the_jdk() {
    assertThatThrownBy(() -> SslContext.client().provider("jdk").records(RecordLayer.JAVA).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("cannot tell the traffic secrets");
  }

  @Test
  void the_property_is_a_preference_that_the_jdk_need_not_honour() {
    String before = System.setProperty(SslContext.RECORDS, "java");
    try {
      assertThat(SslContext.client().provider("jdk").build().provider()).isEqualTo("jdk");
      System.setProperty(SslContext.RECORDS, "Java");
      assertThatThrownBy(() -> SslContext.client().build())
          .isInstanceOf(SslConfigException.class)
          .hasMessage(
              "the system property dev.ferrule.records is 'Java'; it can be [java, library]");
      System.setProperty(SslContext.RECORDS, "library");
      pair.run();
      assertThat(pair.seen.records()).isEqualTo(RecordLayer.LIBRARY);
      assertThat(pair.served.records()).isEqualTo(RecordLayer.LIBRARY);
    } finally {
      if (before == null) {
        System.clearProperty(SslContext.RECORDS);
      } else {
        System.setProperty(SslContext.RECORDS, before);
      }
    }
  }
}
