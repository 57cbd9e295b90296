package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * The JDK's ciphers of TLS 1.3, first among the providers until it is closed, that remembers the
 * key and the nonce of each encryption: the same twice would give both messages away.
 */
final class NonceMemory extends Provider implements AutoCloseable {
  private static final long serialVersionUID = 1L;
  private static final int NONCE = 12;

  private final transient Set<ByteBuffer> used = new HashSet<>();
  private int repeated;
  private boolean failing;

  NonceMemory() {
    super("NonceMemory", "1", "ciphers that remember");
    put("AES/GCM/NoPadding");
    put("ChaCha20-Poly1305");
    assertThat(Security.insertProviderAt(this, 1)).isEqualTo(1);
  }

  private void put(String transformation) {
    putService(
        new Service(this, "Cipher", transformation, Remembering.class.getName(), null, null) {
          @Override
          public Object newInstance(Object parameter) {
            return new Remembering(NonceMemory.this, transformation);
          }
        });
  }

  @Override
  public void close() {
    Security.removeProvider(getName());
  }

  /** From now on no encryption succeeds. */
  void fail() {
    failing = true;
  }

  private void remember(ByteBuffer keyAndNonce) {
    if (failing) {
      throw new ProviderException("CKR_DEVICE_ERROR");
    }
    if (!used.add(keyAndNonce)) {
      repeated++;
    }
  }

  /** Different keys and nonces that something was encrypted with. */
  int encryptions() {
    return used.size();
  }

  /** Different keys that something was encrypted with. */
  long differentKeys() {
    return used.stream().map(both -> both.slice(0, both.limit() - NONCE)).distinct().count();
  }

  /** Encryptions with a key and a nonce that were used before. */
  int repeated() {
    return repeated;
  }

  /** Looks where encryptions end. */
  private static final class Remembering extends CipherSpi {
    private final NonceMemory memory;
    private final Cipher real;
    private ByteBuffer keyAndNonce = ByteBuffer.allocate(0);
    private boolean encrypts;

    Remembering(NonceMemory memory, String transformation) {
      this.memory = memory;
      try {
        this.real = Cipher.getInstance(transformation, "SunJCE");
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    protected void engineInit(
        int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
        throws InvalidKeyException, InvalidAlgorithmParameterException {
      real.init(mode, key, parameters, random);
      byte[] bytes = key.getEncoded();
      byte[] nonce =
          parameters instanceof IvParameterSpec vector
              ? vector.getIV()
              : ((GCMParameterSpec) parameters).getIV();
      keyAndNonce = ByteBuffer.allocate(bytes.length + nonce.length).put(bytes).put(nonce).flip();
      encrypts = mode == Cipher.ENCRYPT_MODE;
    }

    private void remember() {
      if (encrypts) {
        memory.remember(keyAndNonce);
        encrypts = false; // until it is initialized again
      }
    }

    @Override
    protected byte[] engineUpdate(byte[] input, int at, int length) {
      return real.update(input, at, length);
    }

    @Override
    protected int engineUpdate(byte[] input, int at, int length, byte[] output, int to)
        throws ShortBufferException {
      return real.update(input, at, length, output, to);
    }

    @Override
    protected byte[] engineDoFinal(byte[] input, int at, int length)
        throws IllegalBlockSizeException, BadPaddingException {
      remember();
      return real.doFinal(input, at, length);
    }

    @Override
    protected int engineDoFinal(byte[] input, int at, int length, byte[] output, int to)
        throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
      remember();
      return real.doFinal(input, at, length, output, to);
    }

    @Override
    protected void engineUpdateAAD(byte[] bytes, int at, int length) {
      real.updateAAD(bytes, at, length);
    }

    @Override
    protected int engineGetBlockSize() {
      return real.getBlockSize();
    }

    @Override
    protected int engineGetOutputSize(int length) {
      return real.getOutputSize(length);
    }

    @Override
    protected byte[] engineGetIV() {
      return real.getIV();
    }

    @Override
    protected AlgorithmParameters engineGetParameters() {
      return real.getParameters();
    }

    @Override
    protected void engineSetMode(String mode) {
      throw new UnsupportedOperationException(mode);
    }

    @Override
    protected void engineSetPadding(String padding) {
      throw new UnsupportedOperationException(padding);
    }

    @Override
    protected void engineInit(int mode, Key key, SecureRandom random) {
      throw new UnsupportedOperationException("without a nonce");
    }

    @Override
    protected void engineInit(
        int mode, Key key, AlgorithmParameters parameters, SecureRandom random) {
      throw new UnsupportedOperationException("with parameters of another kind");
    }
  }
}
