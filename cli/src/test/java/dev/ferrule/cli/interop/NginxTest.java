package dev.ferrule.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("interop")
@Timeout(180)
class NginxTest {
  @TempDir private Path folder;

  private String nginx(Site site, int port, int ssl) throws IOException {
    String text =
        """
        daemon off; master_process off; pid F/nginx.pid; error_log F/error.log;
        events { worker_connections 512; }
        http {
          access_log off; sendfile on;
          client_body_temp_path F/t1; proxy_temp_path F/t2; fastcgi_temp_path F/t3;
          uwsgi_temp_path F/t4; scgi_temp_path F/t5;
          server {
            listen 127.0.0.1:%d; listen 127.0.0.1:%d ssl;
            ssl_certificate %s; ssl_certificate_key %s; root F;
          }
        }
        """;
    String all = text.replace("F/", folder + "/").replace("root F;", "root " + folder + ";");
    return site.write("nginx.conf", all.formatted(port, ssl, site.certificate(), site.key()));
  }

  /** A file of 1 GiB that no block of repeats; its SHA-256. */
  private String large() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] block = new byte[1 << 20];
    new Random(1).nextBytes(block);
    try (OutputStream file = Files.newOutputStream(folder.resolve("large"));
        OutputStream out = new DigestOutputStream(file, digest)) {
      for (int i = 0; i < 1024; i++) {
        block[i] ^= (byte) (i | 1);
        out.write(block);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private String digestOf(Site site, String url) throws Exception {
    String script = "set -e; curl -sS --fail --cacert \"$1\" \"$2\" | sha256sum";
    return Program.run(folder, 80, "sh", "-c", script, "sh", site.ca(), url).substring(0, 64);
  }

  @Test
  void wrk_and_a_gigabyte_on_both_sides() throws Exception {
    String nginx = Program.installed("nginx");
    String wrk = Program.installed("wrk");
    Program.installed("curl");
    Program.installed("sha256sum");
    try (Site site = new Site(folder)) {
      int plain = Ports.free();
      int ssl = Ports.free();
      site.write("small", "x".repeat(1000));
      site.serve(
          plain, nginx, "-p", "" + folder, "-e", folder + "/e", "-c", nginx(site, plain, ssl));
      int server = site.serverTunnel(plain);
      int client = site.clientTunnel(ssl);
      for (String url :
          new String[] {"https://127.0.0.1:" + server, "http://127.0.0.1:" + client}) {
        String said = site.run(wrk, "-t1", "-c16", "-d3s", url + "/small");
        assertThat(said).contains("requests in").doesNotContain("Socket errors", "Non-2xx");
        String requests =
            said.lines().filter(line -> line.contains("requests in")).findFirst().get();
        Site.done("nginx, " + url.split(":", -1)[0] + ": wrk " + requests.strip() + ", 0 errors");
      }
      String expected = large();
      assertThat(digestOf(site, "https://127.0.0.1:" + server + "/large")).isEqualTo(expected);
      assertThat(digestOf(site, "http://127.0.0.1:" + client + "/large")).isEqualTo(expected);
      Site.done("nginx: 1 GiB from either side, the same SHA-256");
    }
  }
}
