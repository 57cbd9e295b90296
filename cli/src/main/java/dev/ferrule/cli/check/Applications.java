package dev.ferrule.cli.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The application protocols (ALPN) that a server takes, of those in IANA's registry. */
final class Applications {
  private static final List<String> REGISTERED =
      List.of(
          "h2",
          "http/1.1",
          "http/1.0",
          "dot",
          "imap",
          "pop3",
          "managesieve",
          "ftp",
          "nntp",
          "irc",
          "xmpp-client",
          "xmpp-server",
          "mqtt",
          "postgresql",
          "acme-tls/1",
          "tds/8.0",
          "sip/2",
          "stun.turn");

  private Applications() {}

  static List<String> of(Encrypted encrypted) {
    List<String> rest = new ArrayList<>(REGISTERED);
    List<String> taken = new ArrayList<>();
    while (!rest.isEmpty()) {
      String[] offered = rest.toArray(String[]::new);
      Optional<String> chosen =
          Optional.ofNullable(encrypted.handshake(ssl -> ssl.alpn(offered)).session())
              .flatMap(session -> session.alpn());
      if (chosen.isEmpty() || !rest.remove(chosen.get())) {
        break;
      }
      taken.add(chosen.get());
    }
    return List.copyOf(taken);
  }
}
