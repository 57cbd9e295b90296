package dev.ferrule.fleet.redis;

import dev.ferrule.ssl.SslConfigException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * Where a Redis is, and as whom: {@code redis[s]://[[USER]:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]}.
 * Of several hosts the one is used that is the master. It never shows the password.
 */
public final class RedisAddress {
  private static final Pattern FORM = Pattern.compile("(rediss?)://(?:([^@/]*)@)?([^@/]+)/?");
  private static final int PORT = 6379;
  private static final int MOST_HOSTS = 16;

  private final boolean secure;
  private final List<HostAndPort> hosts;
  private final @Nullable String user;
  private final @Nullable String password;

  private RedisAddress(
      boolean secure, List<HostAndPort> hosts, @Nullable String user, @Nullable String password) {
    this.secure = secure;
    this.hosts = hosts;
    this.user = user;
    this.password = password;
  }

  /** Reads an address; the message of the exception does not repeat it, for its password. */
  public static RedisAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new SslConfigException(
          "the address of a fleet's store is redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT, perhaps with several hosts behind commas; a @ or / in a password is written %40 or %2F");
    }
    String login = form.group(2);
    String user = null;
    String password = null;
    if (login != null) {
      int colon = login.indexOf(':');
      if (colon < 0) {
        throw new SslConfigException(
            "the address of a fleet's store has a user without a password: USER:PASSWORD@, or :PASSWORD@");
      }
      user = colon == 0 ? null : decoded(login.substring(0, colon));
      password = decoded(login.substring(colon + 1));
    }
    return new RedisAddress(form.group(1).equals("rediss"), hosts(form.group(3)), user, password);
  }

  private static List<HostAndPort> hosts(String text) {
    List<HostAndPort> hosts = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      int colon = each.endsWith("]") ? -1 : each.lastIndexOf(':');
      boolean ipv6 = colon > 0 && each.indexOf(':') < colon && !each.startsWith("[");
      String host = colon < 0 || ipv6 ? each : each.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      hosts.add(new HostAndPort(host, colon < 0 || ipv6 ? PORT : port(each.substring(colon + 1))));
      if (host.isEmpty() || hosts.size() > MOST_HOSTS) {
        throw new SslConfigException(
            "the address of a fleet's store has 1 to %d hosts, none of them empty"
                .formatted(MOST_HOSTS));
      }
    }
    return List.copyOf(hosts);
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException e) {
      // as a number that is no port
    }
    throw new SslConfigException(
        "a port of a fleet's store is a number from 1 to 65535, not '" + text + "'");
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new SslConfigException(
          "user and password of a fleet's store have a % that is not written %25");
    }
  }

  boolean isSecure() {
    return secure;
  }

  List<HostAndPort> hosts() {
    return hosts;
  }

  @Nullable String user() {
    return user;
  }

  @Nullable String password() {
    return password;
  }

  /** Without user and password. */
  @Override
  public String toString() {
    return (secure ? "rediss://" : "redis://")
        + String.join(",", hosts.stream().map(HostAndPort::toString).toList());
  }
}
