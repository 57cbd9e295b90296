# Runs a command in a terminal of its own, and types: each argument up to "--" is what to wait for
# on the screen, or what to type, in turn. Ends with the command's status.
import os
import pty
import sys
import select
import signal
import time

split = sys.argv.index("--")
script, command = sys.argv[1:split], sys.argv[split + 1:]
child, screen = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a build in the background has it ignored
    os.execvp(command[0], command)

seen = b""


def read(limit):
    """What the screen gets next; empty at its end."""
    ready, _, _ = select.select([screen], [], [], max(0, limit - time.monotonic()))
    if not ready:
        sys.stdout.buffer.write(seen)
        sys.exit(99)
    try:
        return os.read(screen, 4096)
    except OSError:
        return b""


limit = time.monotonic() + 40
for number, step in enumerate(script):
    text = step.encode().decode("unicode_escape").encode("latin-1")
    if number % 2 == 1:
        os.write(screen, text)
        continue
    start = 0
    while text not in seen:
        more = read(limit)
        if not more:
            sys.stdout.buffer.write(seen)
            sys.exit(98)
        seen += more
    seen = seen[seen.index(text) + len(text):]
while more := read(limit):
    seen += more
sys.stdout.buffer.write(seen)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(status if status >= 0 else 128 - status)
