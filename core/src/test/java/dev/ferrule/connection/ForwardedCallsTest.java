package dev.ferrule.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.capture.CapturedLink;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Wire;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands before a link or a wire forgets none of its methods that have a default. */
class ForwardedCallsTest {
  private static List<String> forgotten(Class<?> wrapper, Class<?> kind, Set<String> left) {
    List<String> own = Arrays.stream(wrapper.getDeclaredMethods()).map(Method::getName).toList();
    return Arrays.stream(kind.getMethods())
        .map(Method::getName)
        .filter(name -> !own.contains(name) && !left.contains(name))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(classes = {CapturedLink.class, WireLink.class})
  void a_link_before_another_answers_every_call(Class<?> wrapper) {
    // Files go through these as bytes, which they see, and so do records.
    assertThat(forgotten(wrapper, Link.class, Set.of("sendFile", "kernelRecords"))).isEmpty();
  }

  @Test
  void a_wire_above_others_answers_every_call() {
    // It takes over when the handshake is done, and is never unwrapped; files go through as bytes.
    assertThat(forgotten(NestedWire.class, Wire.class, Set.of("sendFile"))).isEmpty();
  }
}
