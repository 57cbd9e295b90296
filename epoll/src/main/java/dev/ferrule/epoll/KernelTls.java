package dev.ferrule.epoll;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ferrule.spi.KernelRecords;
import dev.ferrule.spi.RecordKeys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Linux' kernel TLS on one socket: the upper layer protocol {@code tls} (TCP_ULP), and keys for
 * each direction (TLS_TX, TLS_RX). The numbers and structures are those of {@code linux/tls.h}.
 * Belongs to the loop's thread.
 */
final class KernelTls implements KernelRecords {
  private static final int TCP_ULP = 31;
  private static final int SOL_TLS = 282;
  private static final int TLS_TX = 1;
  private static final int TLS_RX = 2;
  private static final short TLS_1_3 = 0x0304;
  private static final int AES_GCM_128 = 51;
  private static final int AES_GCM_256 = 52;
  private static final int CHACHA20_POLY1305 = 54;
  private static final int SALT = 4;
  private static final String KEEPS_KEYS =
      "this kernel cannot replace keys (Linux can from 6.14 on)";

  private final EpollLink link;
  private boolean attached;
  private int type;

  KernelTls(EpollLink link) {
    this.link = link;
  }

  @Override
  public @Nullable String protectWriting(RecordKeys keys) {
    return protect(TLS_TX, keys);
  }

  @Override
  public @Nullable String protectReading(RecordKeys keys) {
    return protect(TLS_RX, keys);
  }

  /**
   * A kernel that can replace keys looks at the version and cipher of the new ones first (EINVAL:
   * these are none); one that cannot does not look at all (EBUSY).
   */
  @Override
  public @Nullable String keepsWritingKeys() {
    MemorySegment none = link.poller.scratch.ints(0, 0);
    int n = Libc.setsockopt(link.poller.scratch.errno, link.fd, SOL_TLS, TLS_TX, none, 4);
    return n == -Errno.EBUSY ? KEEPS_KEYS : null;
  }

  private @Nullable String protect(int direction, RecordKeys keys) {
    MemorySegment errno = link.poller.scratch.errno;
    try (Arena arena = Arena.ofConfined()) {
      if (!attached) {
        MemorySegment name = arena.allocateFrom("tls");
        int n = Libc.setsockopt(errno, link.fd, Libc.IPPROTO_TCP, TCP_ULP, name, 3);
        if (n == -Errno.ENOENT) {
          return "this kernel has no TLS (CONFIG_TLS), or its module is not loaded (modprobe tls)";
        }
        if (n == -Errno.ENOTCONN) {
          return "one side of the connection has ended already (ENOTCONN)";
        }
        if (n < 0) {
          return "the system refuses TCP_ULP: " + Errno.text(-n);
        }
        attached = true;
      }
      MemorySegment info = info(arena, keys);
      int n = Libc.setsockopt(errno, link.fd, SOL_TLS, direction, info, (int) info.byteSize());
      info.fill((byte) 0);
      if (n == -Errno.EBUSY) {
        return KEEPS_KEYS;
      }
      return n < 0 ? "the kernel refuses " + keys.cipher() + ": " + Errno.text(-n) : null;
    }
  }

  /** A {@code struct tls12_crypto_info_...}: version, cipher, iv, key, salt, sequence number. */
  private static MemorySegment info(Arena arena, RecordKeys keys) {
    int salt = keys.cipher() == RecordKeys.Cipher.CHACHA20_POLY1305 ? 0 : SALT;
    int iv = keys.iv().length - salt;
    int key = keys.key().length;
    MemorySegment info = arena.allocate(4L + iv + key + salt + Long.BYTES, 8);
    info.set(JAVA_SHORT_UNALIGNED, 0, TLS_1_3);
    info.set(JAVA_SHORT_UNALIGNED, 2, (short) number(keys.cipher()));
    MemorySegment.copy(keys.iv(), salt, info, ValueLayout.JAVA_BYTE, 4, iv);
    MemorySegment.copy(keys.key(), 0, info, ValueLayout.JAVA_BYTE, 4L + iv, key);
    MemorySegment.copy(keys.iv(), 0, info, ValueLayout.JAVA_BYTE, 4L + iv + key, salt);
    info.set(
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN),
        4L + iv + key + salt,
        keys.sequence());
    return info;
  }

  private static int number(RecordKeys.Cipher cipher) {
    return switch (cipher) {
      case AES_128_GCM -> AES_GCM_128;
      case AES_256_GCM -> AES_GCM_256;
      case CHACHA20_POLY1305 -> CHACHA20_POLY1305;
    };
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    link.check();
    RecordMessage message = link.poller.recordMessage();
    MemorySegment content = MemorySegment.ofBuffer(destination);
    int n;
    do {
      n = message.receive(link.poller.scratch.errno, link.fd, content);
    } while (n == -Errno.EINTR);
    if (n >= 0) {
      type = message.type();
      if (type < 0) {
        return n == 0 ? END : NOT_A_RECORD;
      }
      destination.position(destination.position() + n);
      return n;
    }
    return switch (-n) {
      case Errno.EAGAIN -> {
        link.used(EpollLink.READ);
        yield NOTHING;
      }
      case Errno.EBADMSG -> {
        clearError();
        yield NOT_AUTHENTIC;
      }
      case Errno.EMSGSIZE -> {
        clearError();
        yield TOO_LONG;
      }
      case Errno.EINVAL -> {
        clearError();
        yield NOT_A_RECORD;
      }
      default -> throw Errno.failure(-n);
    };
  }

  /** The kernel keeps the failure as the socket's, and would not send an alert. */
  private void clearError() {
    Scratch scratch = link.poller.scratch;
    MemorySegment value = scratch.value.asSlice(0, 4);
    int _ =
        Libc.getsockopt(
            scratch.errno, link.fd, Libc.SOL_SOCKET, Libc.SO_ERROR, value, scratch.room(value));
  }

  @Override
  public int type() {
    return type;
  }

  @Override
  public boolean write(int recordType, byte[] content) throws IOException {
    RecordMessage message = link.poller.recordMessage();
    int n;
    do {
      n = message.send(link.poller.scratch.errno, link.fd, recordType, content);
    } while (n == -Errno.EINTR);
    if (n == -Errno.EAGAIN) {
      link.used(EpollLink.WRITE);
      return false;
    }
    if (n < 0) {
      throw Errno.failure(-n);
    }
    return true;
  }
}
