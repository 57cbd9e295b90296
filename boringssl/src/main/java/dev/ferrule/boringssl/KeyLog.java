package dev.ferrule.boringssl;

import dev.ferrule.spi.RecordedLink;
import dev.ferrule.ssl.SslKeyLog;
import io.netty.internal.tcnative.KeyLogCallback;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Called by BoringSSL inside a step of the handshake, on the loop's thread. */
record KeyLog(Map<Long, BoringWire> wires, @Nullable SslKeyLog keyLog) implements KeyLogCallback {
  @Override
  public void handle(long ssl, byte[] line) {
    BoringWire wire = wires.get(ssl);
    Handshake handshake = wire == null ? null : wire.handshaking();
    if (handshake != null) {
      handshake.secrets().take(line);
    }
    if (keyLog != null) {
      keyLog.write(line);
    }
    if (wire != null && wire.input.link() instanceof RecordedLink recorded) {
      recorded.secret(line);
    }
    Arrays.fill(line, (byte) 0);
  }
}
