package dev.ferrule.tests.outside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.tests.Pki;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runtime without the module jdk.jfr runs everything, and one with it records on both paths. */
@Tag("once")
class WithoutFlightRecorderTest {
  /** Connects by name and by SSL in a JVM of its own. */
  public static final class Program {
    private Program() {}

    public static void main(String[] files) {
      EventLoop.run(loop -> {
        TcpServer plain =
            Tcp.server(loop, "127.0.0.1", 0).onRead((s, data) -> s.write(data)).open();
        Tcp.connect(loop, "localhost", plain.port())
            .data("hello")
            .onRead((socket, data) -> socket.close())
            .onClose(() -> {
              plain.close();
              secure(loop, files);
            })
            .open();
      });
      boolean present = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
      System.out.println("flight recorder: " + present);
    }

    private static void secure(EventLoop loop, String[] files) {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .certificate(Path.of(files[0]))
              .key(Path.of(files[1]))
              .open();
      Ssl.connect(loop, "localhost", server.port())
          .trust(Path.of(files[2]))
          .onSecure((socket, session) -> {
            System.out.println(session.protocol());
            socket.close();
          })
          .onClose(server::close)
          .open();
    }
  }

  private static final String MAIN = Program.class.getName();

  @Test
  void a_runtime_without_the_recorder_opens_plain_and_ssl_connections() throws Exception {
    String path = System.getProperty("java.class.path");
    assertThat(run("--limit-modules", "java.base", "-cp", path, MAIN))
        .contains("TLSv1.3")
        .contains("flight recorder: false");
  }

  @Test
  void what_nobody_records_loads_no_event() throws Exception {
    String path = System.getProperty("java.class.path");
    assertThat(run("-Xlog:class+load", "-cp", path, MAIN))
        .contains("dev.ferrule.jfr.Recorder", "TLSv1.3")
        .doesNotContain("dev.ferrule.jfr.LoopStall", "dev.ferrule.jfr.Handshake ")
        .doesNotContain("jdk.jfr.internal.MetadataRepository");
  }

  @Test
  void modules_alone_do_not_need_the_recorder(@TempDir Path folder) throws Exception {
    assertThat(run(behind("--limit-modules=dev.ferrule.ssl", modular(folder))))
        .contains("TLSv1.3")
        .contains("flight recorder: false");
  }

  @Test
  void an_application_of_modules_is_recorded(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("modules.jfr");
    String option = "-XX:StartFlightRecording:settings=none,filename=" + file;
    String said = run(behind(option, modular(folder)));
    assertThat(said).contains("TLSv1.3").contains("flight recorder: true");
    assertThat(RecordingFile.readAllEvents(file))
        .extracting(event -> event.getEventType().getName())
        .contains("dev.ferrule.NameLookup", "dev.ferrule.Handshake", "dev.ferrule.Close");
  }

  private static String[] behind(String option, String... options) {
    return Stream.concat(Stream.of(option), Stream.of(options)).toArray(String[]::new);
  }

  /** The program as a part of the module of SSL. */
  private static String[] modular(Path folder) throws IOException {
    String file = MAIN.replace('.', '/') + ".class";
    Path patch = Files.createDirectory(folder.resolve("patch"));
    Files.createDirectories(patch.resolve(file).getParent());
    Files.copy(
        Artifacts.ROOT.resolve("tests/target/test-classes").resolve(file), patch.resolve(file));
    String modules =
        Stream.of("core", "ssl")
            .map(name -> Artifacts.ROOT.resolve(name + "/target/classes").toString())
            .collect(Collectors.joining(File.pathSeparator));
    return new String[] {
      "--module-path",
      modules,
      "--patch-module",
      "dev.ferrule.ssl=" + patch,
      "-m",
      "dev.ferrule.ssl/" + MAIN
    };
  }

  private static String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(options));
    command.add(Pki.server().chain().toString());
    command.add(Pki.server().key().toString());
    command.add(Pki.trustFile().toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
