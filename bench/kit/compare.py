#!/usr/bin/env python3
"""Compares TLS-over-TCP servers by what a unit of work costs each of them.

    compare.py [servers.json] [--quick] [--subject NAME] [--servers A,B] ...

Starts all servers of the file pinned to one CPU, warms them up, runs the workloads interleaved (every
server in every round, in turning order) with the load generator pinned to another CPU, stops the servers,
and prints Markdown tables. The raw results go to a file of JSON lines. See README.md.
"""

import argparse
import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import resource
import shlex
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

KIT = pathlib.Path(__file__).resolve().parent
BEHAVIOUR_OF_MODE = {"echo": "echo", "hs": "echo", "hsr": "echo", "churn": "echo", "idle": "echo",
                     "first": "echo", "source": "source", "sink": "sink"}
# These modes need a process of their own: memory and start-up cannot be told on a used one.
FRESH_MODES = ("idle", "first")
STREAM_MODES = ("source", "sink")

LOAD_BOUND_SHARE = 0.95
NOISY_SPREAD = 0.30
RESUMED_SHARE = 0.99
BUSY_LOAD_AVERAGE = 0.5

FIRST_PORT, LAST_PORT = 21000, 31000  # below the ephemeral ports that clients are given
READY_LIMIT_S = 60
STOP_LIMIT_S = 5
POLL_S = 0.05
RUN_SLACK_S = 120  # on top of warm-up and measured time: opening idle connections, garbage collections
IDLE_WARM_CONNS = 50
IDLE_OPEN_S = 0.03  # per connection: what the slowest server may take to open it
SPARE_DESCRIPTORS = 150
FEWER_CONNS_SHARE = 0.95  # of what a workload asks for, where the limit of open files is low


@dataclasses.dataclass(frozen=True)
class Plan:
    """How long and how often."""
    name: str
    rounds: int
    seconds: float
    settle: float  # the load generator's own warm-up before each measurement
    warm: float  # per server and mode, before the first round
    fresh_rounds: int  # of the workloads that start a process each


FULL = Plan("full", rounds=5, seconds=3.0, settle=0.5, warm=8.0, fresh_rounds=3)
QUICK = Plan("quick", rounds=3, seconds=1.0, settle=0.15, warm=1.0, fresh_rounds=1)
QUICK_BUDGET_S = 120
QUICK_MIN_SECONDS = 0.25
# Rough costs besides measuring, to fit the quick plan into its budget.
START_COST_S, FRESH_COST_S, RUN_COST_S = 1.5, 7, 0.15


class Failure(Exception):
    """Something the user has to mend; printed without a trace."""


# ---- configuration ---------------------------------------------------------------------------------


@dataclasses.dataclass
class Server:
    name: str
    start: object  # a command, or one per behaviour: {"echo": ..., "source": ..., "sink": ...}
    start_idle: object = None  # the same, for the memory workloads (say, with a heap that shrinks)
    ports: dict = dataclasses.field(default_factory=lambda: {"echo": 0, "source": 1, "sink": 2})
    ready: dict = dataclasses.field(default_factory=lambda: {"connect": True})
    build: object = None
    artifact: str = None
    cwd: str = "{here}"
    env: dict = dataclasses.field(default_factory=dict)
    jcmd: bool = False  # run a garbage collection around memory readings
    plain: bool = False  # speaks plain TCP
    modes: list = None  # the only modes it takes part in
    enabled: bool = True

    def start_of(self, idle):
        return self.start_idle if idle and self.start_idle else self.start

    def port_count(self):
        return max(self.ports.values()) + 1

    def command_for(self, behaviour, idle=False):
        start = self.start_of(idle)
        if isinstance(start, dict):
            return start.get(behaviour)
        return start if behaviour in self.ports else None

    def supports(self, workload):
        if self.plain != workload.plain or self.modes is not None and workload.mode not in self.modes:
            return False
        return self.command_for(BEHAVIOUR_OF_MODE[workload.mode]) is not None


