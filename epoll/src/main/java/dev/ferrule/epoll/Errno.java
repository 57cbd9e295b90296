package dev.ferrule.epoll;

import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;

/**
 * Maps errno values to failures; no other class does. The numbers are those of errno(3) on x86-64
 * and aarch64. The texts are those of strerror(3), always in English.
 */
final class Errno {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int EBADF = 9;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int EBUSY = 16;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int ENOSPC = 28;
  static final int EROFS = 30;
  static final int EPIPE = 32;
  static final int ENAMETOOLONG = 36;
  static final int ENOSYS = 38;
  static final int ELOOP = 40;
  static final int ENONET = 64;
  static final int EPROTO = 71;
  static final int EBADMSG = 74;
  static final int EOVERFLOW = 75;
  static final int EMSGSIZE = 90;
  static final int ENOPROTOOPT = 92;
  static final int EOPNOTSUPP = 95;
  static final int EAFNOSUPPORT = 97;
  static final int EADDRINUSE = 98;
  static final int EADDRNOTAVAIL = 99;
  static final int ENETDOWN = 100;
  static final int ENETUNREACH = 101;
  static final int ECONNABORTED = 103;
  static final int ECONNRESET = 104;
  static final int ENOBUFS = 105;
  static final int ENOTCONN = 107;
  static final int ETIMEDOUT = 110;
  static final int ECONNREFUSED = 111;
  static final int EHOSTDOWN = 112;
  static final int EHOSTUNREACH = 113;
  static final int EINPROGRESS = 115;

  private Errno() {}

  /** The failure of a call. */
  static LinkException failure(int errno) {
    return new LinkException(kind(errno), text(errno), null);
  }

  /**
   * The failure of accept4, which also returns errors of the single connection (accept(2)). EPERM
   * is not treated as one of those: it comes from a sandbox, and would be returned again at once.
   */
  static LinkException acceptFailure(int errno) {
    Kind kind =
        switch (errno) {
          case EPROTO,
              ENOPROTOOPT,
              EOPNOTSUPP,
              ENONET,
              ENETDOWN,
              ENETUNREACH,
              EHOSTDOWN,
              EHOSTUNREACH,
              ETIMEDOUT ->
              Kind.RESET;
          default -> kind(errno);
        };
    return new LinkException(kind, text(errno), null);
  }

  static Kind kind(int errno) {
    return switch (errno) {
      case ECONNREFUSED, ENOENT -> Kind.REFUSED;
      case ECONNRESET, EPIPE, ECONNABORTED -> Kind.RESET;
      case ETIMEDOUT -> Kind.TIMED_OUT;
      case EADDRINUSE -> Kind.ADDRESS_IN_USE;
      default -> Kind.OTHER;
    };
  }

  static String text(int errno) {
    return switch (errno) {
      case EPERM -> "Operation not permitted (EPERM)";
      case ENOENT -> "No such file or directory (ENOENT)";
      case EIO -> "Input/output error (EIO)";
      case EBUSY -> "Device or resource busy (EBUSY)";
      case EBADF -> "Bad file descriptor (EBADF)";
      case EAGAIN -> "Resource temporarily unavailable (EAGAIN)";
      case ENOMEM -> "Cannot allocate memory (ENOMEM)";
      case EACCES -> "Permission denied (EACCES)";
      case ENOTDIR -> "Not a directory (ENOTDIR)";
      case EISDIR -> "Is a directory (EISDIR)";
      case EINVAL -> "Invalid argument (EINVAL)";
      case ENFILE -> "Too many open files in system (ENFILE)";
      case EMFILE -> "Too many open files (EMFILE)";
      case ENOSPC -> "No space left on device (ENOSPC)";
      case EROFS -> "Read-only file system (EROFS)";
      case EPIPE -> "Broken pipe (EPIPE)";
      case ENAMETOOLONG -> "File name too long (ENAMETOOLONG)";
      case ENOSYS -> "Function not implemented (ENOSYS)";
      case ELOOP -> "Too many levels of symbolic links (ELOOP)";
      case ENONET -> "Machine is not on the network (ENONET)";
      case EPROTO -> "Protocol error (EPROTO)";
      case ENOPROTOOPT -> "Protocol not available (ENOPROTOOPT)";
      case EOPNOTSUPP -> "Operation not supported (EOPNOTSUPP)";
      case EAFNOSUPPORT -> "Address family not supported by protocol (EAFNOSUPPORT)";
      case EADDRINUSE -> "Address already in use (EADDRINUSE)";
      case EADDRNOTAVAIL -> "Cannot assign requested address (EADDRNOTAVAIL)";
      case ENETDOWN -> "Network is down (ENETDOWN)";
      case ENETUNREACH -> "Network is unreachable (ENETUNREACH)";
      case ECONNABORTED -> "Software caused connection abort (ECONNABORTED)";
      case ECONNRESET -> "Connection reset by peer (ECONNRESET)";
      case ENOBUFS -> "No buffer space available (ENOBUFS)";
      case ENOTCONN -> "Transport endpoint is not connected (ENOTCONN)";
      case ETIMEDOUT -> "Connection timed out (ETIMEDOUT)";
      case ECONNREFUSED -> "Connection refused (ECONNREFUSED)";
      case EHOSTDOWN -> "Host is down (EHOSTDOWN)";
      case EHOSTUNREACH -> "No route to host (EHOSTUNREACH)";
      default -> "System error " + errno;
    };
  }
}
