package dev.ferrule.tests.ssl;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslError;
import dev.ferrule.tests.Provided;
import java.security.Key;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.MacSpi;
import org.junit.jupiter.api.Test;

/** A security provider that fails when keys are derived from the traffic secrets. */
class BrokenMacTest {
  static final class Broken extends MacSpi {
    @Override
    protected int engineGetMacLength() {
      return 32;
    }

    @Override
    protected void engineInit(Key key, AlgorithmParameterSpec params) {}

    @Override
    protected void engineUpdate(byte input) {}

    @Override
    protected void engineUpdate(byte[] input, int offset, int len) {}

    @Override
    protected byte[] engineDoFinal() {
      throw new ProviderException("CKR_DEVICE_ERROR");
    }

    @Override
    protected void engineReset() {}
  }

  static final class Token extends Provider {
    private static final long serialVersionUID = 1L;

    Token() {
      super("Token", "1", "a token that fails");
      for (String name : new String[] {"HmacSHA256", "HmacSHA384"}) {
        putService(
            new Service(this, "Mac", name, Broken.class.getName(), null, null) {
              @Override
              public Object newInstance(Object parameter) {
                return new Broken();
              }
            });
      }
    }
  }

  @Test
  void a_failing_provider_fails_the_connection_and_not_the_jvm() {
    assumeTrue(Provided.RECORDS == RecordLayer.JAVA, "for records in Java");
    Pair pair = new Pair();
    Security.insertProviderAt(new Token(), 1);
    try {
      pair.run();
    } finally {
      Security.removeProvider("Token");
    }
    pair.server.ssl(SslError.Side.OURS, SslError.Stage.DATA, "CKR_DEVICE_ERROR");
    pair.client.ssl(SslError.Side.OURS, SslError.Stage.DATA, "CKR_DEVICE_ERROR");
  }
}
