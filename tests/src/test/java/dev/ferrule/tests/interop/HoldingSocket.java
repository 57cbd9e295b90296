package dev.ferrule.tests.interop;

import dev.ferrule.tests.JdkContexts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** A socket below a JDK SSLSocket that can hold back what is written, to send it in one burst. */
final class HoldingSocket extends Socket {
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean holding;

  HoldingSocket(int port) throws IOException {
    super(InetAddress.getLoopbackAddress(), port);
  }

  /** The SSL socket on top of it. */
  SSLSocket secure() throws IOException {
    return (SSLSocket)
        JdkContexts.of(null).getSocketFactory().createSocket(this, "localhost", getPort(), true);
  }

  void hold() {
    holding = true;
  }

  /** Sends what was held, in one write. */
  void release() throws IOException {
    holding = false;
    super.getOutputStream().write(held.toByteArray());
    held.reset();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    OutputStream below = super.getOutputStream();
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] data, int offset, int length) throws IOException {
        if (holding) {
          held.write(data, offset, length);
        } else {
          below.write(data, offset, length);
        }
      }
    };
  }
}
