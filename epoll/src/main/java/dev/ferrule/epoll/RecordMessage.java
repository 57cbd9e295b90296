package dev.ferrule.epoll;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The message in which recvmsg(2) and sendmsg(2) move the content of a record together with its
 * type, a control message of SOL_TLS. A poller has one, for its thread.
 */
final class RecordMessage {
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SOL_TLS = 282;
  private static final int TLS_SET_RECORD_TYPE = 1;
  private static final int TLS_GET_RECORD_TYPE = 2;

  // struct msghdr, which has the addresses of the other two
  private static final int CONTENTS = 16;
  private static final int CONTENT_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int HEADER_BYTES = 56;

  // struct iovec
  private static final int CONTENT_BYTES = 16;

  // struct cmsghdr, and a byte behind it
  private static final int LEVEL = 8;
  private static final int KIND = 12;
  private static final int TYPE = 16;
  private static final int ONE_TYPE = 17; // CMSG_LEN(1)
  private static final int CONTROL_BYTES = 24; // CMSG_SPACE(1)

  private static final int MOST_SENT = 16; // an alert, a KeyUpdate

  // ssize_t recvmsg(int fd, struct msghdr *message, int flags)
  private static final MethodHandle RECVMSG = Libc.handle("recvmsg");

  // ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
  private static final MethodHandle SENDMSG = Libc.handle("sendmsg");

  private final MemorySegment header;
  private final MemorySegment content;
  private final MemorySegment control;
  private final MemorySegment sent;

  RecordMessage() {
    MemorySegment all =
        Arena.ofAuto().allocate(HEADER_BYTES + CONTENT_BYTES + CONTROL_BYTES + MOST_SENT, 8);
    header = all.asSlice(0, HEADER_BYTES);
    content = all.asSlice(HEADER_BYTES, CONTENT_BYTES);
    control = all.asSlice(HEADER_BYTES + CONTENT_BYTES, CONTROL_BYTES);
    sent = all.asSlice(HEADER_BYTES + CONTENT_BYTES + CONTROL_BYTES, MOST_SENT);
    header.set(JAVA_LONG, CONTENTS, content.address());
    header.set(JAVA_LONG, CONTENT_COUNT, 1);
    header.set(JAVA_LONG, CONTROL, control.address());
  }

  private void prepare(MemorySegment bytes, long length) {
    content.set(JAVA_LONG, 0, bytes.address());
    content.set(JAVA_LONG, 8, length);
    header.set(JAVA_LONG, CONTROL_LENGTH, CONTROL_BYTES);
    control.fill((byte) 0);
  }

  /** Receives content of one type, which {@link #type} tells then. */
  int receive(MemorySegment state, int fd, MemorySegment destination) {
    prepare(destination, destination.byteSize());
    return Libc.call(RECVMSG, state, destination, fd, header.address(), 0, 0, 0);
  }

  /** The type of what was received; -1 when there was no record. */
  int type() {
    boolean told =
        header.get(JAVA_LONG, CONTROL_LENGTH) >= ONE_TYPE
            && control.get(JAVA_INT, LEVEL) == SOL_TLS
            && control.get(JAVA_INT, KIND) == TLS_GET_RECORD_TYPE;
    return told ? Byte.toUnsignedInt(control.get(JAVA_BYTE, TYPE)) : -1;
  }

  /** Sends a record of a type. */
  int send(MemorySegment state, int fd, int type, byte[] bytes) {
    MemorySegment.copy(bytes, 0, sent, JAVA_BYTE, 0, bytes.length);
    prepare(sent, bytes.length);
    control.set(JAVA_LONG, 0, ONE_TYPE);
    control.set(JAVA_INT, LEVEL, SOL_TLS);
    control.set(JAVA_INT, KIND, TLS_SET_RECORD_TYPE);
    control.set(JAVA_BYTE, TYPE, (byte) type);
    return Libc.call(SENDMSG, state, sent, fd, header.address(), MSG_NOSIGNAL, 0, 0);
  }
}
