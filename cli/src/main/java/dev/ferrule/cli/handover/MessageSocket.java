package dev.ferrule.cli.handover;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.cli.handover.Calls.Call;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to another process of this machine, over which texts go that have descriptors with
 * them: SOCK_SEQPACKET with SCM_RIGHTS, see unix(7). Calls block, for a limited time. One thread at
 * a time, but for {@link #close}.
 */
final class MessageSocket implements AutoCloseable {
  /** Descriptors of one message; the system takes 253. */
  static final int MOST_DESCRIPTORS = 200;

  static final int CLOEXEC = 0x80000;
  static final int SEQPACKET_CLOEXEC = 5 | CLOEXEC;
  private static final int MOST_BYTES = 8192;
  private static final int MESSAGE_BYTES = 56; // struct msghdr
  private static final int CONTROL_HEADER = 16; // struct cmsghdr
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int SO_PEERCRED = 17;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;
  private static final int MSG_CTRUNC = 8;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  /** A text, and the descriptors that came with it, which the receiver closes. */
  record Message(String text, List<Integer> descriptors) {}

  /** Who is at the other end. */
  record Peer(int pid, int user) {}

  private final int descriptor;

  MessageSocket(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Connects to a path; null when nobody listens there. */
  static @Nullable MessageSocket connect(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = LocalAddress.unix(arena, path.toString());
      int descriptor =
          Call.SOCKET.require("socket", LocalAddress.AF_UNIX, SEQPACKET_CLOEXEC, 0, 0, 0);
      int result = Call.CONNECT.of(descriptor, address.address(), LocalAddress.UNIX_BYTES);
      if (result == 0) {
        return new MessageSocket(descriptor);
      }
      Calls.close(descriptor);
      if (result == -Calls.ENOENT || result == -Calls.ECONNREFUSED) {
        return null;
      }
      throw new IOException(path + ": " + Calls.text(-result));
    }
  }

  /** How long a call may block. */
  void limit(Duration time) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocateFrom(JAVA_LONG, time.toSeconds(), 0); // struct timeval
      for (int option : new int[] {SO_RCVTIMEO, SO_SNDTIMEO}) {
        int _ =
            Call.SETSOCKOPT.require(
                "setsockopt", descriptor, SOL_SOCKET, option, value.address(), 16);
      }
    }
  }

  /** Who is at the other end, as the system knows it. */
  Peer peer() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment credentials = arena.allocate(12, 4); // struct ucred
      MemorySegment length = arena.allocateFrom(JAVA_INT, 12);
      int _ =
          Call.GETSOCKOPT.require(
              "getsockopt",
              descriptor,
              SOL_SOCKET,
              SO_PEERCRED,
              credentials.address(),
              length.address());
      return new Peer(credentials.get(JAVA_INT, 0), credentials.get(JAVA_INT, 4));
    }
  }

  /** False when the other end has closed. */
  boolean send(String text, List<Integer> descriptors) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = text.getBytes(UTF_8);
      MemorySegment message = message(arena, arena.allocateFrom(JAVA_BYTE, bytes), bytes.length);
      if (!descriptors.isEmpty()) {
        int length = CONTROL_HEADER + Integer.BYTES * descriptors.size();
        MemorySegment control = arena.allocate((length + 7) & -8, 8);
        control.set(JAVA_LONG, 0, length);
        control.set(JAVA_INT, 8, SOL_SOCKET);
        control.set(JAVA_INT, 12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
          control.set(JAVA_INT, CONTROL_HEADER + (long) Integer.BYTES * i, descriptors.get(i));
        }
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, control.byteSize());
      }
      int sent = Call.SENDMSG.of(descriptor, message.address(), MSG_NOSIGNAL);
      if (sent == -Calls.EPIPE || sent == -Calls.ECONNRESET) {
        return false;
      } else if (sent < 0) {
        throw new IOException("the other process does not read: " + Calls.text(-sent));
      }
      return true;
    }
  }

  boolean send(String text) throws IOException {
    return send(text, List.of());
  }

  /** The next message; null when the other end has closed. */
  @Nullable Message receive() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(MOST_BYTES);
      MemorySegment message = message(arena, bytes, MOST_BYTES);
      MemorySegment control =
          arena.allocate(CONTROL_HEADER + (long) Integer.BYTES * MOST_DESCRIPTORS, 8);
      message.set(ADDRESS, 32, control);
      message.set(JAVA_LONG, 40, control.byteSize());
      int read = Call.RECVMSG.of(descriptor, message.address(), MSG_CMSG_CLOEXEC);
      if (read == -Calls.ECONNRESET) {
        return null;
      } else if (read < 0) {
        throw new IOException("the other process does not answer: " + Calls.text(-read));
      }
      List<Integer> received = received(control, message.get(JAVA_LONG, 40));
      if ((message.get(JAVA_INT, 48) & MSG_CTRUNC) != 0) {
        received.forEach(Calls::close);
        throw new IOException("this process may not open so many descriptors");
      }
      if (read == 0) {
        return null;
      }
      return new Message(new String(bytes.asSlice(0, read).toArray(JAVA_BYTE), UTF_8), received);
    }
  }

  private static MemorySegment message(Arena arena, MemorySegment bytes, int length) {
    MemorySegment part = arena.allocate(16, 8); // struct iovec
    part.set(ADDRESS, 0, bytes);
    part.set(JAVA_LONG, 8, length);
    MemorySegment message = arena.allocate(MESSAGE_BYTES, 8);
    message.set(ADDRESS, 16, part);
    message.set(JAVA_LONG, 24, 1);
    return message;
  }

  private static List<Integer> received(MemorySegment control, long length) {
    List<Integer> all = new ArrayList<>();
    if (length >= CONTROL_HEADER
        && control.get(JAVA_INT, 8) == SOL_SOCKET
        && control.get(JAVA_INT, 12) == SCM_RIGHTS) {
      long end = Math.min(length, control.get(JAVA_LONG, 0));
      for (long at = CONTROL_HEADER; at + Integer.BYTES <= end; at += Integer.BYTES) {
        all.add(control.get(JAVA_INT, at));
      }
    }
    return all;
  }

  @Override
  public void close() {
    Calls.close(descriptor);
  }
}