@dataclasses.dataclass
class Workload:
    name: str
    mode: str
    conns: int = 1
    size: int = None
    seconds: float = None  # instead of the plan's
    version: str = None
    ciphers: str = None
    groups: str = None
    verify: bool = False
    plain: bool = False  # for servers of plain TCP, and only for them
    sets: list = dataclasses.field(default_factory=lambda: ["quick", "full"])
    asked: int = None  # `conns`, even where fewer fit

    def __post_init__(self):
        if self.asked is None:
            self.asked = self.conns

    @property
    def behaviour(self):
        return BEHAVIOUR_OF_MODE[self.mode]

    @property
    def unit(self):
        if self.mode in STREAM_MODES:
            return "CPU s/GB"
        return {"echo": "CPU µs/message", "hs": "CPU µs/handshake", "hsr": "CPU µs/handshake",
                "churn": "CPU µs/connection", "idle": "KiB/connection", "first": "ms"}[self.mode]

    def figure(self, row):
        """The number servers are compared by; smaller is better. None when the run gave none."""
        if self.mode == "idle":
            collected = row.get("idle_kib_per_conn_gc")
            return collected if collected is not None else row.get("idle_kib_per_conn")
        if self.mode == "first":
            return row.get("handshake_ms")
        return row.get("server_cpu_s_per_gb" if self.mode in STREAM_MODES else "server_cpu_us_per_unit")

    def load_options(self):
        options = ["-m", self.mode, "-c", str(self.conns)]
        for flag, value in (("-s", self.size), ("-V", self.version), ("-C", self.ciphers), ("-G", self.groups)):
            if value is not None:
                options += [flag, str(value)]
        return options + (["-k"] if self.verify else [])


def read_config(path):
    try:
        if path.suffix == ".toml":
            import tomllib  # Python 3.11
            config = tomllib.loads(path.read_text())
        else:
            config = json.loads(path.read_text())
        config = filled_in(config)
        servers = [build_entry(Server, e) for e in config["servers"]]
        workloads = [build_entry(Workload, e) for e in config["workloads"]]
    except (OSError, ValueError, KeyError, TypeError, ImportError) as e:
        raise Failure(f"{path}: {type(e).__name__}: {e}") from e
    for w in workloads:
        if w.mode not in BEHAVIOUR_OF_MODE or w.plain and w.mode in ("hsr", "first"):
            raise Failure(f"{path}: workload {w.name}: unknown mode {w.mode}" + (" for plain TCP" if w.plain else ""))
    return servers, workloads


def filled_in(config):
    """With each {name} of the file's `values` replaced; a value may refer to those before it."""
    values = {}

    def fill(node):
        if isinstance(node, str):
            return re.sub(r"\{([a-z_]+)\}", lambda m: values.get(m[1], m[0]), node)
        if isinstance(node, dict):
            return {k: fill(v) for k, v in node.items()}
        return [fill(v) for v in node] if isinstance(node, list) else node
    for name, text in config.get("values", {}).items():
        if not name.startswith("_"):
            values[name] = fill(text)
    return fill({k: config[k] for k in ("servers", "workloads")})


def build_entry(kind, entry):
    """Keys that begin with _ are comments; any other unknown key is an error."""
    return kind(**{k: v for k, v in entry.items() if not k.startswith("_")})


def choose(entries, names, what):
    known = {e.name: e for e in entries}
    missing = [n for n in names if n not in known]
    if missing:
        raise Failure(f"no such {what}: {', '.join(missing)} (there are: {', '.join(known)})")
    return [known[n] for n in names]


# ---- surroundings: JDK, certificate, builds ------------------------------------------------------------


def java_home():
    """JAVA_HOME, or the newest JDK under /usr/lib/jvm; None when there is none."""
    if os.environ.get("JAVA_HOME"):
        return pathlib.Path(os.environ["JAVA_HOME"])
    homes = [p for p in pathlib.Path("/usr/lib/jvm").glob("*") if (p / "bin/java").exists()]
    return max(homes, key=java_version, default=None)


