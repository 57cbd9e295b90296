package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.Notice;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left out of the trusted certificates is told, and the rest counts. */
class NoticeTest {
  @TempDir Path folder;

  @BeforeEach
  void one_that_can_be_used_and_one_that_cannot() throws IOException {
    Files.writeString(folder.resolve("ca.pem"), Pki.CA.pem());
    Files.writeString(folder.resolve("empty.pem"), "");
  }

  @Test
  void to_a_client_whose_setup_names_the_folder() {
    Pair pair = new Pair().client(c -> c.trust(folder)).onSecure(s -> s.close()).run();
    Notice notice = pair.client.only(Notice.class);
    assertThat(notice.message()).contains("empty.pem is empty");
    assertThat(pair.client.order).contains("secure");
    pair.server.only(TcpEof.class);
  }

  @Test
  void to_a_server_once_and_not_for_each_connection() {
    Pair pair =
        new Pair()
            .server(s -> s.trust(folder).clientAuth(ClientAuth.REQUIRED))
            .client(c -> c.credentials(Pki.CLIENT))
            .onServed(s -> s.close())
            .run();
    assertThat(pair.server.only(Notice.class).message()).contains("empty.pem is empty");
    assertThat(pair.server.order).contains("secure");
  }
}
