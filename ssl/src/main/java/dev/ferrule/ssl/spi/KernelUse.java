package dev.ferrule.ssl.spi;

import dev.ferrule.ssl.KernelTls;

/** Hears what becomes of {@link SslWire#useKernel}. On the loop's thread, inside the wire. */
public interface KernelUse {
  /** From now on the kernel does so much. */
  void does(KernelTls directions);

  /** It does not do all, and will not: {@code reason} follows "kernel TLS is not there: ". */
  void refused(String reason);
}
