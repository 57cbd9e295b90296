package dev.ferrule.ssl.records;

import dev.ferrule.ssl.SslSession;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What a wire hands over to the {@link Tls13Wire} that replaces it after the handshake.
 *
 * @param session the result of the handshake
 * @param server whether this side is the server
 * @param showsCertificate whether this side may have sent a certificate, for error sentences
 * @param shown the certificate of a server; null on a client, and when it is not known
 * @param tickets who keeps the tickets that a server sends; null on a server, or when nobody does
 */
public record HandOver(
    TrafficSecrets secrets,
    SslSession session,
    boolean server,
    boolean showsCertificate,
    @Nullable X509Certificate shown,
    @Nullable TicketReceiver tickets) {
  /** Nobody goes on from here. */
  void release() {
    secrets.erase();
    if (tickets != null) {
      tickets.release();
    }
  }
}
