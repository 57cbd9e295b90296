// A TLS peer on Node's tls that does what the lines on its input say, and tells what it did.
// peer.js client|server PORT PROTOCOL CA CERTIFICATE|- KEY|- ALPN AUTH
"use strict";
const fs = require("fs");
const tls = require("tls");
const readline = require("readline");

const [role, port, protocol, ca, certificate, key, alpn, auth] = process.argv.slice(2);
const server = role === "server";
const options = {
  minVersion: protocol,
  maxVersion: protocol,
  ca: fs.readFileSync(ca),
  ALPNProtocols: [alpn],
  allowHalfOpen: true,
};
if (certificate !== "-") {
  options.cert = fs.readFileSync(certificate);
  options.key = fs.readFileSync(key);
}
if (server && auth === "yes") {
  options.requestCert = true;
  options.rejectUnauthorized = true;
}

const tell = (line) => process.stdout.write(line + "\n");
let session;
let waiting; // for the next connection of the server
const early = [];

class Connection {
  constructor(socket) {
    this.socket = socket;
    this.chunks = [];
    this.ended = false;
    this.wake = () => {};
    socket.on("data", (data) => { this.chunks.push(data); this.wake(); });
    socket.on("end", () => { this.ended = true; this.wake(); });
    socket.on("error", (error) => { tell("ERROR " + error.message); this.ended = true; this.wake(); });
    const peer = socket.getPeerCertificate();
    tell("SECURE protocol=" + socket.getProtocol() + " alpn=" + socket.alpnProtocol + " name=" +
        (server ? socket.servername : "-") + " resumed=" + socket.isSessionReused() + " peer=" +
        (peer && peer.subject ? peer.subject.CN : "-"));
  }

  async more() {
    if (!this.ended) {
      await new Promise((resolve) => { this.wake = resolve; });
    }
  }

  async line() {
    let all = Buffer.concat(this.chunks);
    while (all.indexOf(10) < 0 && !this.ended) {
      await this.more();
      all = Buffer.concat(this.chunks);
    }
    const at = all.indexOf(10);
    this.chunks = [all.subarray(at + 1)];
    return all.subarray(0, at).toString();
  }

  async all() {
    while (!this.ended) {
      await this.more();
    }
    return Buffer.concat(this.chunks).length;
  }
}

function begin() {
  if (server) {
    const ready = early.shift();
    return ready ? Promise.resolve(ready) : new Promise((resolve) => { waiting = resolve; });
  }
  return new Promise((resolve) => {
    const socket = tls.connect(
        { ...options, host: "127.0.0.1", port: Number(port), servername: "localhost", session },
        () => resolve(new Connection(socket)));
    socket.on("session", (made) => { session = made; });
    socket.on("error", (error) => tell("ERROR " + error.message));
  });
}

async function main() {
  if (server) {
    const listener = tls.createServer(options, (socket) => {
      const made = new Connection(socket);
      if (waiting) {
        waiting(made);
        waiting = undefined;
      } else {
        early.push(made);
      }
    });
    listener.on("tlsClientError", (error) => tell("ERROR " + error.message));
    await new Promise((resolve) => listener.listen(Number(port), "127.0.0.1", resolve));
    tell("PORT " + listener.address().port);
  }
  let connection = await begin();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const at = line.indexOf(" ");
    const word = at < 0 ? line : line.substring(0, at);
    const rest = line.substring(at + 1);
    switch (word) {
      case "SEND": connection.socket.write(rest + "\n"); break;
      case "ANSWER": connection.socket.write(Buffer.alloc(Number(rest), "x")); break;
      case "READ": tell("GOT " + await connection.line()); break;
      case "ALL": tell("ALL " + await connection.all()); break;
      case "SHUT": case "CLOSE": connection.socket.end(); break;
      case "AGAIN": connection = await begin(); break;
    }
  }
}

main();
