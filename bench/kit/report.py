#!/usr/bin/env python3
"""Writes the tables and the chart of BENCHMARKS.md from the raw results of compare.py.

    report.py bench-DATE.jsonl... [--together] [--config servers.json] [--document ../../BENCHMARKS.md] [--chart FILE.svg]

The part between the document's two markers is replaced; without --document it goes to stdout. Several files
are merged: a workload's row is taken whole from the last file that has it, and the document says so. With
--together, for runs of one commit, the rounds of all files count, each as one round.
"""

import argparse
import html
import json
import pathlib
import statistics
import sys

import compare

BEGIN, END = "<!-- figures: begin, written by bench/kit/report.py -->", "<!-- figures: end -->"
BASE = "netty"


class Run:
    """One file of raw results."""

    def __init__(self, path):
        lines = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        if not lines or "machine" not in lines[0]:
            raise compare.Failure(f"{path}: not written by compare.py")
        self.name, self.machine, self.rows = path.name, lines[0]["machine"], {}
        for row in lines[1:]:
            self.rows.setdefault((row["workload"], row["server"]), {})[row["round"]] = row
        self.workloads = {workload for workload, _ in self.rows}

    def described(self):
        m, plan = self.machine, self.machine["plan"]
        return (f"{m['date']}, commit {m.get('commit')}: {m['cpu']}, {m['cpus']} CPUs, kernel {m['kernel']}, "
                f"{m['openssl']}, Java {m['java']}; {plan['rounds']} rounds of {plan['seconds']:.2f} s "
                f"({plan['fresh_rounds']} for memory and start), load average before it {m['load_average']:.2f}")


def merged(runs):
    """The rows, and which run each workload is from. Rows of different runs are never mixed in a workload."""
    rows, source = {}, {}
    for run in runs:
        for workload in run.workloads:
            rows = {key: value for key, value in rows.items() if key[0] != workload}
            source[workload] = run
        rows.update(run.rows)
    return rows, source


def together(runs):
    """The rounds of all runs. A ratio is still taken within one round of one run."""
    commits = {(run.machine.get("commit") or run.name).removesuffix("-dirty") for run in runs}
    if len(commits) > 1:
        raise compare.Failure("--together is for runs of one commit")
    rows, first = {}, 0
    for run in runs:
        for key, rounds in run.rows.items():
            rows.setdefault(key, {}).update({first + number: row for number, row in rounds.items()})
        first += 1 + max((number for rounds in run.rows.values() for number in rounds), default=0)
    return rows, {workload: runs[-1] for run in runs for workload in run.workloads}


# ---- aims ---------------------------------------------------------------------------------------------


def aims(report, targets):
    """One line per workload that has an aim: at most so much of the peer's cost."""
    known = {w.name: w for w in report.workloads}
    lines = []
    for target in targets:
        workload = known.get(target["workload"])
        if workload is None:
            raise compare.Failure(f"aim for an unknown workload: {target['workload']}")
        subject, peer = target.get("subject", report.subject), target.get("peer", BASE)
        ratios = report.ratios(workload, peer, subject)
        seen = statistics.median(ratios) if ratios else None
        in_c = [] if workload.mode == "first" else report.ratios(workload, peer, "c-plain" if workload.plain else "c-boringssl")
        lines.append([workload.name, f"{subject} / {peer}", f"{target['limit']}", f"{target.get('aim', '–')}",
                      compare.median_and_range(ratios), verdict(seen, target), compare.median_and_range(in_c)])
    return compare.table("Against the aims",
                         ["workload", "ratio of", "at most", "aim", "seen", "", "in C on BoringSSL, seen"], lines)


def verdict(seen, target):
    if seen is None:
        return "not measured"
    if seen > target["limit"]:
        return "**missed**"
    return "reached, and the aim" if seen <= target.get("aim", 0) else "reached"


# ---- chart ---------------------------------------------------------------------------------------------

