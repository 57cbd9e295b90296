package dev.ferrule.fleet.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** Connects to a Redis: of several hosts to the one that is the master. Used by one thread. */
public final class RedisConnector {
  private final RedisAddress address;
  private final DefaultJedisClientConfig settings;
  private int next; // host

  /**
   * Connects later.
   *
   * @param ssl for {@code rediss}; null for the trust of the JDK
   * @param timeout milliseconds, to connect and to wait for an answer
   */
  @SuppressWarnings("deprecation") // SslOptions reads stores from files only
  public RedisConnector(RedisAddress address, @Nullable SSLContext ssl, int timeout) {
    this.address = address;
    DefaultJedisClientConfig.Builder builder =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(timeout)
            .socketTimeoutMillis(timeout)
            .resp2()
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
            .user(address.user())
            .password(address.password())
            .ssl(address.isSecure());
    if (address.isSecure()) {
      SSLParameters parameters = new SSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the host's name is compared
      parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      builder.sslParameters(parameters);
      if (ssl != null) {
        builder.sslSocketFactory(ssl.getSocketFactory());
      }
    }
    settings = builder.build();
  }

  Connection connect() {
    JedisException last = new JedisConnectionException("there is no host");
    for (int tried = 0; tried < address.hosts().size(); tried++) {
      HostAndPort host = address.hosts().get(next);
      try {
        return connect(host);
      } catch (JedisException e) {
        last = e;
        next = (next + 1) % address.hosts().size();
      }
    }
    throw last;
  }

  private Connection connect(HostAndPort host) {
    Connection connection = new Connection(host, settings);
    try {
      connection.connect();
      if (address.hosts().size() > 1) {
        requireMaster(connection, host);
      }
      return connection;
    } catch (JedisException e) {
      connection.disconnect();
      throw e;
    }
  }

  private static void requireMaster(Connection connection, HostAndPort host) {
    connection.sendCommand(Command.ROLE);
    Object role = connection.getOne();
    boolean master =
        role instanceof List<?> parts
            && parts.getFirst() instanceof byte[] name
            && new String(name, US_ASCII).equals("master");
    if (!master) {
      throw new JedisConnectionException(host + " is a replica");
    }
  }

  /** Without user and password. */
  @Override
  public String toString() {
    return address.toString();
  }
}
