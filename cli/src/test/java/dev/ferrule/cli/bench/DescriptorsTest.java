package dev.ferrule.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class DescriptorsTest {
  private static OptionalLong limit(String soft) {
    return Descriptors.limit(
        List.of(
            "Limit                     Soft Limit           Hard Limit           Units",
            "Max open files            " + soft + "                 1048576              files"));
  }

  @Test
  void the_soft_limit_counts() {
    assertThat(limit("1024")).hasValue(1024);
    assertThat(limit("unlimited")).isEmpty();
    assertThat(Descriptors.limit(List.of())).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void there_is_less_room_than_the_limit_and_less_with_more_loops() {
    long limit = Descriptors.limit().orElseThrow();
    long room = Descriptors.room(1).orElseThrow();
    assertThat(room).isLessThan(limit);
    assertThat(Descriptors.room(100).orElseThrow()).isLessThan(room);
  }
}
