package dev.ferrule.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Ports;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("interop")
class MosquittoTest {
  @TempDir private Path folder;

  @Test
  void messages_are_published_and_received_over_TLS() throws Exception {
    String mosquitto = Program.installed("mosquitto");
    String sub = Program.installed("mosquitto_sub");
    String pub = Program.installed("mosquitto_pub");
    try (Site site = new Site(folder)) {
      int port = Ports.free();
      String text = "listener " + port + " 127.0.0.1\nallow_anonymous true\npersistence false\n";
      site.serve(port, mosquitto, "-c", site.write("mosquitto.conf", text));
      String at = " -h 127.0.0.1 -p " + site.serverTunnel(port) + " --cafile " + site.ca();
      String topic = " -q 1 -t ferrule";
      String lines =
          IntStream.range(0, 200)
              .mapToObj(i -> "message " + i + "\n")
              .collect(Collectors.joining());
      String in = site.write("lines", lines);
      // The broker keeps what is sent between the two visits of the subscriber.
      site.run("sh", "-c", sub + at + topic + " -c -i reader -E");
      site.run("sh", "-c", pub + at + topic + " -l <" + in);
      String received = site.run("sh", "-c", sub + at + topic + " -c -i reader -C 200 -W 30");
      assertThat(received).isEqualTo(lines);
      Site.done("mosquitto: 200 messages published and received over TLS, in order");
    }
  }
}
