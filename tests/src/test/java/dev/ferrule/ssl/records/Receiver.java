package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.contract.OutletOwner;
import dev.ferrule.testkit.contract.WireEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One end that reads all that is on its link, as a socket does, and then ends its output. */
final class Receiver {
  private static final int HEADER = 5;

  private final MemoryEnd link;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private boolean ended;
  private @Nullable SslError failure;

  Receiver(MemoryEnd link, Buffers buffers, WireEnd.Maker maker) throws IOException {
    this.link = link;
    OutletOwner owner = new OutletOwner(link, buffers);
    Wire first = maker.wire(link, buffers, owner);
    assertThat(first.handshake()).isEqualTo(Wire.DONE);
    Wire wire = first.established();
    first.release();
    try {
      readAll(wire, buffers);
      assertThat(wire.closeOutput()).isEqualTo(Wire.DONE);
      owner.outlet().flush();
    } finally {
      wire.release();
      owner.outlet().clear();
    }
  }

  private void readAll(Wire wire, Buffers buffers) throws IOException {
    int left = 1_000_000; // calls
    while (!ended && failure == null) {
      assertThat(left--).as("calls that are left").isPositive();
      ByteBuffer plain = buffers.plain(wire.memory());
      try {
        int n = wire.read(plain);
        ended = n == Wire.END;
        assertThat(n > 0 || n == Wire.READ || ended).isTrue();
        assertThat(plain.position()).isEqualTo(Math.max(0, n));
      } catch (SslError e) {
        failure = e;
        assertThat(plain.position()).isZero();
      }
      data.write(plain.array(), plain.arrayOffset(), plain.position());
    }
  }

  byte[] data() {
    return data.toByteArray();
  }

  /** What is wrong with it, if it must be as {@code expected}; null when nothing is. */
  @Nullable String fault(Expected expected, PeerKeys sent) {
    byte[] wire = link.written();
    byte[] alert = {1, 0};
    SslError error = failure;
    boolean right =
        switch (expected.end()) {
          case CLEAN -> ended;
          case CUT -> error instanceof SslTruncated;
          case TOLD ->
              error != null
                  && error.side() == SslError.Side.PEER
                  && expected.told(error.alert().orElse("none"));
          case REFUSED ->
              error != null
                  && error.side() == SslError.Side.OURS
                  && expected.alerts().contains(error.alert().orElse("none"));
        };
    if (!right) {
      return "it ended otherwise: " + (ended ? "cleanly" : error);
    }
    if (expected.end() == Expected.End.TOLD) {
      return wire.length == 0 ? null : "it answered an error alert";
    }
    if (error != null && error.side() == SslError.Side.OURS) {
      alert = new byte[] {2, (byte) Alerts.number(error.alert().orElseThrow())};
    }
    return isAlert(wire, sent, alert) ? null : "it did not send the alert alone";
  }

  private static boolean isAlert(byte[] wire, PeerKeys sent, byte[] alert) {
    if (wire.length != HEADER + 2 + 1 + 16) {
      return false;
    }
    byte[] plain = sent.open(wire);
    return plain != null && plain[0] == alert[0] && plain[1] == alert[1] && plain[2] == Inner.ALERT;
  }
}
