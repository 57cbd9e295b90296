package dev.ferrule.epoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {
  @ParameterizedTest
  @CsvSource({
    "111, REFUSED, Connection refused (ECONNREFUSED)",
    "2, REFUSED, No such file or directory (ENOENT)",
    "104, RESET, Connection reset by peer (ECONNRESET)",
    "32, RESET, Broken pipe (EPIPE)",
    "103, RESET, Software caused connection abort (ECONNABORTED)",
    "110, TIMED_OUT, Connection timed out (ETIMEDOUT)",
    "98, ADDRESS_IN_USE, Address already in use (EADDRINUSE)",
    "13, OTHER, Permission denied (EACCES)",
    "23, OTHER, Too many open files in system (ENFILE)",
    "24, OTHER, Too many open files (EMFILE)",
    "30, OTHER, Read-only file system (EROFS)",
    "71, OTHER, Protocol error (EPROTO)",
    "101, OTHER, Network is unreachable (ENETUNREACH)",
    "113, OTHER, No route to host (EHOSTUNREACH)",
    "4711, OTHER, System error 4711",
  })
  void an_errno_has_a_kind_and_the_words_of_the_system(int errno, Kind kind, String text) {
    LinkException failure = Errno.failure(errno);
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure).hasMessage(text);
  }

  @ParameterizedTest
  @CsvSource({
    "103, RESET",
    "71, RESET",
    "1, OTHER",
    "101, RESET",
    "113, RESET",
    "110, RESET",
    "24, OTHER",
    "23, OTHER",
    "105, OTHER",
    "12, OTHER",
    "9, OTHER",
  })
  void accepting_tells_a_client_that_left_from_a_server_in_trouble(int errno, Kind kind) {
    assertThat(Errno.acceptFailure(errno).kind()).isEqualTo(kind);
  }
}
