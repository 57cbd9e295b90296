"""Connects so many times, asks right after the handshake, and tells how long the answer took.

first_answers.py PORT CA TIMES
"""
import socket
import ssl
import sys
import time

port, ca, times = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.minimum_version = ssl.TLSVersion.TLSv1_3
for _ in range(int(times)):
    # A plain socket: nobody asked for TCP_NODELAY.
    with socket.create_connection(("127.0.0.1", int(port))) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as tls:
            asked = time.perf_counter()
            tls.sendall(b"?")
            assert tls.recv(1) == b"!"
            print("MILLIS %.1f" % ((time.perf_counter() - asked) * 1000), flush=True)
print("DONE", flush=True)