def java_version(home):
    try:
        found = re.search(r'JAVA_VERSION="([^"]+)"', (home / "release").read_text())
    except OSError:
        return ()
    return tuple(int(n) for n in re.findall(r"\d+", found[1])) if found else ()


def default_build_dir():
    """In the kit, or, where that is read-only, in the user's cache."""
    if os.access(KIT, os.W_OK):
        return KIT / "build"
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "tls-bench"


def make_certificate(folder):
    cert, key = folder / "cert.pem", folder / "key.pem"
    run_quietly(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=localhost",
                 "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
    return cert, key


def run_quietly(command, **options):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    except OSError as e:
        raise Failure(f"{shlex.join(command)}: {e}") from e
    if done.returncode != 0:
        raise Failure(f"{shlex.join(command)} failed:\n{done.stdout[-4000:]}")
    return done.stdout


def build_tool(name, build_dir):
    source, binary = KIT / f"{name}.c", build_dir / name
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        run_quietly(["gcc", "-O2", "-o", str(binary), str(source), "-lssl", "-lcrypto"])
    return binary


class Surroundings:
    """What commands may refer to by {name}, and the tools that do the measuring."""

    def __init__(self, config_path, folder, args):
        self.folder = folder
        self.server_cpu, self.load_cpu = str(args.server_cpu), str(args.load_cpu)
        self.jdk = java_home()
        self.next_port = FIRST_PORT
        build_dir = (args.build_dir or default_build_dir()).resolve()
        build_dir.mkdir(parents=True, exist_ok=True)
        self.loadgen = build_tool("loadgen", build_dir)
        self.firsths = build_tool("firsths", build_dir)
        cert, key = make_certificate(folder)
        self.values = {"cert": cert, "key": key, "kit": KIT, "build": build_dir, "here": config_path.resolve().parent}
        if self.jdk:
            self.values.update(java=self.jdk / "bin/java", java_home=self.jdk)

    def expand(self, text, **more):
        values = {**self.values, **more}

        def value(match):
            if match[1] not in values:
                raise Failure(f"{{{match[1]}}} in '{text}' is unknown" + (" (no JDK found)" if "java" in match[1] else ""))
            return str(values[match[1]])
        return re.sub(r"\{([a-z_]+)\}", value, text)

    def command(self, template, **more):
        words = template if isinstance(template, list) else shlex.split(template)
        return [self.expand(w, **more) for w in words]

    def process_options(self, server):
        env = {**os.environ, **({"JAVA_HOME": str(self.jdk)} if self.jdk else {})}
        env.update({k: self.expand(v) for k, v in server.env.items()})
        return {"cwd": self.expand(server.cwd), "env": env}

    def build(self, server, again):
        if server.build and (again or not server.artifact or not os.path.exists(self.expand(server.artifact))):
            say(f"building {server.name}")
            run_quietly(self.command(server.build), **self.process_options(server))

    def free_ports(self, count):
        """The first of a run of ports nobody listens on. None is given out twice."""
        while self.next_port + count < LAST_PORT:
            base = self.next_port
            self.next_port += count
            if all(can_bind(base + i) for i in range(count)):
                return base
        raise Failure("no free ports")

    def pinned_to_server_cpu(self, command):
        return ["taskset", "-c", self.server_cpu] + command

    def pinned_to_load_cpu(self, command):
        return ["taskset", "-c", self.load_cpu] + command


def say(text):
    print(text, file=sys.stderr, flush=True)


# ---- processes and ports ---------------------------------------------------------------------------------


def can_bind(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def accepts(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def stat_fields(pid):
    """The fields of /proc/PID/stat after the name; [1] is the parent, [19] the start time."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def family(root):
    """The process and its descendants."""
    children = {}
    for p in pathlib.Path("/proc").glob("[0-9]*"):
        fields = stat_fields(p.name)
        if fields:
            children.setdefault(int(fields[1]), []).append(int(p.name))
    members = [root]
    for pid in members:
        members += children.get(pid, [])
    return members


def listening_inodes(port):
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in pathlib.Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    return inodes


def listener_of(root, port):
    """The process that listens: a start script may not be the server itself."""
    inodes = listening_inodes(port)
    for pid in family(root):
        with contextlib.suppress(OSError):
            for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(fd) in inodes:
                        return pid
    raise Failure(f"port {port} is served by a process that this one did not start")


class Running:
    """A started server: one process, or one per behaviour. `ports` and `pids` go by behaviour."""

    def __init__(self, server, around, behaviours, idle=False):
        self.server, self.around, self.idle = server, around, idle
        self.ports, self.pids = {}, {}
        self.processes, self.start_times = [], {}
        try:
            if isinstance(server.start_of(idle), dict):
                for behaviour in behaviours:
                    port = around.free_ports(1)
                    self.launch(behaviour, port, {behaviour: port})
            else:
                base = around.free_ports(server.port_count())
                self.launch(next(iter(server.ports)), base, {b: base + o for b, o in server.ports.items()})
        except BaseException:
            self.stop()
            raise

    def launch(self, behaviour, port, ports):
        command = self.around.command(self.server.command_for(behaviour, self.idle), port=port, name=self.server.name)
        log_path = self.around.folder / f"{self.server.name}-{port}.log"
        with log_path.open("w") as log:
            try:
                process = subprocess.Popen(self.around.pinned_to_server_cpu(command), stdout=log,
                                           stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                           **self.around.process_options(self.server))
            except OSError as e:
                raise Failure(f"{self.server.name}: {e}") from e
        self.processes.append(process)
        self.await_ready(process, ports, log_path)
        for served, at in ports.items():
            pid = listener_of(process.pid, at)
            self.ports[served], self.pids[served] = at, pid
            self.start_times[pid] = stat_fields(pid)[19]

    def await_ready(self, process, ports, log_path):
        pattern = self.server.ready.get("line")
        deadline = time.monotonic() + READY_LIMIT_S
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise Failure(f"{self.server.name} ended with {process.returncode}:\n{log_path.read_text()[-2000:]}")
            if pattern and re.search(pattern, log_path.read_text(), re.MULTILINE):
                return
            if not pattern and all(accepts(p) for p in ports.values()):
                return
            time.sleep(POLL_S)
        raise Failure(f"{self.server.name} was not ready in {READY_LIMIT_S} s:\n{log_path.read_text()[-2000:]}")

    def stop(self):
        """Asks, waits, then kills. Only by the ids of processes that were started here."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for pid in [p for p in self.start_times if self.is_alive(p)]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
            for process in self.processes:
                if process.poll() is None:
                    process.send_signal(sign)
            deadline = time.monotonic() + STOP_LIMIT_S
            while time.monotonic() < deadline:
                if all(p.poll() is not None for p in self.processes) and not any(map(self.is_alive, self.start_times)):
                    return
                time.sleep(POLL_S)

    def is_alive(self, pid):
        """The start time tells our process from a later one that was given the same id."""
        fields = stat_fields(pid)
        return fields is not None and fields[0] != "Z" and fields[19] == self.start_times[pid]


# ---- measuring -----------------------------------------------------------------------------------------------


class Bench:
    def __init__(self, around, plan, servers, workloads, raw):
        self.around, self.plan, self.raw = around, plan, raw
        self.servers, self.workloads = servers, workloads
        self.behaviours = sorted({w.behaviour for w in workloads if w.mode not in FRESH_MODES})
        self.rows = {}  # (workload name, server name) -> {round: row}
        self.running = {}

    def run(self):
        try:
            for server in self.servers:
                if self.behaviours:
                    say(f"starting {server.name}")
                    wanted = [b for b in self.behaviours if self.needs(server, b)]
                    if wanted:
                        self.running[server.name] = Running(server, self.around, wanted)
            self.warm_up()
            for number in range(max(self.plan.rounds, self.plan.fresh_rounds)):
                for index, workload in enumerate(self.workloads):
                    self.run_row(number, index, workload)
        finally:
            for running in self.running.values():
                running.stop()

    def needs(self, server, behaviour):
        return any(server.supports(w) for w in self.workloads if w.behaviour == behaviour and w.mode not in FRESH_MODES)

    def warm_up(self):
        """So that compilers and caches are done before the first figure. Other sizes of a mode need less."""
        for server in self.servers:
            warmed = set()
            for workload in self.workloads:
                if workload.mode not in FRESH_MODES and server.supports(workload):
                    known = workload.mode in warmed
                    warmed.add(workload.mode)
                    say(f"warming up {server.name}: {workload.name if known else workload.mode}")
                    self.load(server, self.running[server.name], workload, self.plan.warm / (4 if known else 1), 0)

    def run_row(self, number, index, workload):
        if number >= (self.plan.fresh_rounds if workload.mode in FRESH_MODES else self.plan.rounds):
            return
        shift = (number + index) % len(self.servers)  # nobody is always first
        for server in self.servers[shift:] + self.servers[:shift]:
            if not server.supports(workload):
                continue
            row = self.measure(server, workload)
            row.update(workload=workload.name, server=server.name, round=number)
            self.rows.setdefault((workload.name, server.name), {})[number] = row
            self.raw.write(json.dumps(row) + "\n")
            self.raw.flush()
            figure = workload.figure(row)
            say(f"round {number + 1}  {workload.name}  {server.name}  "
                + (f"{figure:.4g} {workload.unit}" if figure is not None else f"FAILED {row['stderr'].strip()}"))

    def measure(self, server, workload):
        seconds = workload.seconds or self.plan.seconds
        try:
            if workload.mode == "first":
                return self.measure_first(server)
            if workload.mode == "idle":
                return self.measure_idle(server, workload, seconds)
            return self.load(server, self.running[server.name], workload, seconds, self.plan.settle)
        except Failure as failure:  # of a process started for this row alone: the others go on
            return {"exit": None, "stderr": str(failure)}

    def measure_idle(self, server, workload, seconds):
        running = Running(server, self.around, [workload.behaviour], idle=True)
        try:
            # First use of the code, its compilation, and the first pages of the heap are not the connections' memory.
            few = dataclasses.replace(workload, conns=min(IDLE_WARM_CONNS, workload.conns))
            self.load(server, running, dataclasses.replace(few, mode="churn", conns=32, size=64), self.plan.warm, 0)
            self.load(dataclasses.replace(server, jcmd=False), running, few, self.plan.settle, 0)
            return self.load(server, running, workload, seconds, 0)
        finally:
            running.stop()

    def measure_first(self, server):
        port = self.around.free_ports(server.port_count())
        command = self.around.command(server.command_for("echo"), port=port, name=server.name)
        return self.run_tool([str(self.around.firsths), str(port)] + self.around.pinned_to_server_cpu(command),
                             READY_LIMIT_S, **self.around.process_options(server))

    def load(self, server, running, workload, seconds, settle):
        command = [str(self.around.loadgen), *workload.load_options(), "-P", str(running.ports[workload.behaviour]),
                   "-p", str(running.pids[workload.behaviour]), "-L", server.name,
                   "-t", f"{seconds:.3f}", "-w", f"{settle:.3f}"]
        if server.plain:
            command.append("-N")
        if server.jcmd and workload.mode == "idle":
            command += ["-J", self.around.expand("{java_home}/bin/jcmd")]
        opening = IDLE_OPEN_S * workload.conns if workload.mode == "idle" else 0
        return self.run_tool(command, seconds + settle + opening + RUN_SLACK_S)

    def run_tool(self, command, limit, **options):
        try:
            done = subprocess.run(self.around.pinned_to_load_cpu(command), capture_output=True, text=True,
                                  timeout=limit, **options)
        except subprocess.TimeoutExpired:
            return {"exit": None, "stderr": f"no end after {limit:.0f} s"}
        row = json.loads(done.stdout) if done.stdout.strip() else {}
        row.update(exit=done.returncode, stderr=done.stderr[-2000:])
        return row


def fit_quick(servers, workloads, rounds, seconds):
    """The quick plan with as long a measurement as its budget allows, unless `seconds` are given."""
    runs = [(s, w) for w in workloads for s in servers if s.supports(w)]
    modes = {(s.name, w.mode) for s, w in runs if w.mode not in FRESH_MODES}
    fresh = sum(w.mode in FRESH_MODES for s, w in runs)
    loads = (len(runs) - fresh) * rounds
    fixed = len(servers) * START_COST_S + len(modes) * (QUICK.warm + RUN_COST_S) + fresh * FRESH_COST_S
    affordable = (QUICK_BUDGET_S - fixed) / max(loads, 1) - QUICK.settle - RUN_COST_S
    seconds = seconds or min(QUICK.seconds, max(QUICK_MIN_SECONDS, affordable))
    estimate = fixed + loads * (seconds + QUICK.settle + RUN_COST_S)
    say(f"quick: {seconds:.2f} s per measurement, about {estimate:.0f} s in all")
    return dataclasses.replace(QUICK, seconds=seconds, rounds=rounds)


# ---- tables --------------------------------------------------------------------------------------------------


def shown(number):
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}" if abs(number) < 100 else f"{number:.0f}"


def median_and_range(numbers):
    if not numbers:
        return "–"
    return f"{shown(statistics.median(numbers))} [{shown(min(numbers))}–{shown(max(numbers))}]"


def table(title, header, lines):
    return "\n".join([f"## {title}", "", "| " + " | ".join(header) + " |", "|" + " --- |" * len(header),
                      *("| " + " | ".join(line) + " |" for line in lines)])


class Report:
    """Tables of rows: (workload name, server name) -> {round: row}."""

    def __init__(self, names, workloads, rows, subject):
        self.names, self.workloads, self.all_rows, self.subject = names, workloads, rows, subject

    def rows(self, workload, name):
        return list(self.all_rows.get((workload.name, name), {}).values())

    def figures(self, workload, name):
        """By round, so that rounds can be paired."""
        rows = self.all_rows.get((workload.name, name), {})
        found = {number: workload.figure(row) for number, row in rows.items()}
        return {number: f for number, f in found.items() if f is not None}

    def flags(self, workload):
        flags = []
        for name in self.names:
            flags += [f"{name}: {flag}" for flag in self.server_flags(workload, name)]
        crypto = {(r.get("version"), r.get("cipher"), r.get("group"))
                  for name in self.names for r in self.rows(workload, name) if r.get("version") and "cipher" in r}
        fewer = {r["conns"] for name in self.names for r in self.rows(workload, name) if r.get("conns")} - {workload.asked}
        if fewer:
            flags.append(f"{', '.join(map(str, sorted(fewer)))} connections")
        if len(crypto) > 1:
            flags.append("different cryptography: " + ", ".join(sorted("/".join(c) for c in crypto)))
        return "; ".join(flags)

    def server_flags(self, workload, name):
        rows = self.rows(workload, name)
        figures = list(self.figures(workload, name).values())
        if any(row["exit"] != 0 for row in rows):
            yield "FAILED"
        if any(row.get("errors") for row in rows):
            yield f"{sum(row.get('errors', 0) for row in rows)} errors"
        if any((row.get("loadgen_cpu_share") or 0) > LOAD_BOUND_SHARE for row in rows) and workload.mode != "idle":
            yield "load-bound"
        if len(figures) > 1 and max(figures) - min(figures) > NOISY_SPREAD * abs(statistics.median(figures)):
            yield "noisy"
        if workload.mode == "hsr" and any(r.get("resumed", 0) < RESUMED_SHARE * r.get("handshakes", 0) for r in rows):
            yield "not always resumed"

    def tables(self):
        """Cost, relative cost, and speed."""
        rows = [w for w in self.workloads if any(self.rows(w, n) for n in self.names)]
        made = [table("Cost: median [min–max], smaller is better", ["workload", "unit", *self.names, "flags"],
                      [[w.name, w.unit, *(median_and_range(self.figures(w, n).values()) for n in self.names),
                        self.flags(w)] for w in rows])]
        peers = [n for n in self.names if n != self.subject]
        if peers:
            made.append(table(f"Cost of {self.subject} relative to each peer (below 1: {self.subject} is cheaper)",
                              ["workload", *peers],
                              [[w.name, *(median_and_range(self.ratios(w, p)) for p in peers)]
                               for w in rows if self.rows(w, self.subject)]))
        made.append(table("Rate, p50 and p99 latency, server CPU share (medians)", ["workload", *self.names],
                          [[w.name, *(self.speed(w, n) for n in self.names)] for w in rows if w.mode != "first"]))
        return made

    def ratios(self, workload, peer, subject=None):
        """Of the figures of the same round: what disturbed both cancels out."""
        mine, theirs = self.figures(workload, subject or self.subject), self.figures(workload, peer)
        return [mine[n] / theirs[n] for n in sorted(mine.keys() & theirs.keys()) if theirs[n]]

    def speed(self, workload, name):
        def median(key):
            numbers = [row[key] for row in self.rows(workload, name) if row.get(key) is not None]
            return statistics.median(numbers) if numbers else None
        rate, share = median("mb_per_s" if workload.mode in STREAM_MODES else "units_per_s"), median("server_cpu_share")
        if rate is None:
            return "–"
        text = f"{shown(rate)} {'MB/s' if workload.mode in STREAM_MODES else '/s'}"
        if median("latency_p50_us") is not None:
            text += f", {shown(median('latency_p50_us'))} / {shown(median('latency_p99_us'))} µs"
        return text + (f", {share:.0%}" if share is not None else "")

    def failed(self):
        return any(row["exit"] != 0 for rows in self.all_rows.values() for row in rows.values())


def commit():
    """What of the project was measured; None outside a checkout."""
    with contextlib.suppress(Failure):
        return run_quietly(["git", "-C", str(KIT), "describe", "--always", "--dirty"]).strip()
    return None


def describe_machine(around, plan, servers):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"date": datetime.datetime.now().isoformat(timespec="seconds"), "plan": dataclasses.asdict(plan),
            "kernel": platform.release(), "cpu": model[1] if model else platform.machine(),
            "cpus": os.cpu_count(), "load_average": os.getloadavg()[0],
            "openssl": run_quietly(["openssl", "version"]).strip(), "commit": commit(),
            "java": ".".join(map(str, java_version(around.jdk))) if around.jdk else None,
            "server_cpu": around.server_cpu, "load_cpu": around.load_cpu,
            "servers": {s.name: {"start": s.start, "start_idle": s.start_idle} for s in servers}}


# ---- command line -----------------------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", nargs="?", type=pathlib.Path, default=KIT / "servers.json", help="JSON or TOML")
    parser.add_argument("--quick", action="store_true", help="about two minutes, for a first impression")
    parser.add_argument("--subject", help="the server that the ratios are about (default: the first)")
    parser.add_argument("--servers", type=lambda t: t.split(","), help="only these, by name")
    parser.add_argument("--set", help="of workloads: quick, full, more (default: full, with --quick quick)")
    parser.add_argument("--workloads", help="only those whose name matches this pattern")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="per measurement")
    parser.add_argument("--out", type=pathlib.Path, help="raw results (default: bench-DATE.jsonl)")
    parser.add_argument("--build-dir", type=pathlib.Path, help="for what is compiled (default: build in the kit)")
    parser.add_argument("--rebuild", action="store_true", help="build the servers even if they are there")
    parser.add_argument("--server-cpu", type=int, default=0)
    parser.add_argument("--load-cpu", type=int, default=1)
    return parser.parse_args()


