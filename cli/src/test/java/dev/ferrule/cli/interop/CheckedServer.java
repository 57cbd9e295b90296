package dev.ferrule.cli.interop;

import dev.ferrule.testkit.CertificateRequest;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.ThrowawayCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Servers of different configuration, to be looked at from outside. */
enum CheckedServer {
  OPENSSL_AS_IT_COMES_WITH_AN_EC_CERTIFICATE {
    @Override
    void start(Site site, Path folder, ThrowawayCa ca, int port) throws Exception {
      Issued issued = request(ca).throughIntermediate().issue();
      Issued issuer = new Issued(issued.chain().subList(1, 2), issued.key());
      String above = site.write("above.pem", issuer.chainPem());
      openssl(site, port, Written.of(folder, "ec", issued), "-cert_chain", above);
    }
  },

  /** TLS 1.0 to 1.3, anonymous suites, suites without encryption, and renegotiation. */
  OPENSSL_WITH_ALL_THAT_IS_OLD {
    @Override
    void start(Site site, Path folder, ThrowawayCa ca, int port) throws Exception {
      Written issued = Written.of(folder, "rsa", request(ca).keyType(KeyType.RSA_2048).issue());
      // Not all of the newer block ciphers: testssl takes minutes for those.
      String suites = "ALL:COMPLEMENTOFALL:!ARIA:!AESCCM:!SHA256:!SHA384:@SECLEVEL=0";
      openssl(site, port, issued, "-cipher", suites, "-client_renegotiation");
    }
  },

  OPENSSL_BY_TLS_1_2_WITH_RSA_KEY_EXCHANGE_AND_NO_TICKETS {
    @Override
    void start(Site site, Path folder, ThrowawayCa ca, int port) throws Exception {
      Written issued = Written.of(folder, "rsa", request(ca).keyType(KeyType.RSA_2048).issue());
      openssl(site, port, issued, "-tls1_2", "-cipher", "kRSA", "-no_ticket");
    }
  },

  OPENSSL_BY_TLS_1_3_WITH_TWO_GROUPS_AND_ALPN {
    @Override
    void start(Site site, Path folder, ThrowawayCa ca, int port) throws Exception {
      Written issued = Written.of(folder, "ec", request(ca).issue());
      openssl(site, port, issued, "-tls1_3", "-groups", "P-256:X25519", "-alpn", "h2,http/1.1");
    }
  },

  /** The server's order, HSTS, a stapled OCSP response that the certificate demands, no tickets. */
  NGINX_AS_IT_SHOULD_BE {
    @Override
    void start(Site site, Path folder, ThrowawayCa ca, int port) throws Exception {
      Issued issued = request(ca).keyType(KeyType.RSA_2048).mustStaple().issue();
      Path staple = folder.resolve("staple.der");
      Files.write(staple, ca.ocsp(issued.certificate()).der());
      String settings =
          """
          ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; ssl_session_tickets off;
          ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256;
          ssl_ecdh_curve X25519:secp384r1; ssl_session_cache builtin; ssl_session_timeout 10m;
          add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
          ssl_stapling on; ssl_stapling_file %s;
          """
              .formatted(staple);
      nginx(site, folder, port, " http2", settings, Written.of(folder, "rsa", issued));
    }
  },

  /** One certificate has expired, the other comes without its issuer; DHE with a short prime. */
  NGINX_AS_IT_SHOULD_NOT_BE {
    @Override
    void start(Site site, Path folder, ThrowawayCa ca, int port) throws Exception {
      Written rsa =
          Written.of(
              folder,
              "rsa",
              request(ca).keyType(KeyType.RSA_2048).expired().throughIntermediate().issue());
      Issued whole = request(ca).throughIntermediate().issue();
      Written ec = Written.of(folder, "ec", new Issued(List.of(whole.certificate()), whole.key()));
      String prime = folder.resolve("dh.pem").toString();
      site.run(Program.installed("openssl"), "dhparam", "-dsaparam", "-out", prime, "1024");
      String settings =
          """
          ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_session_timeout 5m; ssl_dhparam %s;
          ssl_ciphers ALL:!aNULL:!CAMELLIA:!ARIA:!AESCCM:@SECLEVEL=0; ssl_prefer_server_ciphers off;
          """
              .formatted(prime);
      nginx(site, folder, port, "", settings, rsa, ec);
    }
  };

  /** A chain and its key, as files. */
  private record Written(String chain, String key) {
    static Written of(Path folder, String name, Issued issued) throws Exception {
      Path chain = folder.resolve(name + ".pem");
      Path key = folder.resolve(name + ".key");
      Files.writeString(chain, issued.chainPem());
      Files.writeString(key, issued.keyPem());
      return new Written(chain.toString(), key.toString());
    }
  }

  /** Starts it; it ends with the site. */
  abstract void start(Site site, Path folder, ThrowawayCa ca, int port) throws Exception;

  private static CertificateRequest request(ThrowawayCa ca) {
    return ca.request("localhost", "127.0.0.1");
  }

  /** By {@code -www} it answers requests, and does not read its standard input. */
  private static void openssl(Site site, int port, Written issued, String... more)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(Program.installed("openssl"), "s_server"));
    command.addAll(List.of("-accept", "127.0.0.1:" + port, "-www", "-cert", issued.chain()));
    command.addAll(List.of("-key", issued.key()));
    Collections.addAll(command, more);
    site.serve(port, command.toArray(String[]::new));
  }

  private static void nginx(
      Site site, Path folder, int port, String http2, String settings, Written... issued)
      throws Exception {
    String nginx = Program.installed("nginx");
    StringBuilder certificates = new StringBuilder();
    for (Written each : issued) {
      certificates.append(
          "ssl_certificate %s; ssl_certificate_key %s;%n".formatted(each.chain(), each.key()));
    }
    String text =
        """
        daemon off; master_process off; pid F/nginx.pid; error_log F/error.log;
        events { worker_connections 512; }
        http {
          access_log off; client_body_temp_path F/t1; proxy_temp_path F/t2;
          fastcgi_temp_path F/t3; uwsgi_temp_path F/t4; scgi_temp_path F/t5;
          server { listen 127.0.0.1:%d ssl%s; return 200 "here"; %s %s }
        }
        """
            .replace("F/", folder + "/")
            .formatted(port, http2, settings, certificates);
    String file = site.write("nginx.conf", text);
    site.serve(port, nginx, "-p", "" + folder, "-e", folder + "/e", "-c", file);
  }
}
