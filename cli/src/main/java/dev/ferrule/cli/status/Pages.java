package dev.ferrule.cli.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.cli.tunnel.EventLog;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What is answered for each path. Paths are compared as they came: nothing is a file. */
final class Pages {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Observed observed;
  private final StatusPage page;
  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final Rendered scraped = new Rendered(this::scrape);
  private final Rendered json;

  /** An answer. */
  static final class Page {
    final int status;
    final String type;
    final byte[] body; // not to be changed
    final @Nullable String policy; // of the page for people

    Page(int status, String type, byte[] body, @Nullable String policy) {
      this.status = status;
      this.type = type;
      this.body = body;
      this.policy = policy;
    }

    static Page text(int status, String text) {
      return new Page(status, TEXT, (text + "\n").getBytes(UTF_8), null);
    }
  }

  Pages(Observed observed, EventLog log, StatusJson json, InstantSource clock) {
    this.observed = observed;
    this.page = StatusPage.load(observed.kind());
    this.json = new Rendered(() -> json.bytes(clock.instant()));
    metrics.register(new TunnelMetrics(observed, log, clock));
    metrics.register(new ProcessMetrics());
  }

  /** For the path of a request, still encoded. */
  Page of(@Nullable String path) {
    return switch (path) {
      case "/" -> new Page(200, "text/html; charset=utf-8", page.html(), page.policy());
      case "/metrics" ->
          new Page(200, PrometheusTextFormatWriter.CONTENT_TYPE, scraped.body(), null);
      case "/status.json" -> new Page(200, "application/json", json.body(), null);
      case "/healthz" -> Page.text(200, "ok");
      case "/readyz" ->
          switch (observed.state()) {
            case STARTING -> Page.text(503, "starting");
            case READY -> Page.text(200, "ready");
            case DRAINING -> Page.text(503, "draining");
          };
      case null, default ->
          Page.text(404, "there are /, /metrics, /healthz, /readyz and /status.json");
    };
  }

  private byte[] scrape() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      writer.write(body, metrics.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body.toByteArray();
  }
}
