package dev.ferrule.cli;

import dev.ferrule.Proxy;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import java.util.List;

/** The proxies that {@code ferrule connect} goes through. */
final class ProxyOptions {
  private static final String SECURE = "https://";

  private List<String> urls = List.of();

  void describe(Description command) {
    command.list(
        "--proxy",
        "URL",
        "",
        values -> urls = values,
        "Go through this proxy, which resolves the host: http://HOST:PORT (CONNECT), https:// (over"
            + " SSL, verified by the system's store) or socks5://, with USER:PASSWORD@ in front of"
            + " HOST where it wants them. May be repeated, the nearest first.");
  }

  /** Checks the URLs, without connecting. */
  List<Proxy> load() {
    return urls.stream().map(ProxyOptions::proxy).toList();
  }

  private static Proxy proxy(String url) {
    try {
      if (!url.startsWith(SECURE)) {
        return Proxy.of(url);
      }
      String rest = url.substring(SECURE.length());
      boolean hasPort = rest.substring(rest.lastIndexOf('@') + 1).matches(".*:\\d+/?");
      String plain = "http://" + (hasPort ? rest : rest.replaceFirst("/?$", ":443"));
      return Ssl.proxy(Proxy.of(plain), SslContext.client().build());
    } catch (SslConfigException e) {
      throw new ToolError(Exit.USAGE, "--proxy: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      // Not with the cause: the text of a URL may hold the password.
      throw new ToolError(
          Exit.USAGE, "--proxy is http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT");
    }
  }
}
