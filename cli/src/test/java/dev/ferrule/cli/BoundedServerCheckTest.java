package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedServerCheckTest {
  @TempDir private Path folder;

  /** Most hellos are refused at first, by an alert that says nothing about them. */
  @Test
  void a_server_that_bounds_its_clients_is_asked_until_it_answers() throws Exception {
    try (RunningTool server = RunningTool.serve(folder, "--handshakes-per-address", "20")) {
      Tool.Result result = Tool.run("check", server.address(), "--json");
      assertThat(result.status()).as(result.err()).isZero();
      JsonNode report = new ObjectMapper().readTree(result.out());
      assertThat(report.get("versions").findValuesAsText("name"))
          .contains("TLSv1.2", "TLSv1.3", "TLS_AES_128_GCM_SHA256");
      assertThat(report.at("/key_exchange/groups_tls13")).hasSizeGreaterThan(2);
      for (String fact : new String[] {"split_records", "large_hello", "unknown_values"}) {
        assertThat(report.at("/hello/" + fact).asBoolean()).as(fact).isTrue();
      }
    }
  }
}
