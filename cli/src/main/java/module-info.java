/** The ferrule tool. Nothing is exported: it is a program. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // jars of Prometheus and HdrHistogram have no module-info
module dev.ferrule.cli {
  requires dev.ferrule.ssl;
  requires static dev.ferrule.fleet; // its Jedis is as Prometheus: an image has no --fleet
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.toml;
  requires info.picocli;
  requires static HdrHistogram; // jlink takes no such modules: an image is without
  requires static io.prometheus.metrics.model; // as above
  requires static io.prometheus.writer.text;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires static org.jline.reader; // as Prometheus: an image has no line mode
  requires static org.jline.terminal;
  requires java.logging; // of JLine, which is to be quiet
  requires jdk.httpserver; // the status page
  requires jdk.unsupported; // sun.misc.Signal, by reflection
  requires static org.jspecify;
}
