#!/usr/bin/env python3
"""How long a newcomer waits while others hammer a server.

5,000 clients connect and say nothing (with --hello they send a hello, and then nothing), 200 make
full handshakes one after the other without end, and a newcomer connects ten times a second, by turns with a ticket and without one. It prints the time
from its connect to the answer to its first message, for a server with and without bounds.

    ./admission.py --ferrule ../.. --loadgen BUILD/loadgen
"""

import argparse
import json
import os
import re
import resource
import shlex
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import time


def start(options, bounds):
    command = f"./ferrule serve --port 0 --bind 127.0.0.1 --mode echo -q {bounds}"
    server = subprocess.Popen(
        ["taskset", "-c", options.server_cpu, *shlex.split(command)],
        cwd=options.ferrule, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True)
    ready = server.stdout.readline()
    found = re.search(r":(\d+) ", ready)
    if not found:
        sys.exit(f"the server did not start: {ready!r}")
    return server, int(found.group(1))


def hello(context):
    """What a client says first."""
    sent = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), sent)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return sent.read()


def stalling(port, count, first):
    """Connections that say nothing, or nothing more."""
    sockets = []
    for _ in range(count):
        sockets.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        sockets[-1].sendall(first)
    return sockets


def visit(port, context, session):
    """One newcomer: seconds to its first answer, whether it resumed, its next session."""
    began = time.perf_counter()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=15) as plain:
            with context.wrap_socket(plain, session=session) as secure:
                secure.sendall(b"hello")
                secure.recv(16)
                seconds = time.perf_counter() - began
                return seconds, secure.session_reused, secure.session
    except (OSError, ssl.SSLError):
        return None, False, None


def measure(options, bounds):
    server, port = start(options, bounds)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    hammer = None
    stalled = []
    try:
        for _ in range(300):  # the compiler of Java gets to know the work
            visit(port, context, None)
        session = visit(port, context, None)[2]
        stalled = stalling(port, options.stall, hello(context) if options.hello else b"")
        hammer = subprocess.Popen(
            ["taskset", "-c", options.load_cpu, "nice", "-n", "19", options.loadgen, "-m", "hs",
             "-P", str(port), "-c", str(options.hammer), "-t", str(options.seconds), "-w", "2"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        time.sleep(2)
        times = {True: [], False: []}
        failed = 0
        end = time.monotonic() + options.seconds - 1
        tickets = True
        while time.monotonic() < end:
            seconds, resumed, following = visit(port, context, session if tickets else None)
            if seconds is None:
                failed += 1
            else:
                times[resumed].append(1000 * seconds)
                session = following or session
            tickets = not tickets
            time.sleep(0.1)
        load = json.loads(hammer.communicate(timeout=60)[0] or "{}")
        return {
            "bounds": bounds or "none",
            "with_ticket_ms": summary(times[True]),
            "without_ms": summary(times[False]),
            "failed": failed,
            "hammered_per_s": load.get("units_per_s"),
            "hammer_errors": load.get("errors"),
        }
    finally:
        for each in stalled:
            each.close()
        if hammer and hammer.poll() is None:
            hammer.kill()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def summary(milliseconds):
    if not milliseconds:
        return None
    ordered = sorted(milliseconds)
    return {
        "median": round(statistics.median(ordered), 1),
        "p90": round(ordered[int(0.9 * (len(ordered) - 1))], 1),
        "n": len(ordered),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ferrule", default="../..", help="the checkout")
    parser.add_argument("--loadgen", required=True, help="what compare.py compiled")
    parser.add_argument("--bounds", action="append", default=None, help="options of the server")
    parser.add_argument("--stall", type=int, default=5000)
    parser.add_argument("--hello", action="store_true", help="those that stall send a hello")
    parser.add_argument("--hammer", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=12)
    parser.add_argument("--server-cpu", default="0")
    parser.add_argument("--load-cpu", default="1")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for bounds in options.bounds or ["", "--max-handshakes 16"]:
        print(json.dumps(measure(options, bounds)), flush=True)


if __name__ == "__main__":
    main()
