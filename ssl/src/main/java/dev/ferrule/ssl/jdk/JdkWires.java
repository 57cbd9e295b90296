package dev.ferrule.ssl.jdk;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.SslSessions;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.ssl.trust.HostName;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Makes wires, each with an engine that has the settings of the context. */
final class JdkWires implements WireFactory {
  private final SSLContext context; // of servers
  private final @Nullable JdkSessions sessions; // has the context of clients
  private final SSLParameters parameters;
  private final boolean server;
  private final boolean identity;
  private final List<String> applications;
  private final @Nullable SslSettings settings;

  /**
   * {@code identity}: whether there is, or may be, a certificate to show; {@code settings}: null
   * for a context from outside; {@code sessions}: null for servers.
   */
  JdkWires(
      SSLContext context,
      @Nullable JdkSessions sessions,
      SSLParameters parameters,
      boolean identity,
      @Nullable SslSettings settings) {
    this.settings = settings;
    this.context = context;
    this.parameters = parameters;
    this.sessions = sessions;
    this.server = sessions == null;
    this.identity = identity;
    this.applications = List.of(parameters.getApplicationProtocols());
  }

  @Override
  public String provider() {
    return JdkProvider.NAME;
  }

  @Override
  public boolean verifiesHost() {
    return !server && parameters.getEndpointIdentificationAlgorithm() != null;
  }

  @Override
  public Memory memory() {
    return Memory.HEAP;
  }

  @Override
  public @Nullable SslSettings settings() {
    return settings;
  }

  @Override
  public @Nullable SslSessions sessions() {
    return sessions;
  }

  @Override
  public List<String> protocols() {
    return List.of(parameters.getProtocols());
  }

  @Override
  public List<String> cipherSuites() {
    return List.of(parameters.getCipherSuites());
  }

  @Override
  public List<String> groups() {
    String @Nullable [] groups = parameters.getNamedGroups();
    if (groups != null) {
      return List.of(groups);
    }
    return settings == null ? List.of() : JdkNames.groups();
  }

  @Override
  public List<String> applications() {
    return applications;
  }

  @Override
  public SslWire wire(Link link, Outlet outlet, Buffers buffers, @Nullable String host, int port) {
    SSLEngine engine;
    JdkSessions kept = sessions;
    if (kept == null) {
      engine = context.createSSLEngine();
      engine.setUseClientMode(false);
      engine.setSSLParameters(parameters);
    } else {
      String name = host == null ? null : HostName.canonical(host);
      engine = kept.engine(name, port);
      engine.setUseClientMode(true);
      engine.setSSLParameters(parameters);
      if (name != null && HostName.isSendable(name)) {
        // Set explicitly, because the JDK sends no name without a dot.
        SSLParameters own = engine.getSSLParameters();
        own.setServerNames(List.<SNIServerName>of(new HostServerName(name)));
        engine.setSSLParameters(own);
      }
    }
    return new JdkWire(engine, identity, link, outlet, buffers);
  }
}
