package dev.ferrule.tests.interop;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Pki;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Another implementation of TLS, at the other end: a program or a thread that is told what to do
 * and notes what it did, a line each.
 */
interface Peer extends AutoCloseable {
  /** What a peer shall speak and show. */
  record Terms(Protocol protocol, KeyType key, boolean clientAuth, @Nullable String suite) {
    Terms(Protocol protocol, KeyType key) {
      this(protocol, key, false, null);
    }

    /** What the peer shows; null for a client that shows nothing. */
    Pki.Identity shown(boolean server) {
      return server ? Pki.server(key) : clientAuth ? Pki.client(key) : null;
    }

    Terms withClientAuth() {
      return new Terms(protocol, key, true, suite);
    }

    /** The peer, OpenSSL or the JDK, offers or takes this suite of TLS 1.3 only. */
    Terms withSuite(String only) {
      return new Terms(protocol, key, clientAuth, only);
    }
  }

  /** The application protocol that every peer speaks. */
  String ALPN = "ferrule-test";

  /** Waits for a line of its own report. */
  Matcher report(Pattern line);

  /** Gives a command that only peers with a script know. */
  default void tell(String command) {
    throw new UnsupportedOperationException(command);
  }

  /** Sends a line to Ferrule. */
  void send(String line);

  /** Waits until it has received the line. */
  void expect(String line);

  /** Sends so many bytes. */
  void answer(int bytes);

  /** Ends its side and goes on reading (half close). */
  void shutDown();

  /** Reads until the clean end: how many bytes. */
  int readAll();

  /** Ends its side, and the connection. */
  void hangUp();

  /** A client connects again and tries to resume; a server goes on with the next connection. */
  void again();

  /** The words by which it reports facts of the connection. */
  Pattern says(Fact fact);

  /** What a peer can report. */
  enum Fact {
    RESUMED,
    ALPN_AGREED,
    NAME_ASKED,
    CLIENT_SHOWN
  }

  @Override
  void close();

  default Matcher report(Fact fact) {
    return report(says(fact));
  }

  /** The port that a server listens on. */
  default int port() {
    return Integer.parseInt(report(Pattern.compile("^(?:PORT|ACCEPT .*?:?)\\D*(\\d+)$")).group(1));
  }
}
