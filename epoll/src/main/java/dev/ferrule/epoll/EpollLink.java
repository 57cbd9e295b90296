package dev.ferrule.epoll;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.FileRange;
import dev.ferrule.spi.KernelRecords;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.PathFacts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.jspecify.annotations.Nullable;

/** A {@link Link} on a non-blocking socket. */
final class EpollLink extends Watched implements Link {
  /** The most bytes of one call: it blocks garbage collection while it runs. */
  private static final int MOST = Buffers.OUTPUT;

  private final boolean unix;
  private boolean connected;
  private boolean undelayed;
  private boolean deferred;

  /** The peer's address, packed until it is asked for; see {@link Sockaddr#unpack}. */
  private Object remote;

  private EpollLink(EpollPoller poller, int fd, Object remote, boolean unix, boolean accepted) {
    super(poller, fd, true);
    this.remote = remote;
    this.unix = unix;
    this.connected = accepted;
    this.undelayed = accepted; // inherited from the listener: tcp(7)
  }

  /** {@code deferred}: connect sent nothing, if the first write is to do it (TCP_FASTOPEN). */
  static EpollLink connecting(EpollPoller poller, int fd, SocketAddress remote, boolean deferred) {
    boolean unix = remote instanceof UnixDomainSocketAddress;
    EpollLink link = new EpollLink(poller, fd, remote, unix, false);
    link.deferred = deferred;
    return link;
  }

  static EpollLink accepted(EpollPoller poller, int fd, Object remote, boolean unix) {
    return new EpollLink(poller, fd, remote, unix, true);
  }

  @Override
  public boolean finishConnect() throws IOException {
    check();
    if (connected) {
      return true;
    }
    Scratch scratch = poller.scratch;
    MemorySegment value = scratch.value.asSlice(0, 4);
    int n =
        Libc.getsockopt(
            scratch.errno, fd, Libc.SOL_SOCKET, Libc.SO_ERROR, value, scratch.room(value));
    int errno = n < 0 ? -n : value.get(ValueLayout.JAVA_INT, 0);
    if (errno != 0) {
      throw Errno.failure(errno);
    }
    // A socket that is still connecting reports no error either.
    n = Libc.getpeername(scratch.errno, fd, scratch.address, scratch.room(scratch.address));
    if (n == -Errno.ENOTCONN && deferred) {
      n = 0; // writable without an error: it waits for the bytes that go with the SYN
    }
    if (n == -Errno.ENOTCONN) {
      used(WRITE);
      return false;
    }
    if (n < 0) {
      throw Errno.failure(-n);
    }
    connected = true;
    return true;
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    check();
    if (destination.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    int at = destination.position();
    int room = Math.min(destination.remaining(), MOST);
    if (room == 0) {
      return 0; // recv would return 0 as well, which means the end
    }
    boolean heap = !destination.isDirect();
    MemorySegment region = poller.regions.of(destination);
    int n;
    do {
      n = Transfer.recv(poller.scratch.errno, fd, region, heap, at, room);
    } while (n == -Errno.EINTR);
    if (n > 0) {
      destination.position(at + n);
      if (n < room && !unix) { // a Unix socket also ends a read behind a message with descriptors
        emptied();
      }
      return n;
    }
    if (n == -Errno.EAGAIN) {
      used(READ);
    }
    return n == 0 ? -1 : zeroIfWouldBlock(n);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    check();
    int at = source.position();
    int length = Math.min(source.remaining(), MOST);
    if (length == 0) {
      return 0;
    }
    boolean heap = !source.isDirect();
    MemorySegment region = poller.regions.of(source);
    int n;
    do {
      n = Transfer.send(poller.scratch.errno, fd, region, heap, at, length);
    } while (n == -Errno.EINTR);
    if (n < length) {
      used(WRITE);
    }
    if (n >= 0) {
      source.position(at + n);
      return n;
    }
    return zeroIfWouldBlock(n);
  }

  @Override
  public int sendFile(FileRange file, int most) throws IOException {
    check();
    int n;
    do {
      n = OpenedFile.send(poller.scratch, fd, file, most);
    } while (n == -Errno.EINTR);
    return switch (-n) {
      case Errno.EBADF, Errno.EINVAL, Errno.EIO, Errno.ENOSYS, Errno.EOVERFLOW -> {
        OpenedFile.giveUp(file); // its file system has no such thing, or it cannot be read
        yield NO_FILE;
      }
      case Errno.EAGAIN -> {
        used(WRITE);
        yield 0;
      }
      default -> n >= 0 ? n : zeroIfWouldBlock(n);
    };
  }

  /** Returns 0 if the call would have blocked, else throws the failure. */
  private static int zeroIfWouldBlock(int negated) throws LinkException {
    if (negated == -Errno.EAGAIN || negated == -Errno.EINPROGRESS) {
      return 0; // EINPROGRESS: with TCP_FASTOPEN the write began to connect, and took nothing
    }
    throw Errno.failure(-negated);
  }

  @Override
  public void shutdownOutput() throws IOException {
    int n = Libc.shutdown(poller.scratch.errno, fd, Libc.SHUT_WR);
    if (n < 0 && n != -Errno.ENOTCONN) { // ENOTCONN: the peer has reset the connection
      throw Errno.failure(-n);
    }
  }

  @Override
  public void close() {
    release();
  }

  @Override
  public void abort() {
    if (closed) {
      return;
    }
    if (!unix) {
      // struct linger: on, 0 seconds, so close sends RST. It fails only on an unconnected socket.
      MemorySegment linger = poller.scratch.ints(1, 0);
      Libc.setsockopt(poller.scratch.errno, fd, Libc.SOL_SOCKET, Libc.SO_LINGER, linger, 8);
    }
    release();
  }

  @Override
  public void noDelay(boolean enabled) throws IOException {
    if (unix || enabled == undelayed) {
      return;
    }
    MemorySegment value = poller.scratch.ints(enabled ? 1 : 0, 0);
    int n = Libc.setsockopt(poller.scratch.errno, fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, value, 4);
    if (n < 0) {
      throw Errno.failure(-n);
    }
    undelayed = enabled;
  }

  @Override
  public @Nullable KernelRecords kernelRecords() {
    return unix || closed ? null : new KernelTls(this);
  }

  @Override
  public @Nullable PathFacts path() {
    if (closed || unix) {
      return null;
    }
    Scratch scratch = poller.scratch;
    MemorySegment info = scratch.address; // larger than the part of struct tcp_info that is read
    int n =
        Libc.getsockopt(
            scratch.errno, fd, Libc.IPPROTO_TCP, Libc.TCP_INFO, info, scratch.room(info));
    return n < 0 || scratch.length() < TcpInfo.BYTES ? null : TcpInfo.read(info);
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return closed ? null : poller.localAddress(fd);
  }

  @Override
  public SocketAddress remoteAddress() {
    SocketAddress address = Sockaddr.unpack(remote);
    remote = address;
    return address;
  }
}
