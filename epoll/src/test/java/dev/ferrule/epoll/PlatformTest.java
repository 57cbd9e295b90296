package dev.ferrule.epoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
  @ParameterizedTest
  @CsvSource({"Mac OS X, aarch64", "Windows 11, amd64", "FreeBSD, amd64"})
  void other_systems_have_no_epoll(String system, String architecture) {
    assertThat(new EpollPollerProvider(new Platform(system, architecture)).unavailable())
        .isEqualTo("epoll is Linux', and this is " + system);
  }

  @Test
  void an_architecture_whose_structs_are_not_known_is_not_guessed_at() {
    assertThat(new Platform("Linux", "riscv64").unavailable()).contains("riscv64");
  }

  @ParameterizedTest
  @CsvSource({"amd64, 12, x86-64", "aarch64, 16, aarch64"})
  void an_event_is_packed_on_one_architecture_only(String name, int bytes, String shown) {
    Platform platform = new Platform("Linux", name);
    assertThat(platform.eventBytes()).isEqualTo(bytes);
    assertThat(platform.text()).startsWith("Linux ").endsWith("(" + shown + ")");
  }

  @Test
  void linux_with_native_access_has_it() {
    assumeThat(Platform.current().system()).isEqualTo("Linux");
    EpollPollerProvider provider = new EpollPollerProvider();
    assertThat(provider.unavailable()).isNull();
    assertThat(provider.version()).startsWith("epoll of Linux ");
  }
}
