package dev.ferrule.cli.check;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.cli.starttls.Refused;
import dev.ferrule.ssl.trust.NoVerifier;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;

/**
 * A client of the JDK's own, for what Ferrule's client does not do: it shows the OCSP response of a
 * connection by TLS 1.3 and the lifetime of a ticket of TLS 1.2, and asks for a renegotiation. It
 * trusts everybody and sends nothing. Any thread; a call holds it up.
 */
final class JdkClient {
  private static final int PATIENCE_MILLIS = 1500;

  private final Probe probe;
  private final Peer peer;

  JdkClient(Probe probe) {
    this.probe = probe;
    this.peer = probe.peer();
  }

  /** How a server takes its client's wish to renegotiate (RFC 5246 7.4.1.1). */
  enum Renegotiation {
    ACCEPTED,
    REFUSED,
    /** It goes on without it, or does not answer. */
    IGNORED,
    UNKNOWN
  }

  Renegotiation renegotiation() {
    return probe.inTurn(() -> bounded(new Socket(), this::renegotiate));
  }

  private Renegotiation renegotiate(Socket plain) {
    try (plain;
        SSLSocket socket = handshake(plain, "TLSv1.2")) {
      CountDownLatch again = new CountDownLatch(1);
      socket.addHandshakeCompletedListener(done -> again.countDown());
      socket.setSoTimeout(PATIENCE_MILLIS);
      boolean refused = false;
      try {
        socket.startHandshake();
        socket.getInputStream().read(); // the handshake goes on while somebody reads
      } catch (SocketTimeoutException e) {
        // Which is the usual end of both ways.
      } catch (IOException e) {
        refused = true;
      }
      boolean done = again.await(PATIENCE_MILLIS / 10, TimeUnit.MILLISECONDS);
      return done
          ? Renegotiation.ACCEPTED
          : refused ? Renegotiation.REFUSED : Renegotiation.IGNORED;
    } catch (IOException | GeneralSecurityException | Refused e) {
      return Renegotiation.UNKNOWN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Renegotiation.UNKNOWN;
    }
  }

  /** The OCSP response of a connection by TLS 1.3. */
  Optional<byte[]> staple() {
    return probe.inTurn(() -> bounded(new Socket(), this::receiveStaple));
  }

  private Optional<byte[]> receiveStaple(Socket plain) {
    try (plain;
        SSLSocket socket = handshake(plain, "TLSv1.3")) {
      List<byte[]> responses = ((ExtendedSSLSession) socket.getSession()).getStatusResponses();
      return responses.isEmpty() || responses.getFirst().length == 0
          ? Optional.empty()
          : Optional.of(responses.getFirst());
    } catch (IOException | GeneralSecurityException | Refused e) {
      return Optional.empty();
    }
  }

  /** How long a ticket of TLS 1.2 lives, as its server says. */
  Optional<Duration> ticketLifetime() {
    return probe.inTurn(() -> bounded(new OverheardSocket(), this::receiveTicket));
  }

  private Optional<Duration> receiveTicket(OverheardSocket plain) {
    try (plain;
        SSLSocket _ = handshake(plain, "TLSv1.2")) {
      return plain.ticketLifetime();
    } catch (IOException | GeneralSecurityException | Refused e) {
      return Optional.empty();
    }
  }

  /** The time limits of a socket are for each read: a server that drips is cut off by this one. */
  private <S extends Socket, R> R bounded(S plain, Function<S, R> use) {
    Duration longest = peer.limit().multipliedBy(3).plusMillis(PATIENCE_MILLIS);
    Thread watch = Thread.startVirtualThread(() -> closeAfter(longest, plain));
    try {
      return use.apply(plain);
    } finally {
      watch.interrupt();
    }
  }

  private static void closeAfter(Duration time, Socket socket) {
    try {
      Thread.sleep(time);
      socket.close();
    } catch (InterruptedException | IOException e) {
      // It is closed by who uses it.
    }
  }

  private SSLSocket handshake(Socket plain, String version)
      throws IOException, GeneralSecurityException {
    int limit = Math.toIntExact(peer.limit().toMillis());
    plain.connect(new InetSocketAddress(peer.address(), peer.port()), limit);
    plain.setSoTimeout(limit);
    if (peer.startTls() != null) {
      peer.talk(
          peer.startTls().dialogue(peer.asked()), plain.getInputStream(), plain.getOutputStream());
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new NoVerifier()}, null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, peer.host(), peer.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {version});
    if (peer.serverName() != null) {
      parameters.setServerNames(List.of(new AnyName(peer.serverName())));
    }
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (SSLException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  /** A host name that may have an underscore, which {@code SNIHostName} refuses. */
  private static final class AnyName extends SNIServerName {
    AnyName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(US_ASCII));
    }
  }
}
