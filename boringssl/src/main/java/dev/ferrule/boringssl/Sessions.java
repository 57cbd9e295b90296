package dev.ferrule.boringssl;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.library.ClientSessions;
import dev.ferrule.ssl.library.Resumption;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLSession;
import io.netty.internal.tcnative.SSLSessionCache;
import java.time.Instant;
import java.util.Map;

/** Sessions of BoringSSL, which native code gives to the {@link Resumption} of their connection. */
record Sessions(Map<Long, BoringWire> wires) implements SSLSessionCache {
  private record Session(long address, Protocol protocol) implements ClientSessions.Session {
    @Override
    public Instant made() {
      return Instant.ofEpochSecond(SSLSession.getTime(address));
    }

    @Override
    public Instant until() {
      return made().plusSeconds(SSLSession.getTimeout(address));
    }

    @Override
    public boolean singleUse() {
      return SSLSession.shouldBeSingleUse(address);
    }

    @Override
    public void free() {
      SSLSession.free(address);
    }
  }

  /** Makes an SSL resume one of those that are kept. */
  static void offer(Resumption resumption, long ssl) {
    resumption.offer(session -> SSL.setSession(ssl, ((Session) session).address));
  }

  @Override
  public boolean sessionCreated(long ssl, long session) {
    BoringWire wire = wires.get(ssl);
    return wire != null
        && wire.resumption != null
        && wire.resumption.take(new Session(session, Protocol.of(SSL.getVersion(ssl))));
  }

  @Override
  public long getSession(long ssl, byte[] id) {
    return -1; // servers have tickets
  }
}
