#!/usr/bin/env python3
"""How Ferrule grows: loops, connections, memory (docs/scale.md, and "Scale" in BENCHMARKS.md).

    scale.py [--parts inside,loops,memory] [--connections N,N...] [--out FILE] ...

loops:  `ferrule serve` with one loop and with two, each loaded by a generator on every CPU. What is
        compared is the CPU time of the loops' own threads for each unit of work, so it does not
        matter who else had the CPUs meanwhile. With --classes also the two sides in one process
        (dev.ferrule.bench.scale), by the clock.
memory: idle connections on fresh processes: live objects of the heap, resident memory outside of
        the heap, and what the kernel's caches grew by. Each of the numbers of --connections in
        one process, or in as many as its limit of descriptors asks for, at most 8.

Everything listens and loads on loopback, and ends by itself. The kit's README says the rest.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import compare

SERVE = "./ferrule serve --provider {provider} --poller epoll {identity} --port {port} --mode {mode} --loops {loops} -q"
WORK = "-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xms256m -Xmx512m"
# A heap that gives back what is free, and a young generation too small to be charged to connections.
HOLD = ("-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xms16m -Xmx768m -Xmn4m -XX:MinHeapFreeRatio=5 "
        "-XX:MaxHeapFreeRatio=10 -XX:-ShrinkHeapInSteps -XX:TrimNativeHeapInterval=500")
WORKLOADS = {  # name: generator's mode, server's mode, connections of each generator
    "full handshake": ("hs", "echo", 16),
    "resumed handshake": ("hsr", "echo", 16),
    "bulk send": ("source", "source", 4),
    "bulk receive": ("sink", "sink", 4),
    "echo 1 KiB": ("echo", "echo", 32),
}
WARM_S = 8
SPARE = 150  # descriptors
MOST_PROCESSES = 8
OPEN_EACH_S = 0.03  # the generator's own limit for each connection
HOLD_S = 1800
# What a socket, its file and its watch live in; other programs change other caches.
SOCKET_CACHES = re.compile(r"TCP|sock_inode|filp|dentry|eventpoll|ep_head|lsm_|nf_conntrack|skbuff|request_sock|tw_sock|kmalloc")
JCMD_LIMIT_S = 60
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def say(text):
    print(text, file=sys.stderr, flush=True)


class Server:
    """A `ferrule serve`, ended by its process id."""

    def __init__(self, around, options, mode, loops, java, cpus=None):
        self.loops = loops
        self.port = around.free_ports(1)
        self.collections = around.folder / f"gc-{self.port}.log"
        java += f" -Xlog:gc:file={self.collections}:none"
        command = around.command(SERVE.replace("{identity}", "--cert {cert} --key {key}"), port=self.port, mode=mode,
                                 loops=loops, provider=options.provider)
        env = {**os.environ, "JAVA_HOME": str(around.jdk), "FERRULE_JAVA_OPTS": java}
        self.process = subprocess.Popen((["taskset", "-c", cpus] if cpus else []) + command, cwd=options.ferrule,
                                        env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if not self.process.stdout.readline().startswith("READY"):
            self.stop()
            raise compare.Failure("the server did not start")
        self.pid = self.process.pid  # the script becomes its JVM
        self.jcmd_path = around.jdk / "bin/jcmd"

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def jcmd(self, *words):
        done = subprocess.run([str(self.jcmd_path), str(self.pid), *words], capture_output=True, text=True,
                              timeout=JCMD_LIMIT_S)
        if done.returncode:
            raise compare.Failure(f"jcmd {' '.join(words)}: {done.stderr or done.stdout}")
        return done.stdout

    def last_pause_ms(self):
        """Of the collection of all of the heap that was asked for last."""
        pauses = re.findall(r"Pause Full .* ([\d.]+)ms", self.collections.read_text())
        return float(pauses[-1]) if pauses else None

    def thread_seconds(self):
        """CPU seconds of each thread, by id, with its name."""
        found = {}
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                name, _, rest = (task / "stat").read_text().partition("(")[2].rpartition(")")
                fields = rest.split()
                found[int(task.name)] = (name, (int(fields[11]) + int(fields[12])) / TICK)
        return found


def per_unit(before, after):
    """CPU seconds of the threads that are loops, the busiest first, and of all others together."""
    spent = {tid: (name, seconds - before.get(tid, (name, 0.0))[1]) for tid, (name, seconds) in after.items()}
    loops = [s for name, s in spent.values() if name.startswith("ferrule-loop") or name in ("java", "main")]
    return sorted(loops, reverse=True), sum(s for _, s in spent.values()) - sum(loops)


def load(around, server, workload, seconds, settle):
    """One generator on each CPU; what the server's threads used is read beside them."""
    mode, _, conns = WORKLOADS[workload]
    size = ["-s", "1024"] if mode == "echo" else []
    cpus = sorted(os.sched_getaffinity(0))
    running = [subprocess.Popen(["taskset", "-c", str(cpu), str(around.loadgen), "-m", mode, "-c", str(conns),
                                 "-P", str(server.port), "-t", f"{seconds:.2f}", "-w", f"{settle:.2f}", *size],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for cpu in cpus]
    time.sleep(settle + 0.1)
    before, began = server.thread_seconds(), time.monotonic()
    time.sleep(max(0.1, seconds - 0.3))
    after, ended = server.thread_seconds(), time.monotonic()
    rows = []
    for each in running:
        out, err = each.communicate(timeout=seconds + 60)
        if each.returncode:
            raise compare.Failure(f"{workload}: {err.strip()}")
        rows.append(json.loads(out))
    rate = sum(row["mb_per_s"] if mode in compare.STREAM_MODES else row["units_per_s"] for row in rows)
    loops, others = per_unit(before, after)
    units = rate * (ended - began)
    return {"workload": workload, "loops": server.loops, "per_s": rate, "generator_share":
            sum(row["loadgen_cpu_share"] for row in rows), "loop_us": 1e6 * sum(loops) / units,
            "other_us": 1e6 * others / units, "loop_shares": [s / (ended - began) for s in loops if s > 0.01],
            "errors": sum(row["errors"] for row in rows)}


def measure_loops(around, options, tell):
    servers = {}
    with contextlib.ExitStack() as stack:
        for mode in sorted({WORKLOADS[w][1] for w in options.workloads}):
            for loops in (1, 2):
                servers[mode, loops] = Server(around, options, mode, loops, WORK)
                stack.callback(servers[mode, loops].stop)
        for workload in options.workloads:
            for loops in (1, 2):
                load(around, servers[WORKLOADS[workload][1], loops], workload, options.warm, 0)
        for number in range(options.rounds):
            for workload in options.workloads:
                for loops in (1, 2) if number % 2 == 0 else (2, 1):
                    row = load(around, servers[WORKLOADS[workload][1], loops], workload, options.seconds, 0.5)
                    tell({"part": "loops", "round": number, **row})


def measure_inside(around, options, tell):
    """Both sides in one process, by the clock, and threads that only compute."""
    command = [str(around.jdk / "bin/java"), *WORK.split(), "--enable-native-access=ALL-UNNAMED", "-cp",
               options.classes, "dev.ferrule.bench.scale.LoopScaling", "--rounds", str(options.rounds),
               "--seconds", str(options.seconds), "--provider", options.provider]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120 + 20 * options.rounds * options.seconds)
    if done.returncode:
        raise compare.Failure(done.stderr)
    for line in done.stdout.splitlines():
        tell({"part": "inside", **json.loads(line)})


