package dev.ferrule.ssl.hello;

import dev.ferrule.ssl.SslHello;
import org.jspecify.annotations.Nullable;

/** A wire whose handshake is observed: what is told when that fails. On the loop's thread. */
public interface Observed {
  /** The observer of its handshake; null before there is one, and after the handshake. */
  @Nullable HelloObserver hellos();

  /** What a server's client has said; null where that is not known. */
  default @Nullable SslHello said() {
    HelloObserver observer = hellos();
    return observer == null ? null : observer.offered();
  }
}
