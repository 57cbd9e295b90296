#!/usr/bin/env python3
"""Runs a server once, so that its JVM writes an AOT cache of what a start and a first handshake need.

    train.py command [argument...]      # PORT in an argument becomes a free port of 127.0.0.1

The command names the cache itself (-XX:AOTCacheOutput=FILE). The server must echo over TLS.
"""

import socket
import ssl
import subprocess
import sys
import time

READY_LIMIT_S = 60
END_LIMIT_S = 120  # a JVM writes its cache when it ends
CONNECTIONS = 20
MESSAGE = b"x" * 64


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def echo(port, tls):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as tcp:
        with tls.wrap_socket(tcp, server_hostname="localhost") as secured:
            secured.sendall(MESSAGE)
            got = b""
            while len(got) < len(MESSAGE):
                piece = secured.recv(len(MESSAGE))
                if not piece:
                    raise OSError("the server ended the connection")
                got += piece


def train(command):
    port = free_port()
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE  # loopback, a certificate of our own
    process = subprocess.Popen([word.replace("PORT", str(port)) for word in command], stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + READY_LIMIT_S
        while True:
            try:
                echo(port, tls)
                break
            except ConnectionRefusedError:
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit("train.py: the server did not come up")
                time.sleep(0.05)
        for _ in range(CONNECTIONS):
            echo(port, tls)
        process.terminate()
        process.wait(END_LIMIT_S)
    finally:
        if process.poll() is None:
            process.kill()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    train(sys.argv[1:])