# ---- memory --------------------------------------------------------------------------------------


def slabs():
    """Bytes of live objects of each of the kernel's caches; only root may look."""
    found = {}
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/slabinfo").read_text().splitlines()[2:]:
            name, objects, _, size = line.split()[:4]
            found[name] = int(objects) * int(size)
    return found


def tcp_buffers():
    text = pathlib.Path("/proc/net/sockstat").read_text()
    return int(re.search(r"^TCP:.* mem (\d+)", text, re.MULTILINE)[1]) * PAGE


class Memory:
    """Of a process, in bytes, after a collection."""

    def __init__(self, server):
        histogram = server.jcmd("GC.class_histogram")  # collects first
        self.live = int(re.findall(r"^Total\s+\d+\s+(\d+)", histogram, re.MULTILINE)[0])
        server.jcmd("GC.run")
        time.sleep(1.6)  # malloc's free pages are given back twice a second
        bounds = [int(n, 16) for n in re.findall(r"0x([0-9a-f]+)", server.jcmd("GC.heap_info"))]
        heap = range(min(bounds), max(bounds))
        self.resident = self.heap_resident = 0
        inside = False
        for line in pathlib.Path(f"/proc/{server.pid}/smaps").read_text().splitlines():
            if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                inside = int(line.partition("-")[0], 16) in heap
            elif line.startswith("Rss:"):
                size = 1024 * int(line.split()[1])
                self.resident += size
                self.heap_resident += size if inside else 0

    def growth(self, before):
        return {"live": self.live - before.live, "heap": self.heap_resident - before.heap_resident,
                "native": self.resident - self.heap_resident - before.resident + before.heap_resident}


