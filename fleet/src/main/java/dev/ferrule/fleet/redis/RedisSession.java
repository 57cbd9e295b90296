package dev.ferrule.fleet.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.fleet.rotation.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Runs scripts in a Redis. It has one connection, which it makes when it is needed and drops when
 * anything fails. Used by one thread, which it blocks for as long as the timeouts allow.
 */
public final class RedisSession implements AutoCloseable {
  private final RedisConnector connector;
  private @Nullable Connection connection;

  /** Connects later. */
  public RedisSession(RedisConnector connector) {
    this.connector = connector;
  }

  /** What a script answers; it is at once (Lua). */
  @Nullable Object eval(String script, List<byte[]> keys, List<byte[]> arguments) {
    List<byte[]> all = new ArrayList<>();
    all.add(ascii(script));
    all.add(ascii(keys.size()));
    all.addAll(keys);
    all.addAll(arguments);
    try {
      if (connection == null) {
        connection = connector.connect();
      }
      connection.sendCommand(Command.EVAL, all.toArray(byte[][]::new));
      return connection.getOne();
    } catch (JedisException e) {
      close();
      throw new StoreException(connector + ": " + reason(e), e);
    }
  }

  /** As {@link #eval}, of a script that answers with a list. */
  List<?> list(String script, List<byte[]> keys, List<byte[]> arguments) {
    if (eval(script, keys, arguments) instanceof List<?> answer) {
      return answer;
    }
    throw strange(new ClassCastException("no list"));
  }

  /** Redis' own words, or those of the system: neither repeats a password. */
  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }

  /** For an answer that is none of a Redis. */
  StoreException strange(RuntimeException e) {
    close();
    return new StoreException(connector + ": it answers as no Redis would", e);
  }

  static byte[] ascii(Object value) {
    return value.toString().getBytes(US_ASCII);
  }

  /** Drops the connection; the next script makes another. */
  @Override
  public void close() {
    Connection old = connection;
    connection = null;
    if (old != null) {
      try {
        old.disconnect();
      } catch (JedisException e) {
        // it is gone
      }
    }
  }
}
