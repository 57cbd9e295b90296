package dev.ferrule.nio;

import dev.ferrule.spi.Link;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/** Sets the sizes of a socket's kernel buffers. It lives in this package to reach the channel. */
public final class NioBuffers {
  private NioBuffers() {}

  /** Whether it was a link of this package. */
  public static boolean set(Link link, int send, int receive) throws IOException {
    if (!(link instanceof NioLink)) {
      return false;
    }
    try {
      Field field = NioLink.class.getDeclaredField("channel");
      field.setAccessible(true);
      SocketChannel channel = (SocketChannel) field.get(link);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, send);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, receive);
      return true;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the channel of a link has another name now", e);
    }
  }
}