# Readable on white and on black: text and lines take the reader's colour where it is known.
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
text.small { font-size: 11px; }
text.title { font-size: 15px; font-weight: 600; }
line { stroke: #1f2328; stroke-opacity: .35; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } line { stroke: #e6edf3; } }
"""
COLOURS = ["#1a7f64", "#6fbf9f", "#d1701f", "#e3a96b", "#8250df", "#6e7781", "#2f81c7", "#82b8e0", "#b35900", "#999933"]
LEFT, BAR, GAP, SCALE, WIDTH = 235, 15, 16, 210, 900
MOST = 2.6  # longer bars are cut, and say how long they are


def chart(report, source):
    """Bars of the median cost in each round relative to the base; shorter is better."""
    groups = []
    for workload in report.workloads:
        if workload.name not in source:
            continue
        plain = f"{BASE}-plain" if workload.plain else BASE
        bars = [(name, report.ratios(workload, plain, name)) for name in report.names]
        bars = [(name, statistics.median(ratios)) for name, ratios in bars if ratios]
        if bars:
            groups.append((workload.name, bars))
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(report.names)}
    body, y = [text(10, 24, f"Cost relative to {BASE} = 1 (shorter is better)", "title")], 44
    for workload, bars in groups:
        body.append(text(10, y + 12, workload))
        for name, ratio in bars:
            length = min(ratio, MOST) * SCALE
            body.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 3}" rx="2" fill="{colours[name]}"/>')
            cut = "+ " if ratio > MOST else ""
            body.append(text(LEFT + length + 6, y + 10, f"{cut}{ratio:.2f}  {name}", "small"))
            y += BAR
        y += GAP
    body.append(f'<line x1="{LEFT + SCALE}" y1="36" x2="{LEFT + SCALE}" y2="{y - GAP}" stroke-dasharray="4 3"/>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img" '
            f'aria-label="Cost of each server relative to {BASE}, by workload">\n<style>{STYLE}</style>\n'
            + "\n".join(body) + "\n</svg>\n")


def text(x, y, content, kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{html.escape(content)}</text>'


# ---- document ---------------------------------------------------------------------------------------------


def figures(report, targets, source, runs, all_count, chart_link):
    used = [run for run in runs if run in source.values()]
    parts = []
    if all_count and len(runs) > 1:
        parts.append("The rounds of these runs count together; servers were always compared within one round.")
        for run in runs:
            names = [name for name in report.names if any(name == server for _, server in run.rows)]
            done = 1 + max((number for rounds in run.rows.values() for number in rounds), default=-1)
            parts.append(f"- {', '.join(names)}, {len(run.workloads)} workloads, ended in round {done}: {run.described()}")
    elif len(used) == 1:
        parts.append(used[0].described())
    else:
        parts.append("The rows are of different runs; servers were always compared within one.")
        for run in used:
            names = [w.name for w in report.workloads if source.get(w.name) is run]
            parts.append(f"- {', '.join(names)}: {run.described()}")
    if chart_link:
        parts.append(f"![Cost of each server relative to {BASE}]({chart_link})")
    parts += [aims(report, targets), *report.tables()]
    return "\n\n".join(part.replace("## ", "### ", 1) if part.startswith("## ") else part for part in parts)


def replaced(document, content):
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise compare.Failure(f"the document lacks the markers {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{content}\n\n{END}{tail}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("raw", nargs="+", type=pathlib.Path)
    parser.add_argument("--together", action="store_true", help="count the rounds of all files, of one commit")
    parser.add_argument("--config", type=pathlib.Path, default=compare.KIT / "servers.json")
    parser.add_argument("--targets", type=pathlib.Path, default=compare.KIT / "targets.json")
    parser.add_argument("--subject", default="ferrule")
    parser.add_argument("--document", type=pathlib.Path, help="replace the part between its markers")
    parser.add_argument("--chart", type=pathlib.Path, help="write an SVG here")
    args = parser.parse_args()
    runs = [Run(path) for path in args.raw]
    servers, workloads = compare.read_config(args.config)
    rows, source = together(runs) if args.together else merged(runs)
    unknown = set(source) - {w.name for w in workloads}
    if unknown:
        raise compare.Failure(f"{args.config} has no workload {', '.join(sorted(unknown))}")
    measured = {server for _, server in rows}
    report = compare.Report([s.name for s in servers if s.name in measured], workloads, rows, args.subject)
    link = None
    if args.chart:
        args.chart.write_text(chart(report, source))
        folder = args.document.resolve().parent if args.document else pathlib.Path.cwd()
        link = args.chart.resolve().relative_to(folder).as_posix()
    content = figures(report, json.loads(args.targets.read_text())["targets"], source, runs, args.together, link)
    if args.document:
        args.document.write_text(replaced(args.document.read_text(), content))
    else:
        print(content)


if __name__ == "__main__":
    try:
        main()
    except compare.Failure as failure:
        sys.exit(f"report.py: {failure}")
