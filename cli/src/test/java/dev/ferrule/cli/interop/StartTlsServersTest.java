package dev.ferrule.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.testkit.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code connect --starttls} to MariaDB, Prosody and Dovecot's ManageSieve. */
@Tag("interop")
class StartTlsServersTest {
  @TempDir private Path folder;

  private static String inside(Site site, int port, String protocol, String said) throws Exception {
    return site.connect(
        said, "127.0.0.1:" + port, "--starttls", protocol, "--server-name", "localhost", "--quiet");
  }

  /** Neither MariaDB nor Prosody runs as root. */
  private static String[] unprivileged(String... command) throws Exception {
    List<String> all = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      String setpriv = Program.installed("setpriv");
      Collections.addAll(all, setpriv, "--reuid=65534", "--regid=65534", "--clear-groups");
    }
    Collections.addAll(all, command);
    return all.toArray(String[]::new);
  }

  private String owned(Site site) throws Exception {
    String data = site.path("data");
    site.run("mkdir", data);
    site.run("cp", site.certificate(), data + "/server.crt");
    site.run("cp", site.key(), data + "/server.key");
    if ("root".equals(System.getProperty("user.name"))) {
      site.run("chown", "-R", "65534:65534", data);
    }
    return data;
  }

  @Test
  void mariadb_begins_TLS_and_waits_for_a_login() throws Exception {
    String server = Program.installed("mariadbd");
    try (Site site = new Site(folder)) {
      String data = owned(site);
      int port = Ports.free();
      site.serve(
          port,
          unprivileged(
              server,
              "--no-defaults",
              "--skip-grant-tables",
              "--skip-networking=0",
              "--datadir=" + data,
              "--socket=" + data + "/socket",
              "--pid-file=" + data + "/pid",
              "--bind-address=127.0.0.1",
              "--port=" + port,
              "--default-storage-engine=MyISAM",
              "--skip-innodb",
              "--ssl-cert=" + data + "/server.crt",
              "--ssl-key=" + data + "/server.key"));
      assertThat(inside(site, port, "mysql", "not a login at all"))
          .contains("packets out of order");
      Site.done("MariaDB: connect --starttls mysql verified the server");
    }
  }

  @Test
  void prosody_begins_TLS_and_another_stream_inside() throws Exception {
    String server = Program.installed("prosody");
    try (Site site = new Site(folder)) {
      String data = owned(site);
      int clients = Ports.free();
      int servers = Ports.free();
      String text =
          """
          pidfile = "D/pid"
          data_path = "D"
          interfaces = { "127.0.0.1" }
          c2s_ports = { CLIENTS }
          s2s_ports = { SERVERS }
          modules_enabled = { "tls", "saslauth", "dialback" }
          c2s_require_encryption = true
          authentication = "internal_hashed"
          log = { error = "*console" }
          ssl = { certificate = "D/server.crt", key = "D/server.key" }
          VirtualHost "localhost"
          """;
      String all = text.replace("CLIENTS", "" + clients).replace("SERVERS", "" + servers);
      String file =
          site.write(
              "prosody.cfg.lua", all.replace("D/", data + "/").replace("\"D\"", '"' + data + '"'));
      site.serve(clients, unprivileged(server, "-F", "--config", file));
      String stream =
          "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
              + " to='localhost' version='1.0'>";
      String said = inside(site, clients, "xmpp", stream + "</stream:stream>");
      assertThat(said).contains("<mechanism>", "</stream:stream>").doesNotContain("<starttls");
      String other = stream.replace("jabber:client", "jabber:server");
      assertThat(inside(site, servers, "xmpp-server", other + "</stream:stream>"))
          .contains("</stream:stream>");
      Site.done("Prosody: connect --starttls xmpp and xmpp-server, and a stream inside");
    }
  }

  @Test
  void dovecot_says_its_capabilities_inside_TLS_again() throws Exception {
    String server = Program.installed("dovecot");
    boolean sieve = Files.exists(Path.of("/usr/lib/dovecot/managesieve-login"));
    assumeTrue(sieve, "dovecot-managesieved is not installed here");
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root, "Dovecot starts as root only");
    try (Site site = new Site(folder)) {
      int port = Ports.free();
      String text =
          """
          protocols = sieve
          base_dir = F/run
          state_dir = F/run-state
          log_path = F/dovecot.log
          listen = 127.0.0.1
          ssl = required
          ssl_cert = <CERT
          ssl_key = <KEY
          service managesieve-login {
            inet_listener sieve {
              port = PORT
            }
          }
          passdb {
            driver = static
            args = password=secret
          }
          userdb {
            driver = static
            args = uid=65534 gid=65534 home=F/mail
          }
          """;
      String all = text.replace("PORT", "" + port).replace("F/", folder + "/");
      String keyed =
          all.replace("<CERT", "<" + site.certificate()).replace("<KEY", "<" + site.key());
      site.serve(port, server, "-F", "-c", site.write("dovecot.conf", keyed));
      String said = inside(site, port, "sieve", "LOGOUT\r\n");
      assertThat(said)
          .contains("\"IMPLEMENTATION\" \"Dovecot", "\"SASL\" \"PLAIN", "OK \"Logout")
          .doesNotContain("\"STARTTLS\"");
      Site.done("Dovecot: connect --starttls sieve");
    }
  }
}
