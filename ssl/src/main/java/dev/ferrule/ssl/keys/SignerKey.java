package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslSigner;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SignatureException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The place of a private key that only a program's callback can sign with. Any thread. */
public final class SignerKey implements PrivateKey {
  private static final long serialVersionUID = 1L;

  /** So that no answer keeps what the handshake holds for ever. */
  private static final long LONGEST_SECONDS = 60;

  private final transient SslSigner signer;
  private final String algorithm;

  /** {@code algorithm} is that of the public key. */
  public SignerKey(SslSigner signer, String algorithm) {
    this.signer = signer;
    this.algorithm = algorithm;
  }

  /**
   * Asks the program, and waits.
   *
   * @param scheme by IANA's name
   * @param waits is given what is waited for, and may cancel it
   */
  public byte[] sign(String scheme, byte[] message, Consumer<Future<?>> waits)
      throws GeneralSecurityException {
    CompletionStage<byte[]> answer = signer.sign(scheme, message);
    if (answer == null) {
      throw new SignatureException("the signing callback returned no CompletionStage");
    }
    Future<byte[]> awaited = answer.toCompletableFuture();
    waits.accept(awaited);
    try {
      byte[] signature = awaited.get(LONGEST_SECONDS, TimeUnit.SECONDS);
      if (signature == null) {
        throw new SignatureException("the signing callback answered without a signature");
      }
      return signature;
    } catch (TimeoutException e) {
      throw new SignatureException(
          "the signing callback gave no answer within " + LONGEST_SECONDS + " s", e);
    } catch (CancellationException e) {
      throw new SignatureException(
          "the signing callback was given up: the connection has ended", e);
    } catch (ExecutionException e) {
      throw new SignatureException("the signing callback failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SignatureException("the signing callback was interrupted", e);
    }
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public @Nullable String getFormat() {
    return null;
  }

  @Override
  public byte @Nullable [] getEncoded() {
    return null;
  }
}