def make_plan(args, servers, workloads):
    if args.quick:
        return fit_quick(servers, workloads, args.rounds or QUICK.rounds, args.seconds)
    rounds = args.rounds or FULL.rounds
    return dataclasses.replace(FULL, rounds=rounds, fresh_rounds=min(rounds, FULL.fresh_rounds),
                               seconds=args.seconds or FULL.seconds)


def select(args):
    servers, workloads = read_config(args.config)
    servers = choose(servers, args.servers, "server") if args.servers else [s for s in servers if s.enabled]
    wanted = args.set or ("quick" if args.quick else "full")
    workloads = [w for w in workloads if wanted in w.sets and re.search(args.workloads or "", w.name)
                 and any(s.supports(w) for s in servers)]
    servers = [s for s in servers if any(s.supports(w) for w in workloads)]
    if not servers or not workloads:
        raise Failure("no server or no workload is left to run")
    subject = args.subject or servers[0].name
    choose(servers, [subject], "server")
    return servers, workloads, subject


def check_machine(args):
    if not {args.server_cpu, args.load_cpu} <= os.sched_getaffinity(0) or args.server_cpu == args.load_cpu:
        raise Failure("server and load generator need a CPU each (--server-cpu, --load-cpu)")
    if os.getloadavg()[0] > BUSY_LOAD_AVERAGE:
        say(f"warning: the load average is {os.getloadavg()[0]:.1f}; something else is running on this machine")


