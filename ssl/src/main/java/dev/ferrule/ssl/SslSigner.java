package dev.ferrule.ssl;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Signs handshakes with a key that this process does not have, such as that of an HSM or a key
 * management service. For {@link Credentials#of(SslSigner, List)}.
 */
@FunctionalInterface
public interface SslSigner {
  /**
   * Signs a message, at once or later. It is called in a task of the handshake ({@link
   * dev.ferrule.LoopSetup#tasks}, by default on a virtual thread each), so it may block too; a task
   * that runs on the loop's thread holds the loop. The handshake waits for the answer, at most as
   * long as its time limit, and 60 s; when the connection ends before, the stage is cancelled
   * ({@code toCompletableFuture().cancel}). The answer may be given by any thread.
   *
   * @param scheme how to sign, by IANA's name (TLS SignatureScheme), such as {@code
   *     ecdsa_secp256r1_sha256} or {@code rsa_pss_rsae_sha256}. In TLS 1.2 the name's curve does
   *     not count, the key's does
   * @param message what to sign, not hashed yet; the callee's to keep
   * @return the signature, an ECDSA-Sig-Value in DER for ECDSA. It is verified with the key of the
   *     certificate before it is sent. A failure ends the handshake and the connection; the program
   *     gets an {@link SslError} of this side that says why
   */
  CompletionStage<byte[]> sign(String scheme, byte[] message);
}
