// A TLS peer on Go's crypto/tls that does what the lines on its input say, and tells what it did.
// peer.go client|server PORT PROTOCOL CA CERTIFICATE|- KEY|- ALPN AUTH
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

const piece = 100000

func check(err error) {
	if err != nil {
		fmt.Println("FAILED", err)
		os.Exit(1)
	}
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

type peer struct {
	config   *tls.Config
	listener net.Listener // of a server
	port     string
	conn     *tls.Conn
	in       *bufio.Reader
}

func (p *peer) begin() {
	var plain net.Conn
	var err error
	if p.listener != nil {
		plain, err = p.listener.Accept()
		check(err)
		p.conn = tls.Server(plain, p.config)
	} else {
		plain, err = net.Dial("tcp", "127.0.0.1:"+p.port)
		check(err)
		p.conn = tls.Client(plain, p.config)
	}
	plain.SetDeadline(time.Now().Add(60 * time.Second))
	check(p.conn.Handshake())
	p.in = bufio.NewReaderSize(p.conn, 65536)
	state := p.conn.ConnectionState()
	shown := "-"
	if len(state.PeerCertificates) > 0 {
		shown = state.PeerCertificates[0].Subject.CommonName
	}
	fmt.Printf("SECURE protocol=%x alpn=%s name=%s resumed=%v peer=%s\n",
		state.Version, state.NegotiatedProtocol, state.ServerName, state.DidResume, shown)
}

// Bytes both ways at once, in random pieces.
func (p *peer) torrent(size int) {
	sent, got := sha256.New(), sha256.New()
	done := make(chan error)
	go func() {
		_, err := io.CopyN(got, p.in, int64(size))
		done <- err
	}()
	data := make([]byte, piece)
	for left := size; left > 0; {
		rand.Read(data)
		n := 1 + (int(data[0])<<8|int(data[1]))%piece
		if n > left {
			n = left
		}
		sent.Write(data[:n])
		_, err := p.conn.Write(data[:n])
		check(err)
		left -= n
	}
	check(<-done)
	fmt.Printf("TORRENT %x %x\n", sent.Sum(nil), got.Sum(nil))
}

func (p *peer) obey(word string, rest string) {
	switch word {
	case "SEND":
		_, err := p.conn.Write([]byte(rest + "\n"))
		check(err)
	case "ANSWER":
		_, err := p.conn.Write(bytes.Repeat([]byte("x"), number(rest)))
		check(err)
	case "READ":
		line, err := p.in.ReadString('\n')
		check(err)
		fmt.Println("GOT " + strings.TrimSuffix(line, "\n"))
	case "ALL":
		n, err := io.Copy(io.Discard, p.in)
		check(err)
		fmt.Println("ALL", n)
	case "TORRENT":
		p.torrent(number(rest))
	case "SHUT":
		check(p.conn.CloseWrite())
	case "CLOSE":
		check(p.conn.Close())
	case "AGAIN":
		p.begin()
	}
}

func main() {
	a := os.Args[1:]
	server := a[0] == "server"
	versions := map[string]uint16{"TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13}
	authority, err := os.ReadFile(a[3])
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	config := &tls.Config{
		MinVersion: versions[a[2]], MaxVersion: versions[a[2]],
		RootCAs: roots, ClientCAs: roots, NextProtos: []string{a[6]}, ServerName: "localhost",
		ClientSessionCache: tls.NewLRUClientSessionCache(8)}
	if a[4] != "-" {
		own, err := tls.LoadX509KeyPair(a[4], a[5])
		check(err)
		config.Certificates = []tls.Certificate{own}
	}
	if server && a[7] == "yes" {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	p := &peer{config: config, port: a[1]}
	if server {
		p.listener, err = net.Listen("tcp", "127.0.0.1:"+a[1])
		check(err)
		fmt.Println("PORT", p.listener.Addr().(*net.TCPAddr).Port)
	}
	p.begin()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		p.obey(word, rest)
	}
}
