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

@Tag("interop")
class PostgresTest {
  @TempDir private Path folder;

  /** PostgreSQL refuses to run as root. */
  private static String[] unprivileged(String... command) throws Exception {
    List<String> all = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      boolean user = Files.readString(Path.of("/etc/passwd")).contains("\npostgres:");
      assumeTrue(user, "there is no user postgres here");
      String setpriv = Program.installed("setpriv");
      Collections.addAll(all, setpriv, "--reuid=postgres", "--regid=postgres", "--clear-groups");
    }
    Collections.addAll(all, command);
    return all.toArray(String[]::new);
  }

  private int postgres(Site site, String... more) throws Exception {
    unprivileged(); // skips the test where it cannot be
    String data = site.path("data");
    site.run("mkdir", "-m", "700", data);
    site.run("cp", site.certificate(), data + "/server.crt");
    site.run("cp", site.key(), data + "/server.key");
    site.run("chmod", "600", data + "/server.key");
    site.run("mkdir", site.path("new"));
    if ("root".equals(System.getProperty("user.name"))) {
      site.run("chown", "-R", "postgres", data, site.path("new"));
    }
    String made = site.path("new") + "/data";
    site.run(
        unprivileged(
            Program.installed("initdb"), "-D", made, "-U", "ferrule", "-A", "trust", "-N"));
    int port = Ports.free();
    List<String> all = new ArrayList<>(List.of(Program.installed("postgres"), "-D", made));
    Collections.addAll(all, "-h", "127.0.0.1", "-p", "" + port, "-k", "", "-c", "fsync=off");
    Collections.addAll(all, more);
    site.serve(port, unprivileged(all.toArray(String[]::new)));
    return port;
  }

  private static String at(int port, String more) {
    return "host=localhost hostaddr=127.0.0.1 dbname=postgres user=ferrule port="
        + port
        + " "
        + more;
  }

  private static void bench(Site site, String side, String database) throws Exception {
    String pgbench = Program.installed("pgbench");
    site.run(pgbench, "-i", "-q", "-s", "1", database);
    String said = site.run(pgbench, "-c", "8", "-j", "1", "-t", "250", database);
    assertThat(said)
        .contains("number of transactions actually processed: 2000/2000")
        .contains("number of failed transactions: 0 ");
    Site.done("PostgreSQL, " + side + ": pgbench 2,000 transactions, 0 failed");
  }

  @Test
  void clients_that_verify_reach_a_server_without_SSL() throws Exception {
    Program.installed("initdb");
    try (Site site = new Site(folder)) {
      int tunnel = site.serverTunnel(postgres(site), "--starttls", "postgres");
      bench(site, "server's side", at(tunnel, "sslmode=verify-full sslrootcert=" + site.ca()));
    }
  }

  @Test
  void clients_without_SSL_reach_a_server_that_has_it() throws Exception {
    Program.installed("initdb");
    try (Site site = new Site(folder)) {
      String data = site.path("data");
      int port =
          postgres(
              site,
              "-c",
              "ssl=on",
              "-c",
              "ssl_cert_file=" + data + "/server.crt",
              "-c",
              "ssl_key_file=" + data + "/server.key");
      int tunnel = site.clientTunnel(port, "--starttls", "postgres");
      String asked = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
      String database = at(tunnel, "sslmode=disable");
      String psql = Program.installed("psql");
      assertThat(site.run(psql, "-X", "-A", "-t", "-c", asked, database)).isEqualTo("t\n");
      bench(site, "client's side", database);
    }
  }
}
