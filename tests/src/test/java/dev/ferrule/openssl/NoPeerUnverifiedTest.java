package dev.ferrule.openssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.event.Event;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.Verify;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that verifies never agrees on a suite without a certificate. */
@Tag("once")
class NoPeerUnverifiedTest {
  private static final Pattern ACCEPT = Pattern.compile("ACCEPT \\S*?:(\\d+)");
  private final List<Event> heard = new ArrayList<>();
  private boolean secured;

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ALL", "ALL:@SECLEVEL=0", "ADH:AES256-SHA:@SECLEVEL=0", "ALL,COMPLEMENTOFALL"})
  void an_anonymous_server_is_refused(String ciphers) throws IOException {
    Process server =
        new ProcessBuilder(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-nocert",
                "-tls1_2",
                "-cipher",
                "aNULL:@SECLEVEL=0",
                "-naccept",
                "1")
            .redirectErrorStream(true)
            .start();
    try (Scanner said = new Scanner(server.getInputStream(), US_ASCII)) {
      String found = said.findWithinHorizon(ACCEPT, 0);
      Matcher matcher = ACCEPT.matcher(found);
      assertThat(matcher.find()).isTrue();
      int port = Integer.parseInt(matcher.group(1));
      Loops.run(loop ->
          Ssl.connect(loop, "127.0.0.1", port)
              .provider("openssl")
              .trust(Pki.TRUST)
              .ciphers(ciphers)
              .minProtocol(Protocol.TLS_1_0)
              .serverName("localhost")
              .onSecure((socket, session) -> {
                secured = true;
                socket.close();
              })
              .onEvent(heard::add)
              .open());
    } finally {
      server.destroy();
    }
    assertThat(secured).isFalse();
    assertThat(heard).singleElement().isInstanceOf(SslError.class);
  }

  @Test
  void a_client_without_certificate_does_not_pass_a_server_that_requires_one() {
    Loops.run(loop -> {
      var listening =
          Ssl.server(loop, "127.0.0.1", 0)
              .provider("openssl")
              .credentials(Pki.credentials(Pki.CA.issue("localhost")))
              .ciphers("ALL:@SECLEVEL=0")
              .maxProtocol(Protocol.TLS_1_2)
              .clientAuth(ClientAuth.REQUIRED)
              .trust(Pki.TRUST)
              .onSecure((socket, session) -> {
                secured = true;
                socket.close();
              })
              .onEvent(heard::add)
              .open();
      Ssl.connect(loop, "127.0.0.1", listening.port())
          .provider("openssl")
          .verify(Verify.NONE)
          .ciphers("aNULL:@SECLEVEL=0")
          .maxProtocol(Protocol.TLS_1_2)
          .serverName("localhost")
          .onEvent(refused -> {})
          .onClose(listening::close)
          .open();
    });
    assertThat(secured).isFalse();
    assertThat(heard).singleElement().isInstanceOf(SslError.class);
  }
}
