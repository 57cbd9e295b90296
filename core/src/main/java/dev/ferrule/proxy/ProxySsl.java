package dev.ferrule.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of its SSL connection with the client (PP2_TYPE_SSL of proxy-protocol.txt). The
 * texts are those of the proxy's library.
 *
 * @param overSsl whether the client spoke SSL
 * @param certificate whether the client showed a certificate, in this connection or the session
 * @param verified whether that certificate was verified
 * @param version the protocol, such as {@code TLSv1.3}; null when it was not said
 * @param commonName the common name of the certificate's owner; null when it was not said
 * @param cipher the cipher suite; null when it was not said
 */
public record ProxySsl(
    boolean overSsl,
    boolean certificate,
    boolean verified,
    @Nullable String version,
    @Nullable String commonName,
    @Nullable String cipher) {
  private static final int CLIENT_SSL = 1;
  private static final int CLIENT_CERTIFICATE = 2 | 4;
  private static final int VERSION = 0x21;
  private static final int COMMON_NAME = 0x22;
  private static final int CIPHER = 0x23;

  /** Empty when the bytes are not what they should be. */
  static Optional<ProxySsl> parse(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    if (from.remaining() < 5) {
      return Optional.empty();
    }
    int client = from.get();
    boolean verified = from.getInt() == 0;
    @Nullable String[] texts = new @Nullable String[3];
    while (from.hasRemaining()) {
      if (from.remaining() < 3) {
        return Optional.empty();
      }
      int type = from.get() & 0xFF;
      int length = Short.toUnsignedInt(from.getShort());
      if (length > from.remaining()) {
        return Optional.empty();
      }
      byte[] value = new byte[length];
      from.get(value);
      if (type >= VERSION && type <= CIPHER) {
        texts[type - VERSION] = new String(value, StandardCharsets.UTF_8);
      }
    }
    boolean certificate = (client & CLIENT_CERTIFICATE) != 0;
    return Optional.of(
        new ProxySsl(
            (client & CLIENT_SSL) != 0,
            certificate,
            certificate && verified,
            texts[0],
            texts[COMMON_NAME - VERSION],
            texts[CIPHER - VERSION]));
  }

  /** The bytes of the value. */
  byte[] encoded() {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    to.write((overSsl ? CLIENT_SSL : 0) | (certificate ? CLIENT_CERTIFICATE : 0));
    to.writeBytes(new byte[] {0, 0, 0, (byte) (verified || !certificate ? 0 : 1)});
    put(to, VERSION, version);
    put(to, COMMON_NAME, commonName);
    put(to, CIPHER, cipher);
    return to.toByteArray();
  }

  private static void put(ByteArrayOutputStream to, int type, @Nullable String text) {
    if (text == null) {
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.write(type);
    to.write(bytes.length >> 8);
    to.write(bytes.length);
    to.writeBytes(bytes);
  }
}