def open_descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def hold(around, options, each, processes, tell):
    """That many idle connections on each of so many processes."""
    with contextlib.ExitStack() as stack:
        servers = []
        for _ in range(processes):
            servers.append(Server(around, options, "echo", 1, HOLD))
            stack.callback(servers[-1].stop)
            for mode, conns in (("churn", 32), ("idle", 50)):
                subprocess.run([str(around.loadgen), "-m", mode, "-c", str(conns), "-P", str(servers[-1].port), "-t",
                                "4" if mode == "churn" else "0.5", "-w", "0"], check=True, capture_output=True, timeout=90)
        before, kernel, buffers = [Memory(s) for s in servers], slabs(), tcp_buffers()
        base = [open_descriptors(s.pid) for s in servers]
        began = time.monotonic()
        for server, idle in zip(servers, base):  # one after the other: a generator gives up on a slow server
            client = subprocess.Popen([str(around.loadgen), "-m", "idle", "-c", str(each), "-P", str(server.port), "-t",
                                       str(HOLD_S), "-w", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(lambda p: (p.terminate(), p.wait()), client)
            limit = time.monotonic() + max(60, OPEN_EACH_S * each)
            while open_descriptors(server.pid) < idle + each and time.monotonic() < limit:
                time.sleep(0.2)
        seconds = time.monotonic() - began
        time.sleep(2)  # the last handshakes
        after, grown, grown_buffers = [Memory(s) for s in servers], slabs(), tcp_buffers()
        pauses = [s.last_pause_ms() for s in servers]
        total = sum(open_descriptors(s.pid) - b for s, b in zip(servers, base))
    if total < 0.95 * each * processes:
        raise compare.Failure(f"only {total} of {each * processes} connections were opened")
    caches = {name: (size - kernel.get(name, 0)) / total for name, size in grown.items()}
    caches = {name: round(size) for name, size in caches.items()
              if size >= 8 and SOCKET_CACHES.match(name)}
    parts = [a.growth(b) for a, b in zip(after, before)]
    tell({"part": "memory", "connections": total, "processes": processes, "opened_s": seconds,
          **{f"{name}_bytes": sum(p[name] for p in parts) / total for name in parts[0]},
          "pause_ms": max(pauses), "process_mib": statistics.mean(b.resident for b in before) / 2**20,
          "kernel_both_ends_bytes": sum(caches.values()), "kernel_caches": caches,
          "tcp_buffers_bytes": (grown_buffers - buffers) / total})


def measure_memory(around, options, tell):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE
    for count in options.connections:
        if compare.FEWER_CONNS_SHARE * count <= limit:
            hold(around, options, min(count, limit), 1, tell)
        else:
            processes = min(MOST_PROCESSES, -(-count // limit))
            hold(around, options, min(limit, -(-count // processes)), processes, tell)


# ---- results -------------------------------------------------------------------------------------


def spread(numbers):
    return f"{compare.shown(statistics.median(numbers))} [{compare.shown(min(numbers))}–{compare.shown(max(numbers))}]"


def loops_table(rows):
    lines = []
    for name in dict.fromkeys(r["workload"] for r in rows):
        one, two = ([r for r in rows if r["workload"] == name and r["loops"] == n] for n in (1, 2))
        ratios = [2 * a["loop_us"] / b["loop_us"] for a, b in zip(one, two)]
        lines.append([name, *(spread([r["loop_us"] for r in rs]) for rs in (one, two)),
                      *(spread([r["per_s"] for r in rs]) for rs in (one, two)), spread(ratios)])
    return compare.table("Loops, from outside", ["workload", "CPU µs of the loop per unit", "of two loops",
                                                  "units a second, one", "two", "capacity of two ÷ one"], lines)


def inside_table(rows):
    lines = []
    for name in dict.fromkeys(r["work"] for r in rows):
        one, many = ([r["per_s"] for r in rows if r["work"] == name and (r["loops"] == 1) == single]
                     for single in (True, False))
        lines.append([name, spread(one), spread(many), spread([b / a for a, b in zip(one, many)])])
    return compare.table("Loops, both sides in one process", ["work", "one, per s", "two, per s", "two ÷ one"], lines)


def memory_table(rows):
    return compare.table("Memory of idle connections, bytes each", [
        "connections", "processes", "live objects", "heap resident", "native", "kernel, both ends", "socket buffers",
        "process without them, MiB", "full collection, ms", "opened in s"],
        [[f"{r['connections']:,}", str(r["processes"]), *(f"{r[k]:,.0f}" if r.get(k) is not None else "–" for k in (
            "live_bytes", "heap_bytes", "native_bytes", "kernel_both_ends_bytes", "tcp_buffers_bytes", "process_mib",
            "pause_ms", "opened_s"))] for r in rows])


TABLES = {"loops": loops_table, "inside": inside_table, "memory": memory_table}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--parts", type=lambda t: t.split(","), default=["inside", "loops", "memory"])
    parser.add_argument("--workloads", type=lambda t: t.split(","), default=list(WORKLOADS))
    parser.add_argument("--connections", type=lambda t: [int(n) for n in t.split(",")],
                        default=[1000, 10_000, 20_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--warm", type=float, default=WARM_S, help="seconds of each workload and number of loops")
    parser.add_argument("--provider", default="boringssl")
    parser.add_argument("--ferrule", default=str(compare.KIT.parent.parent), help="the checkout whose server is measured")
    parser.add_argument("--classes", help="class path of the bench module, for the part inside")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("scale.jsonl"))
    return parser.parse_args()


def main():
    options = parse_arguments()
    if not (1 <= options.rounds <= 50 and 0.5 <= options.seconds <= 60
            and all(100 <= n <= 1_000_000 for n in options.connections)):
        sys.exit("scale.py: --rounds 1 to 50, --seconds 0.5 to 60, --connections 100 to 1,000,000")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    rows = []
    with tempfile.TemporaryDirectory() as folder, options.out.open("a") as out:
        placed = argparse.Namespace(server_cpu=0, load_cpu=0, build_dir=None)
        around = compare.Surroundings(compare.KIT / "servers.json", pathlib.Path(folder), placed)

        def tell(row):
            rows.append(row)
            out.write(json.dumps(row) + "\n")
            out.flush()
            say(json.dumps(row))

        compare.run_quietly(["./ferrule", "providers"], cwd=options.ferrule)  # builds it where it is not
        tell({"part": "machine", "load": os.getloadavg()[0], "cpus": len(os.sched_getaffinity(0)), "descriptors": hard,
              "commit": compare.commit(), "kernel": os.uname().release})
        for part, measure in (("inside", measure_inside), ("loops", measure_loops), ("memory", measure_memory)):
            if part in options.parts and (part != "inside" or options.classes):
                measure(around, options, tell)
    for part, table in TABLES.items():
        chosen = [r for r in rows if r["part"] == part]
        if chosen:
            print(table(chosen) + "\n")


if __name__ == "__main__":
    try:
        main()
    except (compare.Failure, subprocess.SubprocessError) as failure:
        sys.exit(f"scale.py: {failure}")
