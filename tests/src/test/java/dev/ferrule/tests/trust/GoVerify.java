package dev.ferrule.tests.trust;

import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.trust.Purpose;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What Go's crypto/x509 says of paths: one program for all of them. */
final class GoVerify {
  static final Path PROGRAM =
      Stream.concat(
              Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
              Stream.of("/usr/local/go/bin"))
          .map(folder -> Path.of(folder, "go"))
          .filter(file -> file.toFile().canExecute())
          .findFirst()
          .orElse(null);

  private static final String SOURCE =
      """
      package main

      import (
      	"bufio"
      	"crypto/x509"
      	"encoding/base64"
      	"fmt"
      	"os"
      	"strings"
      	"time"
      )

      func parse(text string) (*x509.Certificate, error) {
      	der, err := base64.StdEncoding.DecodeString(text)
      	if err != nil {
      		return nil, err
      	}
      	return x509.ParseCertificate(der)
      }

      func pool(texts string) *x509.CertPool {
      	pool := x509.NewCertPool()
      	for _, text := range strings.Fields(texts) {
      		if c, err := parse(text); err == nil {
      			pool.AddCert(c)
      		}
      	}
      	return pool
      }

      func verify(line string) error {
      	parts := strings.Split(line, "|")
      	leaf, err := parse(parts[1])
      	if err != nil {
      		return err
      	}
      	usage := x509.ExtKeyUsageServerAuth
      	if parts[0] == "CLIENT" {
      		usage = x509.ExtKeyUsageClientAuth
      	}
      	_, err = leaf.Verify(x509.VerifyOptions{
      		Roots: pool(parts[3]), Intermediates: pool(parts[2]), CurrentTime: time.Unix(TIME, 0),
      		KeyUsages: []x509.ExtKeyUsage{usage}})
      	return err
      }

      func main() {
      	lines := bufio.NewScanner(os.Stdin)
      	lines.Buffer(nil, 1<<20)
      	for lines.Scan() {
      		if err := verify(lines.Text()); err != nil {
      			fmt.Println(strings.ReplaceAll(err.Error(), "\\n", " "))
      		} else {
      			fmt.Println("OK")
      		}
      	}
      }
      """
          .replace("TIME", Long.toString(Draft.NOW.getEpochSecond()));

  /** What Go compiled is kept between runs: it takes half a minute. */
  private static final Path CACHE =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("target/go");

  private final Path folder;

  GoVerify(Path folder) {
    this.folder = folder;
  }

  /** For each path "OK", or why not. */
  List<String> verdicts(List<GeneratedPath> paths) throws IOException {
    Path source = Files.writeString(folder.resolve("verify.go"), SOURCE);
    Path input = folder.resolve("paths");
    Files.write(input, paths.stream().map(GoVerify::line).toList());
    ProcessBuilder go =
        new ProcessBuilder(PROGRAM.toString(), "run", source.toString())
            .redirectInput(input.toFile())
            .redirectErrorStream(true);
    go.environment().put("GOCACHE", CACHE.toString());
    go.environment().put("GOTOOLCHAIN", "local");
    go.environment().put("GOFLAGS", "-mod=mod");
    Process process = go.start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  private static String line(GeneratedPath path) {
    List<X509Certificate> sent = path.presented();
    return String.join(
        "|",
        path.purpose() == Purpose.CLIENT ? "CLIENT" : "SERVER",
        text(sent.getFirst()),
        sent.stream().skip(1).map(GoVerify::text).collect(Collectors.joining(" ")),
        path.anchors().stream()
            .map(TrustedCertificate::certificate)
            .map(GoVerify::text)
            .collect(Collectors.joining(" ")));
  }

  private static String text(X509Certificate certificate) {
    try {
      return Base64.getEncoder().encodeToString(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}
