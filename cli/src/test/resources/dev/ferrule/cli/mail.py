"""mail.py imap|smtp CHAIN KEY SECONDS: serves one connection over TLS, as mail servers do.

It answers each burst of commands only after so many seconds without anything from the client, as a
server does that has work with them. When the client ends (close_notify or FIN) before that, it
drops the answer, which is what most servers do. Prints its port first, and at last how it ended.
"""

import select
import socket
import ssl
import sys

GREETING = {"imap": b"* OK ready\r\n", "smtp": b"220 mail.example ESMTP\r\n"}
LAST = {"imap": b"LOGOUT", "smtp": b"QUIT"}


def answer(protocol, line):
    if protocol == "imap":
        tag, command = line.split(b" ", 1)
        bye = b"* BYE\r\n" if command == b"LOGOUT" else b""
        return bye + tag + b" OK " + command + b" completed\r\n"
    return b"221 bye\r\n" if line == b"QUIT" else b"250 " + line + b"\r\n"


def serve(protocol, client, seconds):
    client.sendall(GREETING[protocol])
    waiting = b""
    while True:
        if not client.pending() and not select.select([client], [], [], seconds if waiting else None)[0]:
            for line in waiting.splitlines():
                client.sendall(answer(protocol, line))
                if line.endswith(LAST[protocol]):
                    return "answered"
            waiting = b""
            continue
        heard = client.recv(4096)
        if not heard:
            return "the client ended first"
        waiting += heard


def main():
    protocol, chain, key, seconds = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        plain, _ = listener.accept()
        plain.settimeout(30)
        with context.wrap_socket(plain, server_side=True) as client:
            print(serve(protocol, client, float(seconds)), flush=True)
            client.unwrap()


main()
