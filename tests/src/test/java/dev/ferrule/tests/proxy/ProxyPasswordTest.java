package dev.ferrule.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ferrule.Proxy;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a URL that is refused may hold a password: no exception repeats it. */
@Tag("once")
class ProxyPasswordTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://ann:s3cret word@proxy:80",
        "http://ann:s3cret%zz@proxy:80",
        "http://ann:s3cret%@proxy:80",
        "http://ann:s3cret@pro xy",
        "http://ann:s3cret@[::1",
        "http://ann:s3cret@proxy:99999",
        "http://ann:s3cret@proxy:port",
        "http://ann:s3cret@under_score:80",
        "ftp://ann:s3cret@proxy:80",
        "https://ann:s3cret@proxy:443",
        "socks5://:s3cret@proxy:1080",
      })
  void the_exception_has_nothing_of_it(String url) {
    Throwable thrown = catchThrowable(() -> Proxy.of(url));
    assertThat(thrown).isInstanceOf(IllegalArgumentException.class);
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    assertThat(text.toString()).doesNotContain("s3cret").doesNotContain("ann:");
  }
}
