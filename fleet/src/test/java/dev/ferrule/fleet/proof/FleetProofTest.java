package dev.ferrule.fleet.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.fleet.RedisProcess;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of three servers behind HAProxy resume through rotations, restarts, a failover and a
 * partition, and none of them notices: ./build fleet.
 */
@Tag("fleet")
class FleetProofTest {
  private static final int CLIENTS = Integer.getInteger("fleet.clients", 2_000);
  private static final double AIM = 99.5;

  @TempDir Path folder;

  @BeforeAll
  static void programs() {
    RedisProcess.assumeInstalled();
    assumeTrue(
        Files.isExecutable(Balancer.PROGRAM),
        Balancer.PROGRAM + " is not here: apt-get install haproxy");
  }

  @Test
  @Timeout(400)
  void clients_resume_through_whatever_happens_to_servers_and_redis() throws Exception {
    try (Proof proof = new Proof(Network.loopback(), folder, CLIENTS)) {
      require(proof.run(), CLIENTS);
    }
  }

  @Test
  @Timeout(400)
  void so_they_do_on_networks_of_which_one_server_is_cut_off() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> program =
        List.of(
            java,
            "-Xmx1g",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ProofProgram.class.getName(),
            folder.toString(),
            "" + CLIENTS,
            "--appendonly",
            "yes");
    Process process =
        new ProcessBuilder(Namespaces.command(program)).redirectErrorStream(true).start();
    try (BufferedReader said = process.inputReader(UTF_8)) {
      List<String> lines = new ArrayList<>();
      said.lines()
          .forEach(line -> {
            System.out.println(line);
            lines.add(line);
          });
      assumeTrue(
          lines.contains(Namespaces.READY),
          "no network namespaces can be made here (unshare, ip, veth, bridge): " + lines);
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(lines.toString()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  static void require(Tally tally, int clients) {
    System.out.println(tally);
    assertThat(tally.failed).as(tally.toString()).hasValue(0);
    assertThat(tally.cut).as(tally.toString()).hasValue(0);
    assertThat(tally.first).as(tally.toString()).hasValue(clients);
    assertThat(tally.resumable).hasValueGreaterThan(clients);
    assertThat(tally.percent()).as(tally.toString()).isGreaterThanOrEqualTo(AIM);
  }
}
