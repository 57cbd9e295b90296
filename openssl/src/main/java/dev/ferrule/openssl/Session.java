package dev.ferrule.openssl;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.library.ClientSessions;
import java.time.Instant;

/** A reference to a session of OpenSSL, by its address. */
record Session(long address, Protocol protocol) implements ClientSessions.Session {
  @Override
  public Instant made() {
    return Instant.ofEpochSecond(LibSsl.sessionTime(address));
  }

  @Override
  public Instant until() {
    return made().plusSeconds(LibSsl.sessionLifetime(address));
  }

  /** RFC 8446 C.4. */
  @Override
  public boolean singleUse() {
    return protocol == Protocol.TLS_1_3;
  }

  @Override
  public void free() {
    LibSsl.freeSession(address);
  }
}
