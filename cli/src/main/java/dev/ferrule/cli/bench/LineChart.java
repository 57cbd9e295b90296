package dev.ferrule.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** A chart of lines as SVG, whose colours are those of the page. */
final class LineChart {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 250;
  private static final int LEFT = 64;
  private static final int RIGHT = 12;
  private static final int TOP = 10;
  private static final int BOTTOM = 26;
  private static final int STEPS = 4; // about
  private static final int FEW_DECADES = 2;
  private static final int EDGE = 20; // where a text in the middle would be cut
  private static final List<String> CLASSES = List.of("one", "two", "three");

  private final String title;
  private final Scale scale;
  private final DoubleFunction<String> unit;
  private final List<Line> lines = new ArrayList<>();
  private final List<Tick> ticks = new ArrayList<>();

  /** How values become heights. */
  enum Scale {
    /** From zero on. */
    LINEAR,
    /** By powers of ten. */
    LOGARITHMIC
  }

  private static final class Line {
    final String name;
    final double[] x;
    final double[] y;

    Line(String name, double[] x, double[] y) {
      this.name = name;
      this.x = x;
      this.y = y;
    }
  }

  private record Tick(double x, String text) {}

  /** {@code unit} writes a value. */
  LineChart(String title, Scale scale, DoubleFunction<String> unit) {
    this.title = title;
    this.scale = scale;
    this.unit = unit;
  }

  /** Adds a line, of three at most. */
  LineChart line(String name, double[] x, double[] y) {
    lines.add(new Line(name, x, y));
    return this;
  }

  /** Names a place on the horizontal axis. */
  LineChart tick(double x, String text) {
    ticks.add(new Tick(x, text));
    return this;
  }

  /** A section of a page. */
  String html() {
    StringBuilder out = new StringBuilder();
    out.append("<section><h2>").append(Html.text(title)).append("</h2>\n");
    out.append(
        "<svg role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"%s\">\n"
            .formatted(WIDTH, HEIGHT, Html.text(title)));
    double left = bound(true, true);
    double right = Math.max(bound(true, false), left + 1e-9);
    double least = scale == Scale.LINEAR ? 0 : Math.floor(level(bound(false, true)));
    double most = top(least);
    for (double value : steps(least, most)) {
      double y = y(level(value), least, most);
      out.append(
          "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>"
              .formatted(LEFT, WIDTH - RIGHT, number(y), number(y)));
      out.append(
          "<text x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>\n"
              .formatted(LEFT - 6, number(y + 4), Html.text(unit.apply(value))));
    }
    for (Tick tick : ticks) {
      double x = x(tick.x, left, right);
      if (x <= WIDTH - RIGHT) {
        out.append(
            "<text x=\"%s\" y=\"%d\" text-anchor=\"%s\">%s</text>\n"
                .formatted(
                    number(x),
                    HEIGHT - 8,
                    x > WIDTH - RIGHT - EDGE ? "end" : "middle",
                    Html.text(tick.text)));
      }
    }
    for (int i = 0; i < lines.size(); i++) {
      out.append(drawn(lines.get(i), CLASSES.get(i), left, right, least, most));
    }
    out.append("</svg>\n<p class=\"legend\">");
    for (int i = 0; i < lines.size(); i++) {
      out.append(
          "<span class=\"%s\">%s</span>".formatted(CLASSES.get(i), Html.text(lines.get(i).name)));
    }
    return out.append("</p></section>\n").toString();
  }

  private String drawn(
      Line line, String name, double left, double right, double least, double most) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < line.x.length; i++) {
      points.append(number(x(line.x[i], left, right))).append(',');
      points.append(number(y(level(line.y[i]), least, most))).append(' ');
    }
    if (line.x.length == 1) { // a line of one point is not seen
      return "<circle class=\"%s\" r=\"4\" cx=\"%s\" cy=\"%s\"/>\n"
          .formatted(
              name, number(x(line.x[0], left, right)), number(y(level(line.y[0]), least, most)));
    }
    return "<polyline class=\"%s\" style=\"fill:none\" points=\"%s\"/>\n"
        .formatted(name, points.toString().strip());
  }

  private double bound(boolean ofX, boolean lowest) {
    double bound = lowest ? Double.MAX_VALUE : 0;
    for (Line line : lines) {
      for (double each : ofX ? line.x : line.y) {
        boolean counts = ofX || scale == Scale.LINEAR || each > 0;
        bound = !counts ? bound : lowest ? Math.min(bound, each) : Math.max(bound, each);
      }
    }
    return bound == Double.MAX_VALUE ? 0 : bound;
  }

  private double top(double least) {
    double most = bound(false, false);
    return scale == Scale.LINEAR
        ? most <= 0 ? 1 : most * 1.05
        : Math.max(Math.ceil(level(most) - 1e-9), least + 1);
  }

  /** Round values between the two, at which there are lines. */
  private List<Double> steps(double least, double most) {
    List<Double> steps = new ArrayList<>();
    if (scale == Scale.LOGARITHMIC) {
      double[] each = most - least <= FEW_DECADES ? new double[] {1, 2, 5} : new double[] {1};
      for (double decade = least; decade <= most; decade++) {
        for (double step : each) {
          if (decade + Math.log10(step) <= most) {
            steps.add(step * Math.pow(10, decade));
          }
        }
      }
      return steps;
    }
    double raw = most / STEPS;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
    for (double value = 0; value <= most; value += step) {
      steps.add(value);
    }
    return steps;
  }

  private double level(double value) {
    return scale == Scale.LINEAR ? value : Math.log10(Math.max(value, 1));
  }

  private static double x(double value, double left, double right) {
    return LEFT + (value - left) / (right - left) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double level, double least, double most) {
    double share = Math.clamp((level - least) / (most - least), 0, 1);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
