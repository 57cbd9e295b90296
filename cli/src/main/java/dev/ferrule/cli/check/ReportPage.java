package dev.ferrule.cli.check;

import dev.ferrule.host.SafeText;
import java.util.Locale;

/** A report as one page of HTML, which asks for nothing else and has no script. */
final class ReportPage {
  static final String MARK = "<meta name=\"generator\" content=\"ferrule check\">";

  private static final String STYLE =
      """
      :root{color-scheme:light dark;--good:#1a7f37;--weak:#9a6700;--bad:#cf222e;--line:#8884}
      @media(prefers-color-scheme:dark){:root{--good:#3fb950;--weak:#d29922;--bad:#f85149}}
      body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:0 auto;padding:1rem}
      h1{font-size:1.4rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:2rem 0 .5rem}
      table{border-collapse:collapse;width:100%}
      th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;
      border-bottom:1px solid var(--line);overflow-wrap:anywhere;font-weight:400}
      th{width:34%}.letter{font-size:4rem;line-height:1;font-weight:700}
      .good{color:var(--good)}.weak{color:var(--weak)}.bad{color:var(--bad)}
      @media(max-width:40rem){th,td{display:block;width:auto;border:0;padding:.1rem 0}
      th{opacity:.75}tr{display:block;border-bottom:1px solid var(--line);padding:.3rem 0}}
      """;

  /** Of a cell: what comes from the server is cut before, and twenty names are in one. */
  private static final int LONGEST = 10_000;

  private ReportPage() {}

  static String of(Report report) {
    Facts facts = report.facts();
    String title = escaped(facts.peer().place());
    StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n");
    page.append("<meta charset=\"utf-8\">\n").append(MARK).append('\n');
    page.append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';")
        .append(" style-src 'unsafe-inline'\">\n");
    page.append("<title>TLS of ").append(title).append("</title>\n<style>\n").append(STYLE);
    page.append("</style>\n</head>\n<body>\n<h1>TLS of ").append(title).append("</h1>\n");
    page.append("<p class=\"letter ").append(style(Sections.mark(report.grade().letter())));
    page.append("\">").append(report.grade().letter()).append("</p>\n<p>");
    page.append(escaped(facts.peer().address().getHostAddress())).append(", ").append(facts.at());
    page.append("</p>\n");
    for (Section section : Sections.of(report)) {
      page.append("<h2>").append(escaped(section.title())).append("</h2>\n<table>\n");
      for (Section.Row row : section.rows()) {
        page.append("<tr><th scope=\"row\">").append(escaped(row.label()));
        page.append("</th><td class=\"").append(style(row.mark())).append("\">");
        page.append(sign(row.mark())).append(escaped(row.value())).append("</td></tr>\n");
      }
      page.append("</table>\n");
    }
    return page.append("</body>\n</html>\n").toString();
  }

  private static String style(Section.Mark mark) {
    return mark.name().toLowerCase(Locale.ROOT);
  }

  /** Not by colour alone. */
  private static String sign(Section.Mark mark) {
    return switch (mark) {
      case GOOD -> "&#10003; ";
      case PLAIN -> "";
      case WEAK -> "&#9651; ";
      case BAD -> "&#10007; ";
    };
  }

  static String escaped(String text) {
    return SafeText.of(text, LONGEST)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
