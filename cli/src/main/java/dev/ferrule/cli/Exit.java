package dev.ferrule.cli;

import dev.ferrule.event.DnsError;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpReset;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslTruncated;

/** The exit statuses of the tool, and which one an error has. */
final class Exit {
  static final int CLEAN = 0;
  static final int FAILED = 1;
  static final int TLS = 2;
  static final int TRUNCATED = 3;
  static final int UNREACHABLE = 4;
  static final int USAGE = 64;

  /** Ended by Ctrl-C. */
  static final int INTERRUPTED = 130;

  private Exit() {}

  /** The stage at which a connection failed. */
  enum Phase {
    CONNECTING,
    SECURING,
    DATA
  }

  static int of(EventError error, Phase phase) {
    return switch (error) {
      case DnsError _, TcpRefused _ -> UNREACHABLE;
      case SslTruncated end when end.stage() == SslError.Stage.DATA -> TRUNCATED;
      case SslTruncated end when end.stage() == SslError.Stage.CLOSE -> TRUNCATED;
      case SslError _ -> TLS;
      case TcpTimeout time when time.limit() == TcpTimeout.Limit.HANDSHAKE -> TLS;
      case TcpReset _ when phase == Phase.DATA -> TRUNCATED;
      default ->
          switch (phase) {
            case CONNECTING -> UNREACHABLE;
            case SECURING -> TLS;
            case DATA -> FAILED;
          };
    };
  }

  /** The exit status for an exception of a command. */
  static int of(Throwable thrown) {
    return switch (thrown) {
      case ToolError error -> error.status();
      case SslConfigException _ -> USAGE;
      default -> FAILED;
    };
  }

  /** Whether the text of {@code thrown} is made for people. */
  static boolean isExpected(Throwable thrown) {
    return thrown instanceof ToolError
        || thrown instanceof SslConfigException
        || thrown instanceof EventError;
  }
}
