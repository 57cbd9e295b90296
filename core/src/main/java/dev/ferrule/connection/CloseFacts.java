package dev.ferrule.connection;

import dev.ferrule.event.EventError;
import dev.ferrule.jfr.Ending;
import dev.ferrule.jfr.FailureFacts;
import dev.ferrule.loop.Handle;

/**
 * What a recording shows of a connection that ends: why, by whom, and what went over it. On the
 * loop's thread; the wire must still be there.
 */
final class CloseFacts {
  private CloseFacts() {}

  static Ending of(Connection connection) {
    Traffic traffic = Traffic.of(connection);
    Records records = traffic.records();
    return new Ending(
        connection.kind() == Handle.Kind.INCOMING ? "server" : "client",
        connection.peer(),
        reason(connection),
        endedBy(connection),
        traffic.received(),
        traffic.sent(),
        traffic.dataReceived(),
        traffic.dataSent(),
        records == null ? -1 : records.read(),
        records == null ? -1 : records.written(),
        traffic.openNanos());
  }

  private static String reason(Connection connection) {
    EventError failure = connection.failing().failure();
    if (failure != null) {
      return failure.code();
    }
    if (connection.closing().byProgram()) {
      return connection.closing().wasReset() ? "ABORTED" : "CLOSED";
    }
    return connection.in().ended() ? "EOF" : "EXIT";
  }

  private static String endedBy(Connection connection) {
    EventError failure = connection.failing().failure();
    if (failure != null) {
      return connection.opening().about(failure).endedBy();
    }
    if (connection.closing().byProgram()) {
      return FailureFacts.PROGRAM;
    }
    return connection.in().ended() ? FailureFacts.PEER : FailureFacts.LOOP;
  }
}