def fit_descriptors(workloads):
    """Raises the limit of open files, for this process and all that it starts; workloads that still do not
    fit are made a little smaller, and their flags say so."""
    most = max(w.conns for w in workloads) + SPARE_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < most:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # an administrator may
            return workloads
    limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), hard))
    return [fitted(w, limit - SPARE_DESCRIPTORS) for w in workloads]


def fitted(workload, conns):
    if workload.conns <= conns:
        return workload
    if conns < FEWER_CONNS_SHARE * workload.conns:
        raise Failure(f"{workload.name}: {workload.conns + SPARE_DESCRIPTORS} open files are needed: raise the limit "
                      "(ulimit -Hn), or leave this workload out (--workloads)")
    say(f"{workload.name}: {conns} connections, more open files are not allowed (ulimit -Hn)")
    return dataclasses.replace(workload, conns=conns)


def main():
    args = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that `finally` is run
    check_machine(args)
    servers, workloads, subject = select(args)
    workloads = fit_descriptors(workloads)
    with tempfile.TemporaryDirectory(prefix="tls-bench-") as folder:
        around = Surroundings(args.config, pathlib.Path(folder), args)
        for server in servers:
            around.build(server, args.rebuild)
        plan = make_plan(args, servers, workloads)
        out = args.out or pathlib.Path(f"bench-{datetime.datetime.now():%Y%m%d-%H%M%S}.jsonl")
        machine = describe_machine(around, plan, servers)
        with out.open("w") as raw:
            raw.write(json.dumps({"machine": machine}) + "\n")
            raw.flush()
            bench = Bench(around, plan, servers, workloads, raw)
            bench.run()
    print(f"# {plan.name} comparison, {machine['date']}\n\n{machine['cpu']}, {machine['cpus']} CPUs, "
          f"kernel {machine['kernel']}, {machine['openssl']}, Java {machine['java']}; "
          f"{plan.rounds} rounds of {plan.seconds:.2f} s; raw results in {out}")
    report = Report([s.name for s in servers], workloads, bench.rows, subject)
    print("\n" + "\n\n".join(report.tables()))
    return 1 if report.failed() else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"compare.py: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
