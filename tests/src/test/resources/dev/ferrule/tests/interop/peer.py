"""A TLS peer on Python's ssl that does what the lines on its input say, and tells what it did.

peer.py client|server PORT PROTOCOL CA CERTIFICATE|- KEY|- ALPN AUTH
"""
import hashlib
import os
import random
import socket
import ssl
import sys

role, port, protocol, ca, certificate, key, alpn, auth = sys.argv[1:]
server = role == "server"
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
version = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}[protocol]
context.minimum_version = context.maximum_version = version
context.load_verify_locations(ca)
context.set_alpn_protocols([alpn])
if certificate != "-":
    context.load_cert_chain(certificate, key)
if server and auth == "yes":
    context.verify_mode = ssl.CERT_REQUIRED
asked = None


def note_name(_object, name, _context):
    global asked
    asked = name


if server:
    context.sni_callback = note_name


def tell(line):
    print(line, flush=True)


class Connection:
    """An SSLObject on memory, since SSLSocket cannot send close_notify and read on."""

    def __init__(self, sock, session=None):
        self.sock, self.rest = sock, b""
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        name = None if server else "localhost"
        self.tls = context.wrap_bio(
            self.incoming, self.outgoing, server_side=server, server_hostname=name, session=session
        )
        self.run(self.tls.do_handshake)
        shown = self.tls.getpeercert() or {}
        names = [v for rdn in shown.get("subject", ()) for k, v in rdn if k == "commonName"]
        tell(
            "SECURE protocol=%s alpn=%s name=%s resumed=%s peer=%s"
            % (
                self.tls.version(),
                self.tls.selected_alpn_protocol(),
                asked,
                str(self.tls.session_reused).lower(),
                names[0] if names else "-",
            )
        )

    def flush(self):
        if self.outgoing.pending:
            self.sock.sendall(self.outgoing.read())

    def run(self, step, *arguments):
        while True:
            try:
                result = step(*arguments)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                data = self.sock.recv(65536)
                if data:
                    self.incoming.write(data)
                else:
                    self.incoming.write_eof()
            except ssl.SSLError:
                self.flush()  # an alert
                raise

    def read(self):
        try:
            return self.run(self.tls.read, 65536)
        except ssl.SSLZeroReturnError:
            return b""

    def torrent(self, size):
        """Bytes both ways, a piece in turn."""
        sent, got = hashlib.sha256(), hashlib.sha256()
        written = read = 0
        while written < size or read < size:
            piece = os.urandom(min(random.randint(1, 100000), size - written))
            if piece:
                self.run(self.tls.write, piece)
                sent.update(piece)
                written += len(piece)
            while read < (written if written < size else size):
                data = self.read()
                if not data:
                    sys.exit("the end after %d bytes" % read)
                got.update(data)
                read += len(data)
        tell("TORRENT %s %s" % (sent.hexdigest(), got.hexdigest()))

    def shut(self):
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass  # it wants the peer's close_notify, which READ and ALL wait for
        self.flush()


def begin(session=None):
    sock = listener.accept()[0] if server else socket.create_connection(("127.0.0.1", int(port)))
    sock.settimeout(20)
    return Connection(sock, session)


if server:
    listener = socket.create_server(("127.0.0.1", int(port)))
    tell("PORT %d" % listener.getsockname()[1])
connection = begin()
for line in sys.stdin:
    word, _, rest = line.rstrip("\n").partition(" ")
    if word == "SEND":
        connection.run(connection.tls.write, (rest + "\n").encode())
    elif word == "ANSWER":
        connection.run(connection.tls.write, b"x" * int(rest))
    elif word == "READ":
        while b"\n" not in connection.rest:
            data = connection.read()
            if not data:
                break
            connection.rest += data
        got, _, connection.rest = connection.rest.partition(b"\n")
        tell("GOT " + got.decode())
    elif word == "ALL":
        total = len(connection.rest)
        while data := connection.read():
            total += len(data)
        tell("ALL %d" % total)
    elif word == "TORRENT":
        connection.torrent(int(rest))
    elif word == "SHUT":
        connection.shut()
    elif word == "CLOSE":
        connection.shut()
        connection.sock.close()
    elif word == "AGAIN":
        connection = begin(None if server else connection.tls.session)
