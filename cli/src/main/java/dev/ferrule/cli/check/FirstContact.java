package dev.ferrule.cli.check;

import dev.ferrule.BlockingSocket;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.cli.starttls.Refused;
import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.CipherSuite.Protocol;
import dev.ferrule.ssl.ciphers.CipherTable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether there is TLS at all, before much is asked.
 *
 * @param answered how long the answer to a hello took
 * @param hello that hello, which can be sent again
 */
record FirstContact(Duration answered, ClientHelloDraft hello) {
  /** The newest version first. */
  private static final List<Integer> VERSIONS =
      List.of(
          ClientHelloDraft.TLS_1_3,
          ClientHelloDraft.TLS_1_2,
          ClientHelloDraft.TLS_1_1,
          ClientHelloDraft.TLS_1_0,
          ClientHelloDraft.SSL_3);

  /**
   * Connects and says hello.
   *
   * @param steps gets how long the steps took
   * @throws IOException when it cannot be connected
   * @throws NoTlsException when TLS does not begin
   */
  static FirstContact of(Peer peer, List<Facts.Step> steps) throws IOException, NoTlsException {
    long began = System.nanoTime();
    Tcp.dial(
            peer.address().getHostAddress(),
            peer.port(),
            client -> client.connectTimeout(peer.limit()))
        .abort();
    steps.add(new Facts.Step("TCP connection", since(began)));
    ServerAnswer refusal = null;
    for (ClientHelloDraft hello : hellos(peer.serverName())) {
      began = System.nanoTime();
      ServerAnswer answer = answer(peer, hello);
      switch (answer) {
        case ServerAnswer.Chosen _ -> {
          steps.add(new Facts.Step("connection and first answer", since(began)));
          return new FirstContact(since(began), hello);
        }
        case ServerAnswer.NotTls(String description) ->
            throw new NoTlsException(
                "the server " + description + ": it is no TLS (is it the right port?)");
        case ServerAnswer.Silent _ ->
            throw new NoTlsException(
                "the server does not answer a ClientHello within "
                    + peer.limit().toMillis() / 1000.0
                    + " s (does it speak TLS at once, or is --starttls needed?)");
        case ServerAnswer.Refused _, ServerAnswer.Ended _ ->
            refusal = refusal == null ? answer : refusal;
      }
    }
    throw new NoTlsException(
        "the server refused the hellos of all versions, SSL 3 to TLS 1.3; its first answer was "
            + refusal);
  }

  private static ServerAnswer answer(Peer peer, ClientHelloDraft hello)
      throws IOException, NoTlsException {
    BlockingSocket<TcpSocket> socket;
    try {
      socket = peer.connect();
    } catch (Refused e) {
      throw new NoTlsException("STARTTLS: " + e.getMessage());
    }
    try {
      socket.output().write(hello.records());
      return ServerFlight.read(socket.input(), peer.limit());
    } catch (IOException e) {
      return new ServerAnswer.Ended(true);
    } finally {
      socket.abort();
    }
  }

  /**
   * Of each version those with the usual suites first, then with the old ones; at last those with
   * pre-shared keys, which some servers take alone.
   */
  private static List<ClientHelloDraft> hellos(@Nullable String name) {
    List<ClientHelloDraft> hellos = new ArrayList<>();
    for (int version : VERSIONS) {
      add(
          version,
          name,
          suite ->
              !suite.kx().presharedKey()
                  && (suite.since() == Protocol.TLS13) == (version == ClientHelloDraft.TLS_1_3),
          hellos);
    }
    for (int version : List.of(ClientHelloDraft.TLS_1_2, ClientHelloDraft.TLS_1_0)) {
      add(version, name, suite -> suite.kx().presharedKey(), hellos);
    }
    return hellos;
  }

  private static void add(
      int version,
      @Nullable String name,
      Predicate<CipherSuite> which,
      List<ClientHelloDraft> hellos) {
    List<Integer> suites = CipherTable.SUITES.stream().filter(which).map(CipherSuite::id).toList();
    for (int at = 0; at < suites.size(); at += Enumeration.MOST_AT_ONCE) {
      int end = Math.min(suites.size(), at + Enumeration.MOST_AT_ONCE);
      hellos.add(ClientHelloDraft.of(version, name).suites(suites.subList(at, end)));
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
